import WeirDomain
import WeirStatistics

extension World {
    /// Incentives that are shares of the basket with a cap, in a shop whose people fill baskets of very different size.
    struct Baskets: Sendable, Equatable {
        /// Of all orders, before the discount, in major units.
        var mean: Double
        /// Spread of people's mean baskets, and of the orders of one person around it, in the logarithm.
        var deviation: Double
        var noise: Double
        /// Of the basket, in percent, and the most that is taken off; by depth.
        var percents: [Int64]
        var caps: [Money]
        /// What a purchase brings before the discount, in percent of the basket.
        var margin: Int64

        /// What a depth takes off a basket, as an offer of the catalog does: in whole cents, halves up.
        func cost(depth: Int, of basket: Money) -> Money {
            let share = (basket.minorUnits * percents[depth] + 50) / 100
            return Money(minorUnits: min(share, caps[depth].minorUnits), currency: basket.currency)
        }

        /// A person's mean basket, from a standard normal number.
        func mean(_ normal: Double) -> Double {
            mean * Portable.exp(deviation * normal - deviation * deviation / 2)
        }

        /// An order of a person with that mean, from a standard normal number.
        func order(of person: Double, _ normal: Double) -> Double {
            person * Portable.exp(noise * normal - noise * noise / 2)
        }
    }

    /// Set before any policy was run: the offer of docs/offers.md and half of it, baskets that differ among people about as
    /// much as those of a grocer's households do, and the margin of a shop that can afford a fifth off.
    mutating func giveShares() {
        let baskets = Baskets(
            mean: 60, deviation: 0.7, noise: 0.35, percents: [10, 20],
            caps: [Money(minorUnits: 1_000, currency: .usd), Money(minorUnits: 1_500, currency: .usd)], margin: 45)
        self.baskets = baskets
        let usual = Money(minorUnits: 6_000, currency: .usd)
        costs = [0, 1].map { baskets.cost(depth: $0, of: usual) }
        margin = Money(minorUnits: 2_700, currency: .usd)
        // About a tenth of what giving everybody an incentive at each visit would cost.
        budgetPerVisit = 0.22
    }
}

extension Population.Visit {
    /// What the order of this visit is worth, if it comes to one.
    var basket: Money { Money(minorUnits: Int64((revenue * 100).rounded()), currency: .usd) }
}
