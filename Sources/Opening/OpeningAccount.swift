/// What was believed of some visits, what was true of them, and what was earned.
///
/// Money is expected money in dollars, by the true chances, so that luck does not enter it.
package struct OpeningAccount: Sendable, Equatable {
    package var visits = 0
    package var offers = 0
    /// Σ over the offers given of the chance that was believed.
    package var believed = 0.0
    /// Σ over the offers given of the true chance.
    package var chance = 0.0
    /// Σ of what was given, against none.
    package var earned = 0.0
    /// Σ of p · cost of what was given.
    package var spent = 0.0
    /// Σ of the most that can be earned by who knows the truth of all that can be seen.
    package var known = 0.0
    /// Σ of what segments would have earned that test first and then settle.
    package var segments = 0.0
    /// Σ of each offer, were it given to everybody.
    package var ofOffer: [String: Double] = [:]
    /// Σ of p · cost of each offer, were it given to everybody.
    package var costOfOffer: [String: Double] = [:]

    package init() {}

    /// What the best single offer for everybody would have earned; at least 0, which is nobody.
    package var ofBestOffer: Double { max(0, ofOffer.values.max() ?? 0) }
    /// What the dearest single offer for everybody would have cost.
    package var costOfOffers: Double { costOfOffer.values.max() ?? 0 }

    package static func + (left: OpeningAccount, right: OpeningAccount) -> OpeningAccount {
        var sum = left
        sum.visits += right.visits
        sum.offers += right.offers
        sum.believed += right.believed
        sum.chance += right.chance
        sum.earned += right.earned
        sum.spent += right.spent
        sum.known += right.known
        sum.segments += right.segments
        sum.ofOffer.merge(right.ofOffer) { $0 + $1 }
        sum.costOfOffer.merge(right.costOfOffer) { $0 + $1 }
        return sum
    }
}
