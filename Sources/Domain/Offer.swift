/// One incentive that a person can be given.
public struct Offer: Sendable, Hashable, Codable {
    public var id: OfferID
    public var name: String
    /// What one use costs at most; ≥ 0. Reserved when the offer is given; spent when it is used, wholly unless a discount says
    /// how much.
    public var cost: Money
    /// Contribution margin, before `cost`, of one outcome of the campaign's goal; where it is a share of the basket, of one of
    /// the usual worth.
    public var value: Money
    /// How what a use costs follows from its order; nil means that each costs the same.
    public var discount: Discount?
    /// The margin as a share of the basket; nil means that each outcome is worth the same.
    public var valueShare: BasketShare?
    /// How many can be given in all; nil means as many as there are people.
    public var stock: Int?
    /// The code by which a till or shop reports its use; matched against outcomes.
    public var coupon: String?
    /// Whose single-use codes it gives instead; nil for none.
    public var codes: OfferCodes?
    /// For each keyed feature the keys that this offer is about: its product categories, its campaign.
    public var affinities: [String: [String]]
    /// What the person reads; `{{name}}` stands for traits and context.
    public var message: String

    public init(
        id: OfferID, name: String, cost: Money, value: Money, discount: Discount? = nil,
        valueShare: BasketShare? = nil, stock: Int? = nil, coupon: String? = nil, codes: OfferCodes? = nil,
        affinities: [String: [String]] = [:], message: String = ""
    ) {
        self.id = id
        self.name = name
        self.cost = cost
        self.value = value
        self.discount = discount
        self.valueShare = valueShare
        self.stock = stock
        self.coupon = coupon
        self.codes = codes
        self.affinities = affinities
        self.message = message
    }
}
