public import WeirDomain
public import WeirJSON

/// Everything that a decision looks at, as it was at that moment: with the catalog and the model of the versions named
/// here, `decide` gives the same decision again, bit for bit.
public struct Situation: Sendable, Equatable {
    public var id: DecisionID
    public var customer: CustomerID
    public var placement: PlacementID
    /// The moment decided for.
    public var time: Timestamp
    public var catalogVersion: Int
    /// The last lesson of the models used.
    public var modelVersion: Int64
    /// An object: what the request says of the moment (basket value, page, weather).
    public var context: JSON
    /// An object: the traits that rules and messages read.
    public var traits: JSON
    /// The offer that something else had already chosen; Weir then scores, logs and learns, but neither chooses nor pays.
    public var given: OfferID?
    /// Plain values of all declared scalar features.
    public var features: [Float]
    /// For each candidate of the placement the plain values of all declared keyed features, side by side.
    public var affinities: [Float]
    /// For each of the plan's consent needs whether it is met.
    public var consents: [Bool]
    /// For each candidate whether each cap that applies to it is reached.
    public var cappedBy: [CapHit?]
    /// For each account of the placement what is still available, in minor units; of a pool the codes that are left.
    public var available: [Int64]
    /// For each account of the placement its shadow price, value per unit of cost; 0 for stock.
    public var prices: [Double]
    /// The arms that had been stopped by then.
    public var stoppedArms: [StoppedArm]
    /// What the person's own orders were worth, newest first, in minor units; empty where no offer goes by the basket.
    public var baskets: [Int64]
    /// The code that goes with what is given, drawn for this decision from the offer's pool; nil where it gives none.
    public var code: String?

    public init(
        id: DecisionID, customer: CustomerID, placement: PlacementID, time: Timestamp, catalogVersion: Int,
        modelVersion: Int64, context: JSON = .emptyObject, traits: JSON = .emptyObject, given: OfferID? = nil,
        features: [Float], affinities: [Float], consents: [Bool], cappedBy: [CapHit?], available: [Int64],
        prices: [Double], stoppedArms: [StoppedArm] = [], baskets: [Int64] = [], code: String? = nil
    ) {
        self.id = id
        self.customer = customer
        self.placement = placement
        self.time = time
        self.catalogVersion = catalogVersion
        self.modelVersion = modelVersion
        self.context = context
        self.traits = traits
        self.given = given
        self.features = features
        self.affinities = affinities
        self.consents = consents
        self.cappedBy = cappedBy
        self.available = available
        self.prices = prices
        self.stoppedArms = stoppedArms
        self.baskets = baskets
        self.code = code
    }
}

/// A frequency cap that was reached.
public struct CapHit: Sendable, Equatable {
    public var scope: Cap.Scope
    public var limit: Int
    public var per: TimeSpan

    public init(_ cap: Cap) {
        scope = cap.scope
        limit = cap.limit
        per = cap.per
    }
}
