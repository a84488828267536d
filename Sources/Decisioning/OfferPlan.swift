public import WeirCatalog
public import WeirDomain

/// An offer made ready for deciding.
public final class OfferPlan: Sendable {
    public struct Draw: Sendable, Equatable {
        /// Index into the plan's accounts.
        public let account: Int
        public let amount: Money
        /// The amount in major units; working it out takes longer than the decision should.
        let majorUnits: Double

        init(account: Int, amount: Money) {
            self.account = account
            self.amount = amount
            majorUnits = amount.majorUnits
        }
    }

    public let offer: Offer
    /// The offer's value and cost in major units.
    let value: Double
    let cost: Double
    /// What its cost or value depends on; nil where both are fixed.
    let terms: OfferTerms?
    /// Index into the plan's campaigns.
    public let campaign: Int
    /// Index into the plan's goals.
    public let goal: Int
    /// What giving it once reserves.
    public let draws: [Draw]
    /// Index into the plan's accounts of the pool whose codes it gives; nil for none.
    public let pool: Int?
    /// Where its own weights begin in the model.
    public let bucket: UInt32
    /// Index of its campaign's kind in the model's layout; nil where the model does not know it.
    public let kind: Int?
    /// For each declared keyed feature the hashes of the offer's keys.
    public let affinities: [[UInt32]]
    public let message: MessageTemplate

    init(
        offer: Offer, basket: BasketPrior? = nil, campaign: Int, goal: Int, draws: [Draw], pool: Int? = nil,
        bucket: UInt32, kind: Int?, affinities: [[UInt32]], message: MessageTemplate
    ) {
        self.offer = offer
        value = offer.value.majorUnits
        cost = offer.cost.majorUnits
        terms = OfferTerms(offer, basket)
        self.campaign = campaign
        self.goal = goal
        self.draws = draws
        self.pool = pool
        self.bucket = bucket
        self.kind = kind
        self.affinities = affinities
        self.message = message
    }

    /// Which share of what is reserved one use is expected to cost: 1 where the cost is fixed.
    package func reservedShare(of use: ExpectedUse?) -> Double {
        guard let use, cost > 0 else { return 1 }
        return use.cost / cost
    }
}
