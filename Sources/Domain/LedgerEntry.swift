/// One movement between two accounts of a budget: what one loses, the other gains, so the sum over accounts is zero.
public struct LedgerEntry: Sendable, Equatable {
    /// The four accounts of each budget.
    public enum Account: UInt8, Sendable, CaseIterable {
        /// Where the money comes from; its balance is minus the limit.
        case funding = 0
        case available = 1
        case reserved = 2
        case spent = 3

        public var name: String { String(describing: self) }
    }

    public enum Reason: UInt8, Sendable, CaseIterable {
        /// The limit was set or changed.
        case funded = 1
        case reserved = 2
        case spent = 3
        /// Reserved but never used.
        case released = 4
        /// Spent, then taken back.
        case refunded = 5

        public var name: String { String(describing: self) }
    }

    public var budget: BudgetID
    public var reason: Reason
    public var from: Account
    public var to: Account
    /// ≥ 0, in the budget's currency.
    public var amount: Money
    /// Nil for funding.
    public var decision: DecisionID?
    /// The offer that the decision gives; nil for funding, and where an older version of Weir made the reservation.
    public var given: GivenOffer?
    public var time: Timestamp

    public var offer: OfferID? { given?.offer }
    public var campaign: CampaignID? { given?.campaign }
    public var channel: Channel? { given?.channel }

    public init(
        budget: BudgetID, reason: Reason, from: Account, to: Account, amount: Money, decision: DecisionID?,
        given: GivenOffer? = nil, time: Timestamp
    ) {
        self.budget = budget
        self.reason = reason
        self.from = from
        self.to = to
        self.amount = amount
        self.decision = decision
        self.given = given
        self.time = time
    }
}
