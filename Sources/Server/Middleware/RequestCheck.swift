import Hummingbird

/// What must hold of a request before its route answers.
///
/// Checks that follow one another are made by one middleware: each layer of its own costs about as much as what it looks at.
protocol RequestCheck: Sendable {
    func check(_ request: Request, _ context: CallContext) throws(Problem)
}

/// Makes checks in their order, the first that fails refuses.
struct Checks: RouterMiddleware {
    private let checks: [any RequestCheck]

    init(_ checks: any RequestCheck...) { self.checks = checks }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        for check in checks { try check.check(request, context) }
        return try await next(request, context)
    }
}
