/// The chi-square distribution.
public enum ChiSquare {
    /// The x with P(X ≤ x) = p, by bisection to the last bit.
    ///
    /// - Parameters:
    ///   - p: In 0 < p < 1.
    ///   - degreesOfFreedom: > 0.
    /// - Returns: NaN outside of these.
    public static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
        guard p > 0, p < 1, degreesOfFreedom > 0, degreesOfFreedom < .infinity else { return .nan }
        var low = 0.0
        var high = degreesOfFreedom
        while chiSquareSurvival(high, degreesOfFreedom: degreesOfFreedom) > 1 - p { high *= 2 }
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if chiSquareSurvival(middle, degreesOfFreedom: degreesOfFreedom) > 1 - p {
                low = middle
            } else {
                high = middle
            }
        }
    }
}

/// Fisher's F distribution.
public enum FDistribution {
    /// P(X > x).
    ///
    /// - Parameters:
    ///   - x: ≥ 0.
    ///   - numerator: Degrees of freedom; > 0.
    ///   - denominator: Degrees of freedom; > 0.
    /// - Returns: NaN outside of these.
    public static func survival(_ x: Double, numerator: Double, denominator: Double) -> Double {
        guard x >= 0, numerator > 0, denominator > 0 else { return .nan }
        let total = denominator + numerator * x
        return incompleteBeta(
            denominator / 2, numerator / 2, x: denominator / total, complement: numerator * x / total)
    }
}
