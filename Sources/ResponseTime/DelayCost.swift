import Foundation
package import WeirStatistics

/// What waiting cost.
package enum DelayCost {
    /// By a declared decay: a response is worth half as much after each half-life, and nothing where it has not come.
    ///
    /// The range of the sum is that of such signals in general: normal, by the spread of the losses between signals.
    ///
    /// - Returns: Of the treated, then of those not treated; nil where no value is known.
    package static func decay(
        _ log: ResponseLog, halfLifeSeconds: Double, confidence: Double = 0.95
    ) -> (treated: Interval, waiting: Interval, total: Interval, value: Double)? {
        precondition(halfLifeSeconds > 0, "a half-life is positive")
        let known = log.entries.filter { !$0.value.isNaN }
        guard !known.isEmpty else { return nil }
        let losses = known.map { $0.isTreated ? $0.value * -expm1(-$0.seconds / halfLifeSeconds * M_LN2) : $0.value }
        func sum(_ belongs: (ResponseLog.Entry) -> Bool) -> Interval {
            let parts = zip(known, losses).map { belongs($0) ? $1 : 0 }
            let moments = RunningMoments(parts)
            let total = parts.reduce(0, +)
            let reach =
                StandardNormal.quantile((1 + confidence) / 2) * (moments.variance * Double(parts.count)).squareRoot()
            return Interval(estimate: total, lower: max(0, total - reach), upper: total + reach)
        }
        return (sum { $0.isTreated }, sum { !$0.isTreated }, sum { _ in true }, known.reduce(0) { $0 + $1.value })
    }

    /// By what is seen: outcomes of treated signals against how long they waited.
    package struct Relation: Sendable, Equatable {
        /// Change of the outcome per doubling of the delay.
        package var perDoubling: Interval
        package var probability: Double
        /// Outcome that would have been gained, had no treated signal waited longer than `referenceSeconds`.
        package var cost: Interval
        package var referenceSeconds: Double
        package var count: Int
    }

    /// Least squares of the outcome on log₂(delay + 1 s), apart by trigger; errors robust to unequal spread (HC1).
    ///
    /// - Parameter referenceSeconds: What could be reached; nil: the delay that a tenth stayed under.
    /// - Returns: Nil where fewer than 20 treated signals have outcomes, or all waited equally long.
    package static func relation(
        _ entries: [ResponseLog.Entry], referenceSeconds: Double? = nil, confidence: Double = 0.95
    ) -> Relation? {
        let known = entries.filter { $0.isTreated && $0.outcome.isFinite }
        let triggers = Array(Set(known.map(\.trigger))).sorted()
        guard known.count >= 20, known.count > triggers.count + 2 else { return nil }
        var places: [String: Int] = [:]
        for (place, trigger) in triggers.enumerated() { places[trigger] = place }
        let groups = known.map { places[$0.trigger] ?? 0 }
        let delays = known.map { log2($0.seconds + 1) }
        func centred(_ values: [Double]) -> [Double] {
            var moments = [RunningMoments](repeating: RunningMoments(), count: triggers.count)
            for (group, value) in zip(groups, values) { moments[group].include(value) }
            return zip(groups, values).map { $1 - moments[$0].mean }
        }
        let x = centred(delays)
        let y = centred(known.map(\.outcome))
        let square = x.reduce(0) { $0 + $1 * $1 }
        guard square > 1e-9 else { return nil }
        let slope = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / square
        let degrees = Double(known.count - triggers.count - 1)
        let scores = zip(x, y).reduce(0) { sum, pair in
            let score = pair.0 * (pair.1 - slope * pair.0)
            return sum + score * score
        }
        let error = (scores * Double(known.count) / degrees).squareRoot() / square
        let reach = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degrees) * error
        let sorted = known.map(\.seconds).sorted()
        let reference = referenceSeconds ?? sorted[(sorted.count - 1) / 10]
        let excess = delays.reduce(0) { $0 + max(0, $1 - log2(reference + 1)) }
        return Relation(
            perDoubling: Interval(estimate: slope, lower: slope - reach, upper: slope + reach),
            probability: error > 0 ? 2 * StudentT.cumulative(-abs(slope) / error, degreesOfFreedom: degrees) : 0,
            cost: Interval(
                estimate: -slope * excess, lower: -(slope + reach) * excess, upper: -(slope - reach) * excess),
            referenceSeconds: reference, count: known.count)
    }
}
