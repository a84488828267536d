import HTTPTypes
import Hummingbird
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLimits

/// What those who run the server ask it.
extension API {
    func health(_ call: Call) async throws -> Response { .json { $0.member("status", "ok") } }

    /// Whether it can decide; with the reason where it cannot.
    func readiness(_ call: Call) async throws -> Response {
        let reason: String? =
            if engine.plan == nil {
                EngineError.noCatalog.description
            } else if !engine.isReady {
                EngineError.overloaded.description
            } else {
                nil
            }
        return .json(reason == nil ? .ok : .serviceUnavailable) { writer in
            writer.member("ready", reason == nil)
            if let reason { writer.member("reason", reason) }
        }
    }

    func openAPI(_ call: Call) async throws -> Response {
        .bytes(PackageResources.openapi_json, "application/json")
    }

    func metrics(_ call: Call) async throws -> Response {
        let figures = engine.figures
        var text = PrometheusWriter()
        text.gauge("weir_build_info", "Always 1; the version of the program.", [([("version", settings.version)], 1)])
        text.counter(
            "weir_events_total", "Events accepted, by source.",
            figures.sources.sorted { $0.key < $1.key }.map {
                ([("source", $0.key.rawValue)], Double($0.value.accepted))
            })
        let totals = figures.totals
        text.counter("weir_duplicates_total", "Events that were known already.", totals.duplicates)
        text.counter("weir_quarantined_total", "Messages that could not be accepted.", totals.quarantined)
        text.counter("weir_decisions_total", "Decisions made.", totals.decisions)
        text.counter("weir_outcomes_total", "Outcomes of decisions.", totals.outcomes)
        text.counter("weir_conversions_total", "Outcomes that fulfil the goal.", totals.conversions)
        text.counter("weir_commits_total", "Groups of records committed to the store.", totals.groups)
        text.histogram("weir_decide_seconds", "From the request to its durable decision.", figures.decideLatency)
        text.histogram(
            "weir_outcome_to_model_seconds", "From a reported outcome to the published model that has learned it.",
            figures.outcomeLatency)
        text.histogram(
            "weir_commit_seconds", "How long the committer was busy with one group.", figures.latencies.commit)
        text.counter(
            "weir_http_requests_total", "Requests answered, by route and class of status; without a path, by no route.",
            requests.samples)
        text.gauge(
            "weir_reading_requests", "Requests under way that read the store; \(ReadingPool.bound) at most.",
            pool.requests)
        writeBudgets(into: &text)
        text.gauge("weir_hot_profiles", "Profiles in memory.", engine.hotProfiles)
        text.gauge("weir_queue_depth", "Records that wait for the store.", engine.queueDepth)
        text.gauge("weir_awaited_outcomes", "Decisions whose window is open.", engine.awaitedOutcomes)
        text.gauge("weir_model_version", "Sequence number of the last lesson in force.", Int(engine.modelVersion))
        text.counter(
            "weir_limits_total", "How often each limit was met; docs/operations.md lists them.",
            engine.limitCounts.all.map { ([("limit", $0.kind.rawValue)], Double($0.count)) })
        text.gauge(
            "weir_catalog_version", "Version of the catalog in force; 0 where there is none.", engine.plan?.version ?? 0
        )
        text.gauge("weir_ready", "1 where it can decide.", engine.isReady ? 1 : 0)
        return .bytes(text.bytes, "text/plain; version=0.0.4; charset=utf-8")
    }

    private func writeBudgets(into text: inout PrometheusWriter) {
        let reports = engine.budgetReports()
        func values(_ value: (BudgetReport) -> Double) -> [PrometheusWriter.Sample] {
            reports.map { ([("budget", $0.budget.id.rawValue), ("currency", $0.limit.currency.code)], value($0)) }
        }
        text.gauge("weir_budget_limit", "In major units of the currency.", values { $0.limit.majorUnits })
        text.gauge("weir_budget_spent", "In major units of the currency.", values { $0.spent.majorUnits })
        text.gauge("weir_budget_reserved", "In major units of the currency.", values { $0.reserved.majorUnits })
        text.gauge(
            "weir_budget_planned", "Planned to be spent by now, in major units.", values { $0.planned.majorUnits })
        text.gauge("weir_budget_price", "Value that one more unit of cost must bring.", values(\.price))
        let pools = engine.couponPools
        text.gauge(
            "weir_coupon_codes_free", "Codes of a pool that can still be given.",
            pools.map { ([("pool", $0.pool.rawValue)], Double($0.free)) })
        text.gauge(
            "weir_coupon_uses_leaked", "Uses of a pool's codes by people who were not given them.",
            pools.map { ([("pool", $0.pool.rawValue)], Double($0.leaked)) })
    }
}
