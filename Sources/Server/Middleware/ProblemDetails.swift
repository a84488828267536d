import HTTPTypes
import Hummingbird
import NIOHTTP1
import WeirConsole

/// Answers a refusal with its problem details, and with the id under which the log has it; has each answer counted.
///
/// Source: RFC 9457.
struct ProblemDetails: RouterMiddleware {
    let log: RequestLog
    /// A person is shown a page in its place: the one to sign in, or what is wrong.
    var isPage = false
    /// Where people may sign in besides, as the page to sign in names it.
    var provider: String?

    /// - Throws: What Hummingbird throws for a request that is no HTTP, as it is.
    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        do {
            let response = try await next(request, context)
            log.tell(response)
            return response
        } catch let error as HTTPParserError {
            throw error
        } catch {
            var response = shown(log.problem(of: error, request, context.logger), request)
            response.headers[.requestID] = context.id
            return request.method == .head ? response.createHeadResponse() : response
        }
    }

    private func shown(_ problem: Problem, _ request: Request) -> Response {
        guard isPage, request.headers[.accept]?.contains("text/html") ?? false else { return problem.response }
        var page: Response
        if problem.status == .unauthorized {
            let snapshot = SignInSnapshot(next: localPath(request.head.path), provider: provider)
            page = .page(signInPage(snapshot), status: problem.status)
        } else {
            page = .page(
                errorPage(status: problem.status.code, problem: problem.title, remedy: problem.detail),
                status: problem.status)
        }
        page.headers[.cacheControl] = "no-store"
        for field in problem.headers { page.headers.append(field) }
        return page
    }
}

extension Problem {
    /// For people, beside `detail`.
    fileprivate var title: String {
        switch status {
        case .forbidden: "This is not for you."
        case .notFound: "There is nothing here."
        default: status.reasonPhrase + "."
        }
    }
}
