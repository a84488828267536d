import HTTPTypes
import Hummingbird
import NIOCore

/// Refuses what no route takes: 404 where there is nothing at the path, 405 with what is allowed where only the method is
/// wrong.
struct UnmatchedPaths: RouterMiddleware {
    /// Answers at each path of the table, whatever the method was, with the methods that it takes.
    private let allowed: RouterResponder<CallContext>
    private let log: RequestLog

    init(_ access: Access, log: RequestLog) {
        let paths = Router(context: CallContext.self)
        for (path, methods) in access.methods {
            let names = methods.map(\.rawValue).joined(separator: ", ")
            paths.get(RouterPath(path)) { _, _ in Response(status: .ok, headers: [.allow: names]) }
        }
        allowed = paths.buildResponder()
        self.log = log
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        // The router takes “/v1//decide/” for “/v1/decide”, which would give every route several names.
        let isPlain = Self.isPlain(request.head.path ?? "/")
        if isPlain {
            do {
                return try await next(request, context)
            } catch let error as HTTPError where error.status == .notFound {}
        }
        return try await log.handle(request, context: context) { request, context -> Response in
            throw try await refusal(of: request, context, isPlain: isPlain)
        }
    }

    private func refusal(of request: Request, _ context: CallContext, isPlain: Bool) async throws -> Problem {
        let path = String((request.head.path ?? "/").prefix { $0 != "?" })
        var head = request.head
        head.method = .get
        let found =
            isPlain
            ? try await allowed.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
            : Response(status: .notFound)
        guard let methods = found.headers[.allow] else {
            return Problem(.notFound, "not_found", "There is nothing at \(path). What there is, /openapi.json tells.")
        }
        var problem = Problem(
            .methodNotAllowed, "method_not_allowed", "\(path) takes \(methods), not \(request.method.rawValue).")
        problem.headers[.allow] = methods
        return problem
    }

    /// Whether no part of a path is empty: no slash follows another, and none is the last but in `/` itself.
    private static func isPlain(_ target: String) -> Bool {
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
}
