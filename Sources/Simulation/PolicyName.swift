/// What is compared at equal budget.
package enum PolicyName: String, Sendable, CaseIterable, Codable {
    /// One offer for everybody who comes, paced.
    case uniform
    /// Fixed segments in monthly batches.
    case segments
    /// The same engine without shadow prices: a tranche each month, first come first served.
    case unpriced
    /// Weir's loop, but for that everybody's basket is expected to be the usual one; only where offers go by the basket.
    case meanBasket = "mean_basket"
    /// Weir's loop.
    case weir
    /// The oracle, but for what shows in no behaviour: the part of each person's sensitivity that only responses tell.
    case seeing
    /// Knows the true probabilities and the price of money in hindsight.
    case oracle
}
