import HTTPTypes
import Hummingbird
import Logging
import WeirAccess
import WeirEngine
import WeirStorage

/// Counts a route's answers, and writes into the log what was refused or failed, and why.
struct RequestLog: Sendable {
    private let count: RequestCounts.Count
    private let path: String?

    /// - Parameter path: As the route declares it; nil where there is no route.
    init(_ count: RequestCounts.Count, path: String?) {
        self.count = count
        self.path = path
    }

    func tell(_ response: Response) { count.record(response.status) }

    /// Tells of what went wrong.
    ///
    /// - Returns: What to answer.
    func problem(of error: any Error, _ request: Request, _ logger: Logger) -> Problem {
        let problem = problem(of: error, logger)
        count.record(problem.status)
        log(problem, request, logger)
        return problem
    }

    private func problem(of error: any Error, _ logger: Logger) -> Problem {
        switch error {
        case let error as Problem: return error
        case let error as EngineError: return Problem(error)
        case let error as StoreError:
            logger.error("The store failed.", metadata: ["error": "\(error)"])
            return Problem(.internalServerError, "store_failed", error.description)
        default:
            logger.error("A request failed.", metadata: ["error": "\(error)"])
            let detail =
                "Something failed that should not have; the server's log says what. Retry, or tell the operator."
            return Problem(.internalServerError, "internal", detail)
        }
    }

    private func log(_ problem: Problem, _ request: Request, _ logger: Logger) {
        // The route's path, and what is said apart from what was sent: the rest may name a person.
        logger.log(
            level: problem.status.code >= 500 ? .error : .info, "Refused",
            metadata: [
                "method": "\(request.method)", "path": "\(path ?? "no route")", "status": "\(problem.status.code)",
                "code": "\(problem.code)", "detail": "\(Redaction.withoutQuotes(problem.detail))",
            ])
    }
}
