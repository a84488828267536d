import Foundation
package import WeirStatistics

/// Ranges for a difference of shares, and for their ratio minus 1, where successes or failures are few; they never say
/// otherwise than the exact test beside them.
///
/// Where the test rejects, the end towards 0 is Newcombe's (of the ratio, the score test's) with confidence √c, which the exact
/// range would put beyond 0; the other end is the exact range's. Where it does not reject, the exact range is drawn out to 0.
/// Over a grid of true shares with 0.2 to 8 successes expected in each arm (60 and 60, 1,000 and 1,000, 900 and 100, 5,000 and
/// 100 units) the difference's 95 % range holds the truth in at least 96.5 %.
///
/// Source: Newcombe, "Interval Estimation for the Difference Between Independent Proportions" (Statistics in Medicine 17,
/// 1998), method 10.
///
/// - Parameters:
///   - control: With at least one trial.
///   - treatment: With at least one trial.
///   - confidence: In 0 < confidence < 1, of a two-sided range.
///   - isRejected: Whether the test rejects that the shares are the same.
package func rareShareEffects(
    _ control: ShareCount, _ treatment: ShareCount, confidence: Double = 0.95, isRejected: Bool
) -> (absolute: Interval, relative: Interval) {
    let exact = exactShareEffects(control, treatment, confidence: confidence)
    let each = confidence.squareRoot()
    let absolute = ShareDifferenceInterval.newcombe.interval(control, treatment, confidence: each)
    let relative = scoreRatioInterval(control, treatment, confidence: each)
    return (exact.absolute.agreeing(isRejected, near: absolute), exact.relative.agreeing(isRejected, near: relative))
}

extension Interval {
    /// The same drawn out to 0, or ended before it, as the test has it.
    fileprivate func agreeing(_ isRejected: Bool, near: Interval) -> Interval {
        var range = self
        if !isRejected {
            range.lower = min(lower, 0)
            range.upper = max(upper, 0)
        } else if estimate > 0 {
            range.lower = max(lower, near.lower, .leastNonzeroMagnitude)
        } else if estimate < 0 {
            range.upper = min(upper, near.upper, -.leastNonzeroMagnitude)
        }
        return range
    }
}

/// The ratio of shares minus 1 with its score interval; open upwards where the control has no success.
private func scoreRatioInterval(_ control: ShareCount, _ treatment: ShareCount, confidence: Double) -> Interval {
    let limit = -StandardNormal.quantile((1 - confidence) / 2)
    let estimate = treatment.share / control.share
    /// Where a falling condition stops to hold, between ratios, on their logarithms.
    func crossing(_ low: Double, _ high: Double, where holds: (Double) -> Bool) -> Double {
        var (low, high) = (low, high)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if holds(exp(middle)) { low = middle } else { high = middle }
        }
        return exp((low + high) / 2)
    }
    func statistic(_ ratio: Double) -> Double { scoreRatioStatistic(control, treatment, ratio: ratio) }
    let middle = estimate > 0 && estimate.isFinite ? log(estimate) : estimate > 0 ? 40 : -40
    let lower = treatment.successes == 0 ? 0 : crossing(-40, middle) { statistic($0) > limit }
    let upper = control.successes == 0 ? .infinity : crossing(middle, 40) { statistic($0) > -limit }
    return Interval(estimate: estimate - 1, lower: lower - 1, upper: upper - 1)
}

/// Of the hypothesis that the treatment's share is `ratio` times the control's; standard normal where that is true.
private func scoreRatioStatistic(_ control: ShareCount, _ treatment: ShareCount, ratio: Double) -> Double {
    let (n0, n1) = (Double(control.trials), Double(treatment.trials))
    let (x0, x1) = (Double(control.successes), Double(treatment.successes))
    let n = n0 + n1
    // The likelihood equation's root: a·p² − b·p + x = 0.
    let (a, b) = (n * ratio, n1 * ratio + x1 + n0 + x0 * ratio)
    let p0 = min(1, (b - max(0, b * b - 4 * a * (x0 + x1)).squareRoot()) / (2 * a))
    let p1 = min(1, p0 * ratio)
    let variance = (p1 * (1 - p1) / n1 + ratio * ratio * p0 * (1 - p0) / n0) * n / (n - 1)
    let gap = x1 / n1 - ratio * x0 / n0
    return variance > 0 ? gap / variance.squareRoot() : gap == 0 ? 0 : gap > 0 ? .infinity : -.infinity
}
