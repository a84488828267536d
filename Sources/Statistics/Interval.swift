/// An estimate with the range that holds the truth with the stated confidence.
public struct Interval: Sendable, Hashable, Codable {
    public var estimate: Double
    public var lower: Double
    public var upper: Double

    public init(estimate: Double, lower: Double, upper: Double) {
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
    }

    /// Whether the range holds `value`, its ends included.
    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }

    /// A share: the Wilson score interval, good for few trials and for shares near 0 and 1.
    ///
    /// Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (JASA 22(158), 1927).
    ///
    /// - Parameters:
    ///   - successes: In 0 ... trials.
    ///   - trials: 0 gives the range 0 ... 1 around the estimate 0.
    ///   - confidence: In 0 < confidence < 1.
    public static func share(successes: Int, trials: Int, confidence: Double = 0.95) -> Interval {
        precondition(successes >= 0 && successes <= trials, "Successes lie in 0 ... trials.")
        guard trials > 0 else { return Interval(estimate: 0, lower: 0, upper: 1) }
        let z = StandardNormal.quantile((1 + confidence) / 2)
        let n = Double(trials)
        let p = Double(successes) / n
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let reach = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
        // At the edges the formula is exact but its rounding is not.
        return Interval(
            estimate: p, lower: successes == 0 ? 0 : centre - reach, upper: successes == trials ? 1 : centre + reach)
    }

    /// The first share minus the second, from independent groups.
    ///
    /// Source: Newcombe, "Interval Estimation for the Difference Between Independent Proportions" (Statistics in
    /// Medicine 17, 1998), method 10: Wilson intervals combined.
    public static func difference(
        _ first: (successes: Int, trials: Int), _ second: (successes: Int, trials: Int), confidence: Double = 0.95
    ) -> Interval {
        let one = share(successes: first.successes, trials: first.trials, confidence: confidence)
        let two = share(successes: second.successes, trials: second.trials, confidence: confidence)
        func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let difference = one.estimate - two.estimate
        return Interval(
            estimate: difference,
            lower: difference - length(one.estimate - one.lower, two.upper - two.estimate),
            upper: difference + length(one.upper - one.estimate, two.estimate - two.lower))
    }

    /// The first mean minus the second, from independent groups that may differ in variance.
    ///
    /// Source: Welch, "The Generalization of Student's Problem when Several Different Population Variances Are
    /// Involved" (Biometrika 34, 1947), degrees of freedom after Satterthwaite.
    ///
    /// - Returns: Nil where a group has fewer than two values.
    public static func difference(
        _ first: RunningMoments, _ second: RunningMoments, confidence: Double = 0.95
    ) -> Interval? {
        guard first.count > 1, second.count > 1 else { return nil }
        let one = first.variance / Double(first.count)
        let two = second.variance / Double(second.count)
        let difference = first.mean - second.mean
        guard one + two > 0 else { return Interval(estimate: difference, lower: difference, upper: difference) }
        let degrees =
            (one + two) * (one + two)
            / (one * one / Double(first.count - 1) + two * two / Double(second.count - 1))
        let reach =
            StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degrees) * (one + two).squareRoot()
        return Interval(estimate: difference, lower: difference - reach, upper: difference + reach)
    }
}
