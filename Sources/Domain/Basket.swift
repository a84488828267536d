/// What a code is used on: an order as it stands at the moment of use.
public struct Basket: Sendable, Hashable {
    /// What it costs before the discount; ≥ 0.
    public var value: Money

    public init(value: Money) { self.value = value }
}

extension Offer {
    /// What the offer takes off a basket: its cost, or what its discount says of such a basket, but never more than the basket is worth.
    ///
    /// - Parameter basket: In the currency of the offer's cost; nil where it is not known.
    public func discount(of basket: Basket?) -> Money {
        guard let basket, basket.value.currency == cost.currency else { return cost }
        if let discount {
            let worth = basket.value.minorUnits
            // What follows from lines or shipping, which a till's basket does not tell, is at most what was promised.
            let off = discount.cost(of: Purchase(basket: worth)) ?? cost.minorUnits
            return Money(minorUnits: min(off, worth), currency: cost.currency)
        }
        return basket.value.minorUnits < cost.minorUnits ? basket.value : cost
    }
}
