import Foundation

/// The beta distribution with shapes a and b, both > 0.
public enum BetaDistribution {
    /// P(X ≤ x), x in 0...1.
    public static func cumulative(_ x: Double, a: Double, b: Double) -> Double { regularisedIncompleteBeta(a, b, x) }

    /// The x with P(X ≤ x) = p.
    ///
    /// By Newton's method on the logarithm of the nearer tail against log(x ÷ (1 − x)), kept inside a bracket: in these
    /// coordinates the tails are straight lines, so that the smallest quantiles keep their digits.
    ///
    /// - Parameter p: In 0 ≤ p ≤ 1.
    /// - Returns: NaN outside of that, or where `a` or `b` is not above 0.
    public static func quantile(_ p: Double, a: Double, b: Double) -> Double {
        guard (0...1).contains(p), a > 0, b > 0 else { return .nan }
        guard p > 0, p < 1 else { return p }
        let isLower = p <= regularisedIncompleteBeta(a, b, a / (a + b))
        let target = log(isLower ? p : 1 - p)
        var low = -745.0
        var high = 745.0
        // Where the mean lies, moved by as many standard deviations as a normal would.
        let spread = (1 / a + 1 / b).squareRoot()
        var place = min(max(log(a / b) + StandardNormal.quantile(p) * spread, low + 1), high - 1)
        for _ in 0..<200 {
            let x = 1 / (1 + exp(-place))
            let complement = 1 / (1 + exp(place))
            let tail =
                isLower
                ? incompleteBeta(a, b, x: x, complement: complement)
                : incompleteBeta(b, a, x: complement, complement: x)
            let gap = (log(tail) - target) * (isLower ? 1 : -1)
            if gap == 0 { break }
            if gap > 0 { high = place } else { low = place }
            let slope = exp(logBetaKernel(a, b, x: x, complement: complement)) / tail
            var next = place - gap / slope
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - place) <= 4e-16 * max(1, abs(place)) { break }
            place = next
        }
        return place > 0 ? 1 - 1 / (1 + exp(place)) : 1 / (1 + exp(-place))
    }
}
