import Hummingbird

/// What every answer of a route bears, whatever it says.
protocol AnswerAddition: Sendable {
    func add(to response: inout Response, _ request: Request, _ context: CallContext)
}

/// Adds to each answer in the order given; in one middleware, as the checks are.
struct Additions: RouterMiddleware {
    private let additions: [any AnswerAddition]

    init(_ additions: [any AnswerAddition]) { self.additions = additions }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for addition in additions { addition.add(to: &response, request, context) }
        return response
    }
}
