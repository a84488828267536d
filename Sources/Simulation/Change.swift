/// What decisions changed for one customer: what they did less what they would have done had there never been an offer,
/// with the same luck; and what last touch would credit to the offers.
struct Change: Sendable, Equatable {
    private(set) var isMet = false
    private(set) var isHeldOut = false
    private(set) var hasOffer = false
    private(set) var conversions = 0.0
    /// After the cost of the offers that were used.
    private(set) var margin = 0.0
    private(set) var claimedConversions = 0.0
    private(set) var claimedMargin = 0.0

    /// Counts a visit.
    ///
    /// - Parameters:
    ///   - margin: Of a purchase, before `cost`.
    ///   - cost: Of the offer that was given; nil where none was.
    mutating func count(isHeldOut: Bool, buys: Bool, wouldBuyAnyway: Bool, margin: Double, cost: Double?) {
        isMet = true
        self.isHeldOut = isHeldOut
        if cost != nil { hasOffer = true }
        if buys {
            conversions += 1
            self.margin += margin - (cost ?? 0)
            if let cost {
                claimedConversions += 1
                claimedMargin += margin - cost
            }
        }
        if wouldBuyAnyway {
            conversions -= 1
            self.margin -= margin
        }
    }
}
