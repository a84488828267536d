import HTTPTypes
import Hummingbird

/// Lets in whom the checks let in, and writes into the access log who was refused something, and who has seen customers.
struct Refusals: RouterMiddleware {
    private let route: Route
    private let log: AccessLog
    private let checks: [any RequestCheck]

    init(_ route: Route, log: AccessLog, _ checks: any RequestCheck...) {
        self.route = route
        self.log = log
        self.checks = checks
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            for check in checks { try check.check(request, context) }
            let response = try await next(request, context)
            if route.reveals, context.caller.may(.viewPeople) || route.permission == .mendMessages,
                response.status.kind == .successful
            {
                count("revealed", context)
            }
            return response
        } catch let problem as Problem where problem.status == .unauthorized || problem.status == .forbidden {
            count("refused", context, problem.code)
            throw problem
        }
    }

    private func count(_ action: String, _ context: CallContext, _ detail: String = "") {
        log.count(
            actor: context.caller.name, action, "\(route.method) \(route.path)", detail,
            address: context.channel.remoteAddress?.ipAddress ?? "")
    }
}
