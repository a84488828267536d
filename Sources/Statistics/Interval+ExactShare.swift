extension Interval {
    /// A share by the binomial distribution itself: holds the truth at least as often as stated, however few the trials.
    ///
    /// Source: Clopper, Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial"
    /// (Biometrika 26(4), 1934).
    ///
    /// - Parameters:
    ///   - successes: In 0 ... trials.
    ///   - trials: > 0.
    ///   - confidence: In 0 < confidence < 1.
    package static func exactShare(successes: Int, trials: Int, confidence: Double = 0.95) -> Interval {
        precondition(trials > 0 && (0...trials).contains(successes), "Successes lie in 0 ... trials, trials are > 0.")
        let (x, n) = (Double(successes), Double(trials))
        let tail = (1 - confidence) / 2
        return Interval(
            estimate: x / n,
            lower: successes == 0 ? 0 : BetaDistribution.quantile(tail, a: x, b: n - x + 1),
            upper: successes == trials ? 1 : BetaDistribution.quantile(1 - tail, a: x + 1, b: n - x))
    }

    /// The first share less the second: the two exact ranges set against each other, each at half the error, so that
    /// both hold at once at least as often as stated (Bonferroni).
    package static func exactDifference(
        _ first: (successes: Int, trials: Int), _ second: (successes: Int, trials: Int), confidence: Double = 0.95
    ) -> Interval {
        let each = (1 + confidence) / 2
        let one = exactShare(successes: first.successes, trials: first.trials, confidence: each)
        let two = exactShare(successes: second.successes, trials: second.trials, confidence: each)
        return Interval(
            estimate: one.estimate - two.estimate, lower: one.lower - two.upper, upper: one.upper - two.lower)
    }
}
