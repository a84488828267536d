import Logging
import WeirAccess

/// Writes each entry on one line of its own, and no key into it: what is logged may be what somebody sent.
struct SafeLogHandler: LogHandler {
    /// Kept here as it came: each request names itself to its logger, and few requests log anything.
    var metadata: Logger.Metadata
    private var next: any LogHandler

    init(_ next: any LogHandler) {
        self.next = next
        metadata = next.metadata
        self.next.metadata = [:]
    }

    var logLevel: Logger.Level {
        get { next.logLevel }
        set { next.logLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var event = event
        var fields = metadata
        if let error = event.error { fields["error"] = "\(error)" }
        event.error = nil
        fields.merge(event.metadata ?? [:]) { _, own in own }
        event.message = "\(Self.safe("\(event.message)"))"
        event.metadata = fields.mapValues(Self.safe)
        next.log(event: event)
    }

    private static func safe(_ text: String) -> String { Redaction.onOneLine(Redaction.withoutKeys(text)) }

    private static func safe(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(safe(text))
        case .stringConvertible(let value): .string(safe(value.description))
        case .array(let values): .array(values.map(safe))
        case .dictionary(let values): .dictionary(values.mapValues(safe))
        }
    }
}
