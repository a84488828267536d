public import WeirJSON

/// What an order is in this shop's events, and by what one is told from another.
///
/// Unless declared, as Segment's e-commerce events have it. Source: Segment, "Spec: V2 Ecommerce Events".
public struct Orders: Sendable, Hashable, Codable {
    /// The name of the event that tells of an order; told again it is the same order.
    public var event: String
    /// Where the order's id stands; the first that is there counts.
    public var id: [JSONPath]
    /// Where the array of its lines stands.
    public var lines: JSONPath
    /// Where its worth stands, in major units; the first number counts.
    public var value: [JSONPath]
    public var currency: JSONPath
    /// Where the worth of the basket before the discount stands, in major units; nil means where `value` says.
    public var basket: [JSONPath]?
    /// Where the cost of shipping stands, in major units; nil means under `shipping`.
    public var shipping: [JSONPath]?
    /// Where coupon codes stand, beside those that a goal names; each holds one code or several.
    public var coupons: [JSONPath]

    public init(
        event: String = "Order Completed", id: [JSONPath] = [JSONPath("order_id"), JSONPath("orderId")],
        lines: JSONPath = JSONPath("products"),
        value: [JSONPath] = [JSONPath("revenue"), JSONPath("total"), JSONPath("value")],
        currency: JSONPath = JSONPath("currency"), basket: [JSONPath]? = nil, shipping: [JSONPath]? = nil,
        coupons: [JSONPath] = [JSONPath("coupon"), JSONPath("coupons"), JSONPath("products.coupon")]
    ) {
        self.event = event
        self.id = id
        self.lines = lines
        self.value = value
        self.currency = currency
        self.basket = basket
        self.shipping = shipping
        self.coupons = coupons
    }
}
