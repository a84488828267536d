import WeirCatalog
public import WeirDecisioning
public import WeirDomain
import WeirJSON

/// A decision that is durable, and what the person is to be told.
public struct DecisionReply: Sendable {
    public var record: DecisionRecord
    /// The catalog that it was made with.
    public var plan: CatalogPlan
    /// Whether the same key had been answered before.
    public var isRepeated: Bool

    /// The chosen offer; nil for none.
    public var offer: Offer? {
        record.decision.chosen.map { plan.offers[record.decision.candidates[$0].offer].offer }
    }

    /// The offer's message with the person's traits and the moment filled in.
    public var message: String? { record.message(plan) }

    public var policy: Policy { plan.placement(record.situation.placement)?.placement.policy ?? .greedy }
    public var why: String { record.why(policy: policy) }
}
