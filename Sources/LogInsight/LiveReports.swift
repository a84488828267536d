import WeirLift
package import WeirEconomics
import WeirDecisioning
import WeirDomain
package import WeirEngine
import WeirLog
package import WeirReporting
package import WeirStorage

/// A report on the log so far.
package struct LiveReport: Sendable {
    /// Unique among those of its kind: the campaign's, else `all`.
    package var id: String
    package var report: Report
}

extension Engine {
    /// What the log so far tells of offers: what they changed, what they cost and brought, how quickly signals were answered.
    ///
    /// Reads the whole log, once: meant for a page that is asked for now and then.
    package func liveReports() throws -> [LiveReport] { try WeirLogInsight.liveReports(store: store) }
}

/// What the log so far tells of offers, read in one pass: lift of the whole program and of each campaign with a holdout of its
/// own, unit economics, response time, and what joined no decision.
///
/// - Returns: No lift where nobody is held out; where there is too little to compare, a report that says so. Economics from
///   the first offer on, response time from the first signal on.
package func liveReports(store: any Store) throws -> [LiveReport] {
    let pass = try LogPass(store: store)
    guard let plan = try pass.plans.newest() else { return [] }
    let catalog = plan.catalog
    let segment = catalog.groups.first
    let own = catalog.campaigns.filter { $0.holdout > 0 }.map(\.id)
    let campaigns: [CampaignID?] = (catalog.universalHoldout > 0 ? [nil] : []) + own
    var (lifts, economics, responses, unjoined) = try pass.run(
        try campaigns.map { try LiftReader(pass.plans, campaign: $0, segment: segment) },
        try EconomicsReader(plan: plan, segment: segment), ResponseReader(plan: plan), UnjoinedReader(plan: plan))
    responses.finish()

    var reports: [LiveReport] = []
    var whole: LiftAnalysis?
    for (reader, campaign) in zip(lifts, campaigns) {
        let report: Report
        do throws(MeasurementError) {
            let analysis = try LiftAnalysis(reader.trial(of: campaign))
            if campaign == nil { whole = analysis }
            report = analysis.report
        } catch {
            let name = campaign.map { "Campaign \($0)" } ?? "All campaigns"
            report = Report(
                kind: "lift", title: "What offers changed: \(name)", conclusion: ["Nothing can be said yet."],
                warnings: error.faults)
        }
        reports.append(LiveReport(id: campaign?.rawValue ?? "all", report: report))
    }
    let skipped = catalog.universalHoldout > 0 ? lifts[0].skipped : 0
    if let report = try? economics.report(lift: whole, skipped: skipped) {
        reports.append(LiveReport(id: "all", report: report))
    }
    if let report = try? responses.report() { reports.append(LiveReport(id: "all", report: report)) }
    if let report = unjoined.report() { reports.append(LiveReport(id: "all", report: report)) }
    return reports
}

/// What offers cost and brought by the log so far.
///
/// - Parameters:
///   - segment: A trait that the log keeps; nil for the first of the catalog's groups.
///   - by: Of campaign, offer, channel, cohort, the segment and the experiments; nil for all.
///   - progress: Called with how many decisions were read.
/// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
package func economicsReport(
    store: any Store, segment: String? = nil, by: [String]? = nil, costs: [RunningCost] = [],
    registry: MetricRegistry = .standard, progress: @escaping (Int) -> Void = { _ in }
) throws -> Report {
    let pass = try LogPass(store: store)
    guard let plan = try pass.plans.newest() else { throw EngineError.noCatalog }
    let segment = segment ?? plan.catalog.groups.first
    let (economics, lift, _) = try pass.run(
        try EconomicsReader(plan: plan, segment: segment),
        plan.catalog.universalHoldout > 0 ? try LiftReader(pass.plans, segment: segment) : nil,
        ReadingProgress(counting: [.decision], show: progress))
    return try economics.report(
        lift: lift.flatMap { try? LiftAnalysis($0.trial()) }, skipped: lift?.skipped ?? 0, by: by, costs: costs,
        registry: registry)
}

/// How long signals in the log so far waited for a decision that knew of them.
///
/// - Parameter progress: Called with how many decisions were read.
/// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
package func responseReport(store: any Store, progress: @escaping (Int) -> Void = { _ in }) throws -> Report {
    let pass = try LogPass(store: store)
    guard let plan = try pass.plans.newest() else { throw EngineError.noCatalog }
    var (responses, _) = try pass.run(
        ResponseReader(plan: plan), ReadingProgress(counting: [.decision], show: progress))
    responses.finish()
    return try responses.report()
}
