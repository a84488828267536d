import Foundation

/// How far a value reaches, and what later money is worth now.
package struct LifetimeHorizon: Sendable, Hashable {
    /// > 0.
    package var weeks: Double
    /// What a year takes off, such as 0.1; ≥ 0.
    package var annualDiscount: Double
    /// What is kept of each unit of value, such as 0.3; > 0.
    package var margin: Double

    package init(weeks: Double, annualDiscount: Double = 0, margin: Double = 1) {
        precondition(weeks > 0 && annualDiscount >= 0 && margin > 0, "a horizon above 0")
        self.weeks = weeks
        self.annualDiscount = annualDiscount
        self.margin = margin
    }

    /// What a unit after so many weeks is worth now.
    package func worth(after weeks: Double) -> Double { exp(-weeklyRate * weeks) }

    private var weeklyRate: Double { log1p(annualDiscount) / 52.1775 }

    /// Purchases to expect within the horizon, each worth the less the later it comes.
    ///
    /// With E the expected count until t, ∫ e^(−δt) dE = e^(−δh) E(h) + δ ∫ e^(−δt) E(t) dt. E bends most at the start, so the
    /// eight Gauss–Legendre nodes lie at squares of time.
    package func discounted(_ expected: (Double) -> Double) -> Double {
        let atEnd = worth(after: weeks) * expected(weeks)
        guard annualDiscount > 0 else { return atEnd }
        var integral = 0.0
        for (node, weight) in Self.nodes {
            for side in [-node, node] {
                let root = (1 + side) / 2
                let time = weeks * root * root
                integral += weight * root * worth(after: time) * expected(time)
            }
        }
        return atEnd + weeklyRate * weeks * integral
    }

    /// Abramowitz and Stegun, table 25.4, n = 8.
    private static let nodes = [
        (0.183_434_642_495_650, 0.362_683_783_378_362), (0.525_532_409_916_329, 0.313_706_645_877_887),
        (0.796_666_477_413_627, 0.222_381_034_453_374), (0.960_289_856_497_536, 0.101_228_536_290_376),
    ]
}

/// A customer's value still to come.
package struct LifetimeExpectation: Sendable, Hashable {
    package var probabilityAlive: Double
    /// Purchase days within the horizon.
    package var purchases: Double
    /// Of each of them.
    package var valuePerPurchase: Double
    /// Discounted, after margin.
    package var value: Double
}

extension LifetimeHorizon {
    /// What to expect of each customer.
    ///
    /// - Complexity: O(*n*), and a series for each kind of repeats and age.
    package func expectations(
        of summaries: [PurchaseSummary], _ purchases: BetaGeometricModel, _ money: ValueLaw
    ) -> [LifetimeExpectation] {
        struct Kind: Hashable {
            var repeats: Int
            var ageDays: Int
        }
        // Whoever is alive buys as all do with as many repeats at the same age, so the long sums are made once for each.
        var known: [Kind: (count: Double, discounted: Double)] = [:]
        return summaries.map { summary in
            let kind = Kind(repeats: summary.repeats, ageDays: summary.ageDays)
            func count(_ weeks: Double) -> Double {
                purchases.purchasesIfAlive(repeats: kind.repeats, age: summary.age, weeks: weeks)
            }
            let expected = known[kind] ?? (count(weeks), discounted(count))
            known[kind] = expected
            let alive = purchases.probabilityAlive(summary)
            let value = money.expectedValue(summary)
            return LifetimeExpectation(
                probabilityAlive: alive, purchases: alive * expected.count, valuePerPurchase: value,
                value: alive * expected.discounted * value * margin)
        }
    }
}
