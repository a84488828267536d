/// One incentive that a person can be given.
public struct Offer: Sendable, Hashable, Codable {
    public var id: OfferID
    public var name: String
    /// What one use costs; ≥ 0. Reserved when the offer is given, spent when it is used.
    public var cost: Money
    /// Contribution margin, before `cost`, of one outcome of the campaign's goal.
    public var value: Money
    /// How many can be given in all; nil means as many as there are people.
    public var stock: Int?
    /// The code by which a till or shop reports its use; matched against outcomes.
    public var coupon: String?
    /// For each keyed feature the keys that this offer is about: its product categories, its campaign.
    public var affinities: [String: [String]]
    /// What the person reads; `{{name}}` stands for traits and context.
    public var message: String

    public init(
        id: OfferID, name: String, cost: Money, value: Money, stock: Int? = nil, coupon: String? = nil,
        affinities: [String: [String]] = [:], message: String = ""
    ) {
        self.id = id
        self.name = name
        self.cost = cost
        self.value = value
        self.stock = stock
        self.coupon = coupon
        self.affinities = affinities
        self.message = message
    }
}
