import WeirLift
public import WeirEconomics
import WeirDecisioning
import WeirDomain
public import WeirEngine
public import WeirReporting
public import WeirStorage

/// A report on the log so far.
public struct LiveReport: Sendable {
    /// Unique among those of its kind: the campaign's, else `all`.
    public var id: String
    public var report: Report
}

extension Engine {
    /// What the log so far tells of offers: what they changed, what they cost and brought, how quickly signals were answered.
    ///
    /// Reads the whole log, once: meant for a page that is asked for now and then.
    public func liveReports() throws -> [LiveReport] { try WeirLogInsight.liveReports(store: store) }
}

/// What the log so far tells of offers, read in one pass: lift of the whole program and of each campaign with a holdout of its
/// own, unit economics, response time.
///
/// - Returns: No lift where nobody is held out; where there is too little to compare, a report that says so. Economics from
///   the first offer on, response time from the first signal on.
public func liveReports(store: any Store) throws -> [LiveReport] {
    guard try store.catalog(version: nil) != nil else { return [] }
    var pass = try LogPass(store: store)
    let catalog = pass.plan.catalog
    let segment = catalog.groups.first
    let own = catalog.campaigns.filter { $0.holdout > 0 }.map(\.id)
    let campaigns: [CampaignID?] = (catalog.universalHoldout > 0 ? [nil] : []) + own
    pass.lifts = try campaigns.map { campaign in
        try LiftReader(store: store, plan: pass.plan, campaign: campaign, segment: segment)
    }
    pass.economics = try EconomicsReader(plan: pass.plan, segment: segment)
    pass.responses = ResponseReader(plan: pass.plan)
    try pass.read()

    var reports: [LiveReport] = []
    var whole: LiftAnalysis?
    for (reader, campaign) in zip(pass.lifts, campaigns) {
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
    let skipped = catalog.universalHoldout > 0 ? pass.lifts[0].skipped : 0
    if let report = try? pass.economics?.report(lift: whole, skipped: skipped) {
        reports.append(LiveReport(id: "all", report: report))
    }
    pass.responses?.finish()
    if let report = try? pass.responses?.report() { reports.append(LiveReport(id: "all", report: report)) }
    return reports
}

/// What offers cost and brought by the log so far.
///
/// - Parameters:
///   - segment: A trait that the log keeps; nil for the first of the catalog's groups.
///   - by: Of campaign, offer, channel, cohort, the segment and the experiments; nil for all.
///   - progress: Called with how many decisions were read.
/// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
public func economicsReport(
    store: any Store, segment: String? = nil, by: [String]? = nil, costs: [RunningCost] = [],
    registry: MetricRegistry = .standard, progress: (Int) -> Void = { _ in }
) throws -> Report {
    var pass = try LogPass(store: store)
    let segment = segment ?? pass.plan.catalog.groups.first
    pass.economics = try EconomicsReader(plan: pass.plan, segment: segment)
    if pass.plan.catalog.universalHoldout > 0 {
        pass.lifts = [try LiftReader(store: store, plan: pass.plan, segment: segment)]
    }
    try pass.read(progress: progress)
    return try pass.economics!.report(
        lift: pass.lifts.first.flatMap { try? LiftAnalysis($0.trial()) }, skipped: pass.lifts.first?.skipped ?? 0,
        by: by, costs: costs, registry: registry)
}

/// How long signals in the log so far waited for a decision that knew of them.
///
/// - Parameter progress: Called with how many decisions were read.
/// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
public func responseReport(store: any Store, progress: (Int) -> Void = { _ in }) throws -> Report {
    var pass = try LogPass(store: store)
    pass.responses = ResponseReader(plan: pass.plan)
    try pass.read(progress: progress)
    pass.responses!.finish()
    return try pass.responses!.report()
}
