import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the body of a request, up to as many bytes as its route takes, and makes the checks that need it.
struct BodyLimit: RouterMiddleware {
    private let bytes: Int
    private let isRead: Bool
    private let refusal: HTTPResponse.Status
    private let checks: [any RequestCheck]

    /// - Parameter standard: The limit of routes that have none of their own, in bytes.
    init(of route: Route, standard: Int, then checks: any RequestCheck...) {
        self.checks = checks
        bytes = route.maximalBodyBytes ?? standard
        isRead = Self.isRead(of: route)
        // Segment's libraries know 400 for this, and do not know 413.
        refusal = route.permission == .collect ? .badRequest : .contentTooLarge
    }

    static func isRead(of route: Route) -> Bool { route.method == .post || route.method == .delete }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        if isRead { try await read(request, context) }
        for check in checks { try check.check(request, context) }
        return try await next(request, context)
    }

    private func read(_ request: Request, _ context: CallContext) async throws {
        do {
            context.body = try await request.body.collect(upTo: bytes)
        } catch is NIOTooManyBytesError {
            let detail = "The body is longer than \(bytes) bytes, which are allowed. Send it in several requests."
            throw Problem(refusal, "too_large", detail)
        }
    }
}
