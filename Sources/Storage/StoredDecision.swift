public import WeirDomain

/// A decision as the store sees it: what it must find again in columns, the rest in `body`.
public struct StoredDecision: Sendable, Equatable {
    public var id: DecisionID
    public var customer: CustomerID
    public var placement: PlacementID
    public var time: Timestamp
    /// Nil where no offer was given.
    public var offer: OfferID?
    public var goal: GoalID?
    public var coupon: String?
    /// When its window closes; nil where no outcome is awaited.
    public var closesAt: Timestamp?
    /// Unique where present.
    public var idempotencyKey: String?
    /// Stable hash of the request, to refuse a key that is used again for something else.
    public var fingerprint: UInt64
    /// The inputs and the result, in the binary form of `Decisioning`.
    public var body: [UInt8]

    public init(
        id: DecisionID, customer: CustomerID, placement: PlacementID, time: Timestamp, offer: OfferID?, goal: GoalID?,
        coupon: String?, closesAt: Timestamp?, idempotencyKey: String?, fingerprint: UInt64, body: [UInt8]
    ) {
        self.id = id
        self.customer = customer
        self.placement = placement
        self.time = time
        self.offer = offer
        self.goal = goal
        self.coupon = coupon
        self.closesAt = closesAt
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.body = body
    }
}
