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
            RequestIDs()
            SecurityHeaders(isPage: false, isForMachines: false, settings: gatekeeping.settings)
            ProblemDetails()
            RequestLog(gatekeeping.counts.unmatched, path: nil)
            OwnPages(isForMachines: false, isSafe: true, settings: gatekeeping.settings)
            UnmatchedPaths(access)
        }
    }

    /// The only way to a handler leads through the check of its route's permission.
    private func register(_ route: Route, _ gatekeeping: Gatekeeping) {
        let group = group()
        if route.isForPages {
            group.addMiddleware { CrossOrigin(gatekeeping.doors, isForEveryPage: route.isForEveryPage) }
        }
        group
            .addMiddleware {
                RequestIDs()
                SecurityHeaders(
                    isPage: route.isPage, isForMachines: route.permission.isForMachines, settings: gatekeeping.settings)
                ProblemDetails(isPage: route.isPage, provider: gatekeeping.settings.openID?.name)
                RequestLog(gatekeeping.counts.count(of: route), path: route.path)
                PlainPaths()
                Refusals(route, log: gatekeeping.doors.log)
                OwnPages(
                    isForMachines: route.permission.isForMachines, isSafe: route.isSafe, settings: gatekeeping.settings,
                    isForEveryPage: route.isForEveryPage)
                KeyCheck(route.permission, doors: gatekeeping.doors)
                Admission(
                    for: route.permission,
                    bodyBytes: BodyLimit.isRead(of: route)
                        ? route.maximalBodyBytes ?? gatekeeping.settings.maximalBodyBytes : 0, gatekeeping.gates)
                BodyLimit(of: route, standard: gatekeeping.settings.maximalBodyBytes)
                TokenCheck(route, doors: gatekeeping.doors)
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

    /// Browsers ask without a key whether a page may send what needs one.
    private func answerPreflights(at path: String, _ methods: [HTTPRequest.Method], _ gatekeeping: Gatekeeping) {
        group()
            .addMiddleware {
                RequestIDs()
                CrossOrigin(gatekeeping.doors)
                ProblemDetails()
                RequestLog(gatekeeping.counts.unmatched, path: path)
                PlainPaths()
            }
            .on(RouterPath(path), method: .options) { request, _ in
                try CrossOrigin.preflight(request, methods: methods, gatekeeping.doors)
            }
    }
}
