import Foundation

/// Student's t distribution.
public enum StudentT {
    /// P(T ≤ t).
    ///
    /// - Parameter degreesOfFreedom: > 0, need not be whole.
    public static func cumulative(_ t: Double, degreesOfFreedom: Double) -> Double {
        let tail = 0.5 * incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
        return t > 0 ? 1 - tail : tail
    }

    /// The t with P(T ≤ t) = p, by bisection to the last bit.
    ///
    /// - Parameters:
    ///   - p: In 0 < p < 1.
    ///   - degreesOfFreedom: > 0.
    public static func quantile(_ p: Double, degreesOfFreedom: Double) -> Double {
        precondition(p > 0 && p < 1 && degreesOfFreedom > 0, "The quantile needs 0 < p < 1 and degrees of freedom > 0.")
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

    /// The regularised incomplete beta function Iₓ(a, b) by its continued fraction in Lentz's form.
    ///
    /// Source: NIST Digital Library of Mathematical Functions, 8.17.22.
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0, x < 1 else { return x <= 0 ? 0 : 1 }
        // The fraction converges fast only on this side of the mean.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let scale = exp(a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a
        let smallest = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < smallest { d = smallest }
        d = 1 / d
        var fraction = d
        for i in 1...10_000 {
            let m = Double(i)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            for factor in [even, odd] {
                d = 1 + factor * d
                if abs(d) < smallest { d = smallest }
                c = 1 + factor / c
                if abs(c) < smallest { c = smallest }
                d = 1 / d
                fraction *= d * c
            }
            if abs(d * c - 1) < 1e-16 { break }
        }
        return scale * fraction
    }
}
