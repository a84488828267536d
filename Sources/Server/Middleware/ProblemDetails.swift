import HTTPTypes
import Hummingbird

/// Answers a refusal with its problem details, and with the id under which the log has it.
///
/// Source: RFC 9457.
struct ProblemDetails: RouterMiddleware {
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            var response = problem.response
            response.headers[.requestID] = context.id
            return request.method == .head ? response.createHeadResponse() : response
        }
    }
}
