import Dispatch
import WeirReporting

/// A measurement asked for over HTTP: the same options as on the command line, with the files' contents in place of paths.
public struct MeasureRequest: Sendable {
    /// Such as `geo-lift`.
    public var kind: String
    /// By name without dashes; nil for a flag.
    public var options: [(name: String, value: String?)]
    /// What the option of that name would name: the content of a CSV file.
    public var files: [(name: String, content: [UInt8])]

    public init(kind: String, options: [(name: String, value: String?)], files: [(name: String, content: [UInt8])]) {
        self.kind = kind
        self.options = options
        self.files = files
    }
}

/// Why a measurement gives no report: what is wrong with the request or its data, and the remedy.
public enum MeasureRefusal: Error, Sendable, Equatable {
    case unknownKind(known: [String])
    case refused(String)
}

/// Answers measurements one at a time on a thread of its own, so that a long one does not keep decisions waiting.
struct MeasuringQueue: Sendable {
    let measure: @Sendable (MeasureRequest) throws(MeasureRefusal) -> Report
    private let queue = DispatchQueue(label: "weir.measure", qos: .utility)

    init(_ measure: @escaping @Sendable (MeasureRequest) throws(MeasureRefusal) -> Report) { self.measure = measure }

    func report(_ request: MeasureRequest) async throws -> Report {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try measure(request) }) }
        }
    }
}
