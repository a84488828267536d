/// A set of offers with one aim, one audience and one time.
public struct Campaign: Sendable, Hashable, Codable {
    public var id: CampaignID
    public var name: String
    /// What sort of campaign it is, such as `Type A`; the model learns across campaigns of one kind.
    public var kind: String
    public var placements: [PlacementID]
    /// First moment at which it may be offered; nil means always.
    public var start: Timestamp?
    /// First moment at which it may no longer be offered; nil means never.
    public var end: Timestamp?
    /// Who may get it, in the rule language (see `docs/catalog.md`); nil means everyone.
    public var eligibility: String?
    public var goal: GoalID
    public var purpose: Purpose
    public var channel: Channel
    /// Drawn on by each of its offers.
    public var budgets: [BudgetID]
    public var caps: [Cap]
    /// Share of customers who never get this campaign, in 0 ≤ share < 1, beside the universal holdout.
    public var holdout: Double
    /// What becomes of its codes where somebody uses one who was not given it; nil means that they are refused.
    public var leaked: LeakedCodes?
    public var offers: [Offer]

    public init(
        id: CampaignID, name: String, kind: String, placements: [PlacementID], start: Timestamp? = nil,
        end: Timestamp? = nil, eligibility: String? = nil, goal: GoalID, purpose: Purpose, channel: Channel,
        budgets: [BudgetID] = [], caps: [Cap] = [], holdout: Double = 0,
        leaked: LeakedCodes? = nil, offers: [Offer]
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.placements = placements
        self.start = start
        self.end = end
        self.eligibility = eligibility
        self.goal = goal
        self.purpose = purpose
        self.channel = channel
        self.budgets = budgets
        self.caps = caps
        self.holdout = holdout
        self.leaked = leaked
        self.offers = offers
    }
}

extension Campaign {
    /// Whether it may be offered at a moment: from `start` on, no longer from `end` on.
    package func isOn(at time: Timestamp) -> Bool {
        if let start, time < start { return false }
        if let end, time >= end { return false }
        return true
    }
}
