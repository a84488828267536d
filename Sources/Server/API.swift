import HTTPTypes
import Hummingbird
import Logging
import WeirCoupons
import WeirDomain
package import WeirEngine
import WeirIngestion

/// What the server offers to programs; each facet of it stands in a file of its own.
struct API: Sendable {
    let engine: Engine
    let doors: Doors
    let settings: ServerSettings
    let random: @Sendable () -> UInt64
    let requests = RequestCounts()
    let pool = ReadingPool()
    let rates: RateLimiter
    let quarantine: QuarantineKeeper
    var measuring: Measuring?
    let live: LiveMeasurements
    let amounts = CatalogAmounts()
    /// What is told to a replay was sent long ago, to somebody else.
    var rules: IngestionRules {
        var rules = IngestionRules()
        rules.correctsClocks = !engine.clock.followsEvents
        if let plan = engine.plan { rules.amounts = amounts.fields(of: plan) }
        rules.limits = settings.limits
        return rules
    }

    var keys: KeyRing { doors.keys }

    /// In the order in which `/openapi.json` lists them.
    var routes: [Route] {
        let collecting = Endpoint.allCases.map { endpoint in
            var route = Route(
                .post, "/v1/\(endpoint.rawValue)", .collect, maximalBodyBytes: rules.maximalBodyBytes(at: endpoint),
                work: .brief
            ) { try await collect($0, at: endpoint) }
            // As Segment's client for browsers says it: /v1/t, /v1/i and so on, /v1/b for a batch.
            route.shortPaths = ["/v1/\(endpoint.rawValue.prefix(1))"]
            return route
        }
        let using = CouponRequest.Action.allCases.map { action in
            Route(.post, "/v1/coupons/\(action.rawValue)", .decide, work: .brief) { try await useCoupon(action, $0) }
        }
        return collecting + [
            Route(.post, "/v1/decide", .decide, work: .brief, decide),
            Route(.post, "/v1/decide/batch", .decide, work: .brief, decideBatch),
            Route(.post, "/v1/outcomes", .decide, work: .brief, report),
        ] + using + [
            Route(.get, "/v1/coupons/pools", .view, couponPools),
            Route(.post, "/v1/coupons/pools/{pool}", .changeCatalog, maximalBodyBytes: 64 << 20, fillPool),
            Route(.get, "/v1/coupons/codes/{code}", .view, coupon).revealing(),
            Route(.get, "/v1/decisions", .view, decisions).revealing(),
            Route(.get, "/v1/decisions/{id}", .view, decision).revealing(),
            Route(.get, "/v1/budgets", .view, work: .brief, budgets),
            Route(.get, "/v1/catalog", .view, catalog),
            Route(.post, "/v1/catalog", .changeCatalog, applyCatalog),
            Route(.get, "/v1/catalog/progress", .view, work: .brief, catalogProgress),
            Route(.get, "/v1/models", .view, models),
            Route(.post, "/v1/models", .changeModels, maximalBodyBytes: 64 << 20, registerModel),
            Route(.post, "/v1/models/stage", .changeModels, changeStage),
            Route(.post, "/v1/models/rollback", .changeModels, rollBackModel),
            Route(.get, "/v1/models/{id}", .view, model),
            Route(.get, "/v1/experiments", .view, experiments),
            Route(.post, "/v1/experiments/stop", .changeExperiments, stopArm),
            Route(.get, "/v1/datasets/{goal}", .changeModels, dataset),
            Route(.post, "/v1/measure/{kind}", .measure, maximalBodyBytes: 64 << 20, measure),
            Route(.get, "/v1/measurements", .view, measurements),
            Route(.get, "/v1/measurements/{id}", .view, measurement),
            Route(.get, "/v1/quarantine", .mendMessages, listQuarantined).revealing(),
            Route(.delete, "/v1/quarantine", .mendMessages, discardQuarantined),
            Route(.post, "/v1/quarantine/resubmit", .mendMessages, resubmitQuarantined),
            Route(.get, "/v1/keys", .manage, listKeys),
            Route(.post, "/v1/keys", .manage, makeKey),
            Route(.delete, "/v1/keys", .manage, removeKey),
            Route(.get, "/v1/users", .manage, listUsers),
            Route(.post, "/v1/users", .manage, saveUser),
            Route(.delete, "/v1/users", .manage, removeUser),
            Route(.get, "/v1/access-log", .audit, accessLog),
            Route(.get, "/v1/access-log/checkpoint", .audit, accessCheckpoint),
            Route(.get, "/healthz", .everyone, work: .brief, health),
            Route(.get, "/readyz", .everyone, work: .brief, readiness),
            Route(.get, "/metrics", .operate, work: .brief, metrics),
            Route(.get, "/openapi.json", .everyone, work: .brief, openAPI),
        ] + routesOfFilesAndPages
    }

    /// Whole files, and what pages load.
    private var routesOfFilesAndPages: [Route] {
        var routes = [
            Route(.post, "/v1/ingest/{mapping}", .collect, maximalBodyBytes: 64 << 20, ingest),
            Route(.get, "/v1/projects/{key}/settings", .everyone, work: .brief, pageSettings),
            Route(.get, "/weir.js", .everyone, work: .brief, browserClient),
        ]
        for index in routes.indices {
            routes[index].isForEveryPage = routes[index].permission == .everyone
        }
        return routes
    }

    /// A source of random numbers for one request.
    struct Generator: RandomNumberGenerator {
        let random: @Sendable () -> UInt64
        mutating func next() -> UInt64 { random() }
    }
}

/// Who may do what at a server with this engine.
///
/// - Parameter pages: Routes beside the API, as `makeServer` takes them.
package func access(_ engine: Engine, pages: [Route] = []) throws -> Access {
    let doors = try Doors(engine, settings: ServerSettings())
    let api = API(
        engine: engine, doors: doors, settings: ServerSettings(), random: { 0 },
        rates: RateLimiter(RateLimits(), counts: engine.limitCounts),
        quarantine: try QuarantineKeeper(engine, QuarantineLimits(), logger: Logger(label: "weir")),
        live: LiveMeasurements(engine))
    return Access(api.routes + accountRoutes(doors) + openIDRoutes(doors) + pages)
}
