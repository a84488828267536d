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
    /// Index into the plan's campaigns.
    public let campaign: Int
    /// Index into the plan's goals.
    public let goal: Int
    /// What giving it once reserves.
    public let draws: [Draw]
    /// Where its own weights begin in the model.
    public let bucket: UInt32
    /// Index of its campaign's kind in the model's layout; nil where the model does not know it.
    public let kind: Int?
    /// For each declared keyed feature the hashes of the offer's keys.
    public let affinities: [[UInt32]]
    public let message: MessageTemplate

    init(
        offer: Offer, campaign: Int, goal: Int, draws: [Draw], bucket: UInt32, kind: Int?, affinities: [[UInt32]],
        message: MessageTemplate
    ) {
        self.offer = offer
        value = offer.value.majorUnits
        cost = offer.cost.majorUnits
        self.campaign = campaign
        self.goal = goal
        self.draws = draws
        self.bucket = bucket
        self.kind = kind
        self.affinities = affinities
        self.message = message
    }
}
