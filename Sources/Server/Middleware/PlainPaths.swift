import HTTPTypes
import Hummingbird

/// Lets each route have one name only: the router takes `/v1//decide/` for `/v1/decide`, here that is 404.
struct PlainPaths: RequestCheck {
    func check(_ request: Request, _ context: CallContext) throws(Problem) {
        guard Self.isPlain(request.head.path ?? "/") else { throw Self.notFound(Self.path(of: request)) }
    }

    /// As the request names it, without what stands behind `?`.
    static func path(of request: Request) -> String { String((request.head.path ?? "/").prefix { $0 != "?" }) }

    /// Whether no part of a path is empty: no slash follows another, and none is the last but in `/` itself.
    static func isPlain(_ target: String) -> Bool {
        var previous: UInt8 = 0
        var count = 0
        for byte in target.utf8 {
            if byte == UInt8(ascii: "?") { break }
            if byte == UInt8(ascii: "/"), previous == byte { return false }
            previous = byte
            count += 1
        }
        return previous != UInt8(ascii: "/") || count == 1
    }

    static func notFound(_ path: String) -> Problem {
        Problem(.notFound, "not_found", "There is nothing at \(path). What there is, /openapi.json tells.")
    }
}
