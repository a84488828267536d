import HTTPTypes
import Hummingbird
import WeirAccess
import WeirStorage

/// What the middleware of all routes shares.
struct Gatekeeping: Sendable {
    let doors: Doors
    let settings: ServerSettings
    let counts: RequestCounts
    let pool: ReadingPool
    /// For bodies that take longer than a moment to read.
    let longBodies: YieldingThreads
    let gates: Admission.Gates
}

extension Router<CallContext> {
    /// A router that answers at the routes of a table, and says of every other path and method what there is.
    convenience init(_ access: Access, _ gatekeeping: Gatekeeping) {
        self.init(context: CallContext.self, options: .autoGenerateHeadEndpoints)
        for route in access.routes { register(route, gatekeeping) }
        for (path, methods) in access.methodsForPages { answerPreflights(at: path, methods, gatekeeping) }
        // Added after the routes it stands before none of them, only before what Hummingbird answers by itself.
        addMiddleware {
            Additions([
                SecurityHeaders(isPage: false, isForMachines: false, settings: gatekeeping.settings), RequestIDs(),
            ])
            ProblemDetails(log: RequestLog(gatekeeping.counts.unmatched, path: nil))
            Checks(RequestIDs(), OwnPages(isForMachines: false, isSafe: true, settings: gatekeeping.settings))
            UnmatchedPaths(access)
        }
    }

    /// The only way to a handler leads through the check of its route's permission.
    private func register(_ route: Route, _ gatekeeping: Gatekeeping) {
        let (doors, settings) = (gatekeeping.doors, gatekeeping.settings)
        let group = group()
            .addMiddleware {
                Additions(additions(for: route, gatekeeping))
                ProblemDetails(
                    log: RequestLog(gatekeeping.counts.count(of: route), path: route.path), isPage: route.isPage,
                    provider: settings.openID?.name)
                Refusals(
                    route, log: doors.log, RequestIDs(), PlainPaths(),
                    OwnPages(
                        isForMachines: route.permission.isForMachines, isSafe: route.isSafe, settings: settings,
                        isForEveryPage: route.isForEveryPage),
                    KeyCheck(route.permission, doors: doors))
                Admission(
                    for: route.permission,
                    bodyBytes: BodyLimit.isRead(of: route) ? route.maximalBodyBytes ?? settings.maximalBodyBytes : 0,
                    gatekeeping.gates)
                BodyLimit(of: route, standard: settings.maximalBodyBytes, then: TokenCheck(route, doors: doors))
            }
        for path in [route.path] + route.shortPaths {
            group.on(RouterPath(path), method: route.method) { request, context in
                let call = Call(request, context, pool: gatekeeping.pool, doors: gatekeeping.doors)
                switch route.work {
                case .brief where call.isLong:
                    let subject = route.permission == .collect ? Admission.subject(of: context) : nil
                    return try await gatekeeping.longBodies.run(for: subject) { try await route.answer(call) }
                case .brief: return try await route.answer(call)
                case .reading:
                    return try await gatekeeping.pool.run(for: call.key?.name) { try await route.answer(call) }
                }
            }
        }
    }

    private func additions(for route: Route, _ gatekeeping: Gatekeeping) -> [any AnswerAddition] {
        let headers = SecurityHeaders(
            isPage: route.isPage, isForMachines: route.permission.isForMachines, settings: gatekeeping.settings)
        guard route.isForPages else { return [headers, RequestIDs()] }
        return [headers, RequestIDs(), CrossOrigin(gatekeeping.doors, isForEveryPage: route.isForEveryPage)]
    }

    /// Browsers ask without a key whether a page may send what needs one.
    private func answerPreflights(at path: String, _ methods: [HTTPRequest.Method], _ gatekeeping: Gatekeeping) {
        group()
            .addMiddleware {
                Additions([CrossOrigin(gatekeeping.doors), RequestIDs()])
                ProblemDetails(log: RequestLog(gatekeeping.counts.unmatched, path: path))
                Checks(RequestIDs(), PlainPaths())
            }
            .on(RouterPath(path), method: .options) { request, _ in
                try CrossOrigin.preflight(request, methods: methods, gatekeeping.doors)
            }
    }
}
