package import WeirStatistics
import Foundation

/// An interval for one share.
package enum ShareInterval: String, Sendable, CaseIterable {
    /// Inverts the score test; good for few trials too.
    case wilson
    /// Exact: never holds the truth less often than stated.
    case clopperPearson = "clopper-pearson"
    /// The middle of the posterior under the prior Beta(½, ½).
    case jeffreys

    /// - Parameters:
    ///   - successes: In 0 ... trials.
    ///   - trials: > 0.
    ///   - confidence: In 0 < confidence < 1.
    package func interval(successes: Int, trials: Int, confidence: Double = 0.95) -> Interval {
        precondition(trials > 0 && (0...trials).contains(successes), "Successes lie in 0 ... trials, trials are > 0.")
        let (x, n) = (Double(successes), Double(trials))
        let tail = (1 - confidence) / 2
        switch self {
        case .wilson: return .share(successes: successes, trials: trials, confidence: confidence)
        case .clopperPearson: return .exactShare(successes: successes, trials: trials, confidence: confidence)
        case .jeffreys:
            return Interval(
                estimate: x / n, lower: BetaDistribution.quantile(tail, a: x + 0.5, b: n - x + 0.5),
                upper: BetaDistribution.quantile(1 - tail, a: x + 0.5, b: n - x + 0.5))
        }
    }
}

/// Successes among trials.
package struct ShareCount: Sendable, Equatable {
    package var successes: Int
    package var trials: Int

    package init(_ successes: Int, of trials: Int) {
        self.successes = successes
        self.trials = trials
    }

    package var share: Double { trials > 0 ? Double(successes) / Double(trials) : 0 }
    /// Of successes and failures the fewer: how far the normal distribution can be trusted.
    package var rarer: Int { min(successes, trials - successes) }
}

/// An interval for the treatment's share minus the control's.
package enum ShareDifferenceInterval: String, Sendable, CaseIterable {
    case wald
    /// Wald's after a success and a failure were added to each arm.
    case agrestiCaffo = "agresti-caffo"
    /// Wilson's intervals combined.
    case newcombe
    /// Inverts the score test of Miettinen and Nurminen.
    case score
    /// The same as statsmodels 0.15 computes it: there the likelihood equation's linear coefficient has the control's
    /// successes where the paper has its trials. Only for comparing with it.
    case scoreAsStatsmodels = "score-statsmodels"

    /// - Parameter confidence: In 0 < confidence < 1.
    package func interval(_ control: ShareCount, _ treatment: ShareCount, confidence: Double = 0.95) -> Interval {
        let difference = treatment.share - control.share
        switch self {
        case .wald, .agrestiCaffo:
            let added = self == .wald ? 0.0 : 1
            func share(_ count: ShareCount) -> (value: Double, variance: Double) {
                let n = Double(count.trials) + 2 * added
                let p = (Double(count.successes) + added) / n
                return (p, p * (1 - p) / n)
            }
            let (one, two) = (share(control), share(treatment))
            let reach = -StandardNormal.quantile((1 - confidence) / 2) * (one.variance + two.variance).squareRoot()
            let middle = two.value - one.value
            return Interval(estimate: difference, lower: middle - reach, upper: middle + reach)
        case .newcombe:
            return .difference(
                (treatment.successes, treatment.trials), (control.successes, control.trials), confidence: confidence)
        case .score, .scoreAsStatsmodels:
            let limit = -StandardNormal.quantile((1 - confidence) / 2)
            func statistic(_ difference: Double) -> Double {
                scoreStatistic(
                    control, treatment, difference: difference,
                    linear: Double(self == .score ? control.trials : control.successes))
            }
            return Interval(
                estimate: difference, lower: crossing(between: -1, difference) { statistic($0) > limit },
                upper: crossing(between: difference, 1) { statistic($0) > -limit })
        }
    }

    /// Where a falling condition stops to hold, to the last bit.
    private func crossing(between low: Double, _ high: Double, where holds: (Double) -> Bool) -> Double {
        var (low, high) = (low, high)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if holds(middle) { low = middle } else { high = middle }
        }
    }
}

/// The score statistic of the hypothesis that the shares differ by `difference`; standard normal where that is true.
///
/// Source: Miettinen, Nurminen, "Comparative Analysis of Two Rates" (Statistics in Medicine 4, 1985), with the closed
/// solution of the likelihood equation in its appendix and the factor N ÷ (N − 1).
///
/// - Parameter linear: The control's trials.
private func scoreStatistic(
    _ control: ShareCount, _ treatment: ShareCount, difference: Double, linear: Double
) -> Double {
    let (n0, n1) = (Double(control.trials), Double(treatment.trials))
    let (x0, x1) = (Double(control.successes), Double(treatment.successes))
    let n = n0 + n1
    let x = x0 + x1
    var p0 = x / n
    if difference != 0 {
        // The cubic's coefficients, divided by N.
        let second = ((n1 + 2 * n0) * difference - n - x) / n
        let first = ((linear * difference - n - 2 * x0) * difference + x) / n
        let zeroth = x0 * difference * (1 - difference) / n
        let third = second / 3
        let q = third * third * third - first * second / 6 + zeroth / 2
        let size = max(0, third * third - first / 3).squareRoot()
        let p = q < 0 ? -size : size
        let cosine = p == 0 ? 0 : min(1, max(-1, q / (p * p * p)))
        p0 = 2 * p * cos((Double.pi + acos(cosine)) / 3) - third
    }
    // Rounding must not leave the range that the hypothesis allows.
    if linear == n0 { p0 = min(max(p0, max(0, -difference)), min(1, 1 - difference)) }
    let p1 = p0 + difference
    let variance = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
    let gap = x1 / n1 - x0 / n0 - difference
    return variance > 0 ? gap / variance.squareRoot() : gap == 0 ? 0 : gap > 0 ? .infinity : -.infinity
}

/// The z test of two shares with their pooled variance.
///
/// - Returns: The treatment against the control; z is 0 where nothing varies.
package func pooledShareTest(
    _ control: ShareCount, _ treatment: ShareCount, side: Side = .both
) -> (z: Double, pValue: Double) {
    let (n0, n1) = (Double(control.trials), Double(treatment.trials))
    let share = Double(control.successes + treatment.successes) / (n0 + n1)
    let error = (share * (1 - share) * (1 / n0 + 1 / n1)).squareRoot()
    let z = error > 0 ? (treatment.share - control.share) / error : 0
    let pValue =
        switch side {
        case .both: 2 * StandardNormal.cumulative(-abs(z))
        case .greater: StandardNormal.cumulative(-z)
        case .less: StandardNormal.cumulative(z)
        }
    return (z, min(1, pValue))
}
