import Foundation
import WeirStatistics

/// A quantile of an arm's values, with a range that needs no assumption about their distribution.
package struct QuantileSummary: Sendable, Equatable {
    package var count: Int
    /// Linear between order statistics (type 7 of Hyndman and Fan).
    package var value: Double
    /// Order statistics: the true quantile lies between them at least as often as stated; infinite where too few values lie
    /// beyond.
    package var lower: Double
    package var upper: Double
    /// From the range, as if it were a normal one; NaN where that is infinite.
    package var standardError: Double

    /// Source: David, Nagaraja, "Order Statistics" (2003), 7.1; the standard error after Price, Bonett, "Distribution-Free
    /// Confidence Intervals for Difference and Ratio of Medians" (2002).
    ///
    /// - Parameters:
    ///   - sorted: Rising; at least one.
    ///   - share: In 0 < share < 1.
    package init(sorted: [Double], share: Double, confidence: Double = 0.95) {
        precondition(!sorted.isEmpty && share > 0 && share < 1, "A quantile needs values and 0 < share < 1.")
        let count = sorted.count
        self.count = count
        let n = Double(count)
        let place = share * (n - 1)
        let below = Int(place)
        value = sorted[below] + (place - Double(below)) * (sorted[min(below + 1, count - 1)] - sorted[below])
        let tail = (1 - confidence) / 2
        // P(fewer than k values lie below the quantile), k in 1...n.
        func chance(fewerThan k: Int) -> Double {
            k > count ? 1 : regularisedIncompleteBeta(n - Double(k) + 1, Double(k), 1 - share)
        }
        let reach = -StandardNormal.quantile(tail) * (n * share * (1 - share)).squareRoot()
        var first = min(count, max(0, Int(n * share - reach) + 2))
        while first > 0, chance(fewerThan: first) > tail { first -= 1 }
        var last = max(1, min(count, Int(n * share + reach) - 1))
        while last <= count, 1 - chance(fewerThan: last) > tail { last += 1 }
        lower = first >= 1 ? sorted[first - 1] : -.infinity
        upper = last <= count ? sorted[last - 1] : .infinity
        guard first >= 1, last <= count else {
            standardError = .nan
            return
        }
        // With what the two order statistics truly cover, since few values make it much more than stated.
        let beyond = (chance(fewerThan: first) + 1 - chance(fewerThan: last)) / 2
        standardError = (upper - lower) / (-2 * StandardNormal.quantile(max(1e-300, beyond)))
    }

    /// As other metrics are summarised, so that the same readings serve.
    var summary: SampleSummary {
        SampleSummary(count: count, mean: value, variance: Double(count) * standardError * standardError)
    }
}
