import Foundation
import WeirStatistics

/// Ranges for shares that hold exactly, however few the cases: for counts too low for a normal approximation.
enum ExactShare {
    /// A share's range by the binomial distribution itself.
    ///
    /// Source: Clopper, Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial"
    /// (Biometrika 26(4), 1934).
    ///
    /// - Parameters:
    ///   - successes: In 0 ... trials.
    ///   - trials: ≥ 1.
    static func interval(successes: Int, trials: Int, confidence: Double) -> Interval {
        let tail = (1 - confidence) / 2
        let upper = upperLimit(successes, trials, tail)
        let lower = 1 - upperLimit(trials - successes, trials, tail)
        return Interval(estimate: Double(successes) / Double(trials), lower: lower, upper: upper)
    }

    /// The first share less the second: the two exact ranges set against each other, each at half the error, so that
    /// both hold at once at least as often as stated (Bonferroni).
    static func difference(
        _ first: (successes: Int, trials: Int), _ second: (successes: Int, trials: Int), confidence: Double
    ) -> Interval {
        let each = (1 + confidence) / 2
        let one = interval(successes: first.successes, trials: first.trials, confidence: each)
        let two = interval(successes: second.successes, trials: second.trials, confidence: each)
        return Interval(
            estimate: one.estimate - two.estimate, lower: one.lower - two.upper, upper: one.upper - two.lower)
    }

    /// The share at which so few successes have just this probability, by bisection.
    private static func upperLimit(_ successes: Int, _ trials: Int, _ tail: Double) -> Double {
        guard successes < trials else { return 1 }
        var (low, high) = (Double(successes) / Double(trials), 1.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if cumulative(successes, trials, middle) > tail { low = middle } else { high = middle }
        }
    }

    /// P(X ≤ k) for a share above k ÷ n, where the terms fall fast from k downward.
    private static func cumulative(_ k: Int, _ n: Int, _ share: Double) -> Double {
        func logGamma(_ x: Int) -> Double {
            var sign: Int32 = 0
            return lgamma_r(Double(x), &sign)
        }
        let head =
            logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + Double(k) * log(share)
            + Double(n - k) * log1p(-share)
        var (term, sum, index) = (1.0, 1.0, k)
        while index > 0, term > sum * 1e-17 {
            term *= Double(index) / Double(n - index + 1) * (1 - share) / share
            sum += term
            index -= 1
        }
        return exp(head) * sum
    }
}
