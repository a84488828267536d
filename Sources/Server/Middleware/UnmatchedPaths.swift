import HTTPTypes
import Hummingbird
import NIOCore

/// Refuses what no route takes: 404 where there is nothing at the path, 405 with what is allowed where only the method is
/// wrong.
struct UnmatchedPaths: RouterMiddleware {
    /// Answers at each path of the table, whatever the method was, with the methods that it takes.
    private let allowed: RouterResponder<CallContext>

    init(_ access: Access) {
        let paths = Router(context: CallContext.self)
        for (path, methods) in access.methods {
            let names = methods.map(\.rawValue).joined(separator: ", ")
            paths.get(RouterPath(path)) { _, _ in Response(status: .ok, headers: [.allow: names]) }
        }
        allowed = paths.buildResponder()
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let path = PlainPaths.path(of: request)
        guard PlainPaths.isPlain(path) else { throw PlainPaths.notFound(path) }
        var head = request.head
        head.method = .get
        let found = try await allowed.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer())), context: context)
        guard let methods = found.headers[.allow] else { throw PlainPaths.notFound(path) }
        var problem = Problem(
            .methodNotAllowed, "method_not_allowed", "\(path) takes \(methods), not \(request.method.rawValue).")
        problem.headers[.allow] = methods
        throw problem
    }
}
