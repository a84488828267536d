import WeirDecisioning
public import WeirDomain
import WeirLearning
public import WeirMeasurement
import WeirProfiles
public import WeirReporting
public import WeirStorage

/// Reads from the log who was treated, who was held out and what each did since: what `LiftAnalysis` looks at.
///
/// Assignment is by universal holdout; for a campaign with a holdout of its own by that, among those who are not held out
/// from everything. For any other campaign the customers are those whose first offer, given or withheld, was one of its.
/// Only decisions under the current salt count: another salt assigned everyone anew.
public struct LiftLog {
    public let trial: LiftTrial

    /// - Parameters:
    ///   - campaign: Nil for the whole program.
    ///   - segment: A trait (of `groups`, or one that rules read) or a feature; nil for none.
    ///   - since: What was done before does not count; who was met before still does.
    ///   - progress: Called with how many decisions were read.
    /// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
    public init(
        store: any Store, campaign: CampaignID? = nil, segment: String? = nil, since: Timestamp? = nil,
        progress: (Int) -> Void = { _ in }
    ) throws {
        guard let newest = try store.catalog(version: nil) else { throw EngineError.noCatalog }
        let recovery = Recovery(store: store)
        let plan = try recovery.compile(newest)
        if let campaign, !plan.campaigns.contains(where: { $0.campaign.id == campaign }) {
            let known = plan.campaigns.map(\.campaign.id.rawValue).joined(separator: ", ")
            throw MeasurementError("There is no campaign “\(campaign)” in the catalog. Known: \(known).")
        }
        if let segment, !plan.traitNames.contains(segment), plan.schema.scalarIndex(of: segment) == nil {
            let known = (plan.traitNames.subtracting(["suppressed"]).sorted() + plan.schema.scalarNames)
            throw MeasurementError(
                "segment “\(segment)” is neither a trait that the log keeps (declare it in groups) nor a feature. "
                    + "Known: \(known.joined(separator: ", ")).")
        }
        var plans = [newest.version: plan]
        var version = newest.version - 1
        let own = plan.campaigns.first { $0.campaign.id == campaign }?.campaign
        let isOwn = (own?.holdout ?? 0) > 0
        guard isOwn || plan.catalog.universalHoldout > 0 else {
            throw MeasurementError(
                "Nobody is held out, so there is nothing to compare with. Declare holdout: 10 % in weir.yaml"
                    + (campaign == nil ? "." : " or in the campaign."))
        }
        // Back to where people were last assigned anew.
        while version >= 1, let stored = try store.catalog(version: version) {
            let older = try recovery.compile(stored)
            let share =
                isOwn
                ? older.campaigns.first { $0.campaign.id == campaign }?.campaign.holdout ?? 1
                : older.catalog.universalHoldout
            guard older.catalog.salt == plan.catalog.salt, share > 0 else { break }
            plans[version] = older
            version -= 1
        }
        var reader = LiftReader(
            plan: plan, assignment: isOwn ? .campaign(campaign!) : .universal, segment: segment, since: since)
        for link in try store.links() { reader.identities.restore(link) }
        let last = try store.lastSequence()
        var decisions = 0
        let kinds: Set<RecordKind> =
            plan.catalog.metric == nil ? [.decision, .outcome] : [.decision, .outcome, .event]
        try store.forEachRecord(after: 0, kinds: kinds) { entry in
            guard entry.sequence <= last else { return }
            switch entry.record {
            case .decision(let stored):
                decisions += 1
                progress(decisions)
                let record = try DecisionRecord(decoding: stored.body)
                guard let plan = plans[record.situation.catalogVersion] else { return reader.skip() }
                reader.note(record, plan: plan)
            case .outcome(let outcome): reader.note(outcome)
            case .event(let event): reader.note(event)
            default: break
            }
        }
        trial = reader.trial(campaign: isOwn ? nil : campaign, name: own?.name ?? campaign?.rawValue)
    }
}

extension Engine {
    /// What offers changed by the log so far: the whole program, and each campaign that has a holdout of its own.
    ///
    /// Reads the whole log: meant for a page that is asked for now and then.
    public func liftReports() throws -> [(campaign: CampaignID?, report: Report)] {
        try WeirEngine.liftReports(store: store)
    }
}

/// What offers changed by the log so far: the whole program, and each campaign that has a holdout of its own.
///
/// - Returns: Nothing where nobody is held out; where there is too little to compare, a report that says so.
public func liftReports(store: any Store) throws -> [(campaign: CampaignID?, report: Report)] {
    guard let newest = try store.catalog(version: nil) else { return [] }
    let catalog = try Recovery(store: store).compile(newest).catalog
    let own = catalog.campaigns.filter { $0.holdout > 0 }.map(\.id)
    let wanted: [CampaignID?] = (catalog.universalHoldout > 0 ? [nil] : []) + own
    return try wanted.map { campaign in
        do {
            let log = try LiftLog(store: store, campaign: campaign, segment: catalog.groups.first)
            return (campaign, try LiftAnalysis(log.trial).report)
        } catch let error as MeasurementError {
            let name = campaign.map { "Campaign \($0)" } ?? "All campaigns"
            return (
                campaign,
                Report(
                    kind: "lift", title: "What offers changed: \(name)", conclusion: ["Nothing can be said yet."],
                    warnings: error.faults)
            )
        }
    }
}
