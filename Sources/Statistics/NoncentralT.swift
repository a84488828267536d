import Foundation

/// The noncentral t distribution: (Z + δ) ÷ √(χ² ÷ ν), what a t statistic follows where there is an effect.
public enum NoncentralT {
    /// P(T ≤ t); relative error about 1e-12, also far out in the lower tail.
    ///
    /// The mean of Φ(ts − δ) over s = √(χ² ÷ ν), by the trapezoidal rule in log s: the integrand is analytic and falls at
    /// least exponentially on both sides, so the rule converges faster than any power of its step. Dividing by the sum of
    /// the weights saves the gamma function.
    ///
    /// - Parameters:
    ///   - degreesOfFreedom: ν > 0, need not be whole.
    ///   - noncentrality: δ, finite.
    public static func cumulative(_ t: Double, degreesOfFreedom: Double, noncentrality: Double) -> Double {
        let (below, _) = tails(t, degreesOfFreedom, noncentrality)
        return below
    }

    /// P(T > t), to the same precision in the upper tail.
    public static func survival(_ t: Double, degreesOfFreedom: Double, noncentrality: Double) -> Double {
        let (_, above) = tails(t, degreesOfFreedom, noncentrality)
        return above
    }

    private static func tails(_ t: Double, _ degrees: Double, _ shift: Double) -> (below: Double, above: Double) {
        precondition(degrees > 0 && shift.isFinite, "The noncentral t needs degrees of freedom > 0 and a finite shift.")
        guard abs(t) < .infinity else { return t > 0 ? (1, 0) : (0, 1) }
        // The weight's logarithm at u = log s, 0 at its mode u = 0, where its spread is 1 ÷ √2ν.
        func logWeight(_ u: Double) -> Double { degrees * (u - expm1(2 * u) / 2) }
        let step = min(1 / (2 * degrees).squareRoot(), 1 / max(1, abs(t))) / 6
        var below = 0.0
        var above = 0.0
        var total = 0.0
        for side in [-1.0, 1.0] {
            var index = side < 0 ? 1.0 : 0.0
            while true {
                let u = side * index * step
                let logarithm = logWeight(u)
                // The tails may be smaller than any weight left out here only where s hardly varies.
                if logarithm < -90 { break }
                let weight = exp(logarithm)
                let z = t * exp(u) - shift
                below += weight * StandardNormal.cumulative(z)
                above += weight * StandardNormal.cumulative(-z)
                total += weight
                index += 1
            }
        }
        return (below / total, above / total)
    }
}
