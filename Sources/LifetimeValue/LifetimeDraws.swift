import Foundation
import WeirStatistics

/// What customers may come to do: futures drawn from the models, with the models' own uncertainty.
package struct LifetimeDraws: Sendable {
    /// Purchase days per draw, and value after margin and discount, for each set of customers.
    package var purchases: [[Double]]
    package var values: [[Double]]

    /// Draws parameters as likely as the data allow, then for each customer whether they buy at all, and for those who do a
    /// rate, a chance to leave, a mean value, and purchases until the horizon or until leaving.
    ///
    /// - Parameters:
    ///   - sets: By customer, the set it counts to, in 0 ..< setCount; nil counts to none.
    ///   - draws: At least 2.
    /// - Complexity: O(customers × draws), about 30 ns each.
    package init(
        of summaries: [PurchaseSummary], _ model: LifetimeModel, within horizon: LifetimeHorizon, sets: [Int?],
        setCount: Int, draws: Int, seed: UInt64
    ) {
        precondition(sets.count == summaries.count && draws > 1, "a set for each customer")
        purchases = [[Double]](repeating: [Double](repeating: 0, count: draws), count: setCount)
        values = purchases
        let (kinds, kindOf) = Self.kinds(summaries)
        var seeds = SplitMix64(seed: seed)
        for draw in 0..<draws {
            var random = Xoshiro256StarStar(seed: seeds.next())
            let buying = model.purchases.drawn(using: &random)
            let money = model.money.drawn(using: &random)
            // By kind of customer: that one alive buys nothing, and that one buys.
            let silences = kinds.map { buying.silence($0, weeks: horizon.weeks) }
            let chances = zip(kinds, silences).map { buying.probabilityAlive($0) * (1 - $1) }
            for index in summaries.indices {
                let kind = kindOf[index]
                guard let set = sets[index], random.unit() < chances[kind] else { continue }
                let future = Self.future(of: summaries[index], silences[kind], buying, money, horizon, using: &random)
                purchases[set][draw] += future.purchases
                values[set][draw] += future.value
            }
        }
    }

    /// Customers who are alike but for their values.
    private static func kinds(_ summaries: [PurchaseSummary]) -> (kinds: [PurchaseSummary], of: [Int]) {
        var kinds: [PurchaseSummary] = []
        var known: [PurchaseSummary: Int] = [:]
        let of = summaries.map { summary in
            var kind = summary
            kind.meanValue = 0
            if let index = known[kind] { return index }
            known[kind] = kinds.count
            kinds.append(kind)
            return kinds.count - 1
        }
        return (kinds, of)
    }

    /// Of a customer who buys: time, λ, p and the mean value follow their distributions given what was seen.
    ///
    /// - Parameter silence: How likely one alive would buy nothing.
    private static func future(
        of summary: PurchaseSummary, _ silence: Double, _ buying: BetaGeometricModel, _ money: ValueLaw,
        _ horizon: LifetimeHorizon, using random: inout Xoshiro256StarStar
    ) -> (purchases: Double, value: Double) {
        let x = Double(summary.repeats)
        let (shape, weeks) = (buying.r + x, buying.alpha + summary.age)
        // The wait for the next purchase is Lomax distributed, here cut off at the horizon.
        let share = silence + (1 - silence) * (1 - random.unit())
        var time = min(horizon.weeks, weeks * expm1(-log(share) / shape))
        let rate = random.gamma(shape: shape + 1) / (weeks + time)
        let leaving = random.beta(buying.a, buying.b + x)
        let scale = money.customerScale(summary, using: &random)
        var result = (purchases: 0.0, value: 0.0)
        repeat {
            result.purchases += 1
            result.value += money.purchase(using: &random) * scale * horizon.worth(after: time)
            guard random.unit() >= leaving else { break }
            time += random.exponential() / rate
            // A purchase is a day with one, so that there are no more than days, however fast the rate that was drawn.
        } while time <= horizon.weeks && result.purchases < 7 * horizon.weeks
        result.value *= horizon.margin
        return result
    }

    /// The middle 95 % of draws.
    static func range(_ draws: [Double]) -> (lower: Double, upper: Double) {
        let sorted = draws.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            // Between equal draws nothing is to be added, and of two infinite ones the difference is no number.
            guard sorted[above] > sorted[below] else { return sorted[below] }
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        return (quantile(0.025), quantile(0.975))
    }
}
