import HTTPTypes
import Hummingbird
import Logging

/// Names each request in the log: by the `X-Request-ID` that it brings, which its answer then bears too, or else by a
/// number of the server's own.
struct RequestIDs: RequestCheck, AnswerAddition {
    /// Refuses nothing; what is logged from here on bears the name.
    func check(_ request: Request, _ context: CallContext) throws(Problem) {
        guard let id = Self.id(of: request) else { return }
        var context = context  // The same object; its protocol would have it a value.
        context.logger[metadataKey: Self.metadataKey] = "\(id)"
    }

    func add(to response: inout Response, _ request: Request, _ context: CallContext) {
        if let id = Self.id(of: request) { response.headers[.requestID] = id }
    }

    private static func id(of request: Request) -> String? {
        guard let id = request.headers[.requestID], isAcceptable(id) else { return nil }
        return id
    }

    /// Under which the log and `RequestContext.id` know it.
    private static let metadataKey = "hb.request.id"

    /// Letters, digits and the marks of common ids, at most 128 of them: it is written into the log as it is.
    private static func isAcceptable(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= 128
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
}
