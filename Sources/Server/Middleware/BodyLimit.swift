import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the body of a request, up to as many bytes as its route takes.
struct BodyLimit: RouterMiddleware {
    private let bytes: Int
    private let isRead: Bool
    private let refusal: HTTPResponse.Status

    /// - Parameter standard: The limit of routes that have none of their own, in bytes.
    init(of route: Route, standard: Int) {
        bytes = route.maximalBodyBytes ?? standard
        isRead = Self.isRead(of: route)
        // Segment's libraries know 400 for this, and do not know 413.
        refusal = route.permission == .collect ? .badRequest : .contentTooLarge
    }

    static func isRead(of route: Route) -> Bool { route.method == .post || route.method == .delete }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard isRead else { return try await next(request, context) }
        do {
            context.body = try await request.body.collect(upTo: bytes)
        } catch is NIOTooManyBytesError {
            let detail = "The body is longer than \(bytes) bytes, which are allowed. Send it in several requests."
            throw Problem(refusal, "too_large", detail)
        }
        return try await next(request, context)
    }
}
