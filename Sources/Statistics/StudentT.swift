import Foundation

/// Student's t distribution.
public enum StudentT {
    /// P(T ≤ t).
    ///
    /// - Parameter degreesOfFreedom: > 0, need not be whole.
    /// - Returns: NaN where `t` is NaN or the degrees of freedom are not above 0.
    public static func cumulative(_ t: Double, degreesOfFreedom: Double) -> Double {
        guard !t.isNaN, degreesOfFreedom > 0 else { return .nan }
        let total = degreesOfFreedom + t * t
        guard degreesOfFreedom < .infinity else { return StandardNormal.cumulative(t) }
        guard total < .infinity else { return t > 0 ? 1 : 0 }
        let tail =
            0.5
            * incompleteBeta(degreesOfFreedom / 2, 0.5, x: degreesOfFreedom / total, complement: t * t / total)
        return t > 0 ? 1 - tail : tail
    }

    /// The t with P(T ≤ t) = p, by bisection to the last bit.
    ///
    /// - Parameters:
    ///   - p: In 0 < p < 1.
    ///   - degreesOfFreedom: > 0.
    /// - Returns: NaN outside of these.
    public static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
        guard p > 0, p < 1, degreesOfFreedom > 0 else { return .nan }
        // The lower tail keeps its digits where the upper one would be 1 minus very little.
        guard p != 0.5 else { return 0 }
        if p > 0.5 { return -quantile(1 - p, degreesOfFreedom: degreesOfFreedom) }
        var low = -1.0
        while cumulative(low, degreesOfFreedom: degreesOfFreedom) > p { low *= 2 }
        var high = 0.0
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if cumulative(middle, degreesOfFreedom: degreesOfFreedom) < p { low = middle } else { high = middle }
        }
    }
}
