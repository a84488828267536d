package import WeirLift
package import WeirDomain
import WeirEngine
import WeirLog
package import WeirStorage

/// Reads from the log who was treated, who was held out and what each did since: what `LiftAnalysis` looks at.
///
/// Assignment is by universal holdout; for a campaign with a holdout of its own by that, among those who are not held out
/// from everything. For any other campaign the customers are those whose first offer, given or withheld, was one of its.
/// Only decisions under the current salt count: another salt assigned everyone anew.
package struct LiftLog {
    package let trial: LiftTrial

    /// - Parameters:
    ///   - campaign: Nil for the whole program.
    ///   - segment: A trait (of `groups`, or one that rules read) or a feature; nil for none.
    ///   - since: What was done before does not count; who was met before still does.
    ///   - progress: Called with how many decisions were read.
    /// - Throws: `MeasurementError`, `EngineError.noCatalog`, or what the store throws.
    package init(
        store: any Store, campaign: CampaignID? = nil, segment: String? = nil, since: Timestamp? = nil,
        progress: @escaping (Int) -> Void = { _ in }
    ) throws {
        let pass = try LogPass(store: store)
        let reader = try LiftReader(pass.plans, campaign: campaign, segment: segment, since: since)
        trial = try pass.run(reader, ReadingProgress(counting: [.decision], show: progress)).0.trial(of: campaign)
    }
}
