import Foundation
import WeirStatistics

extension RandomNumberGenerator {
    /// A draw from the exponential distribution with mean 1.
    mutating func exponential() -> Double { -log1p(-unit()) }

    /// A draw from the gamma distribution with scale 1.
    ///
    /// Source: Marsaglia, Tsang, "A Simple Method for Generating Gamma Variables" (ACM TOMS 26(3), 2000).
    ///
    /// - Parameter shape: > 0; NaN is drawn where it is not, or not finite.
    mutating func gamma(shape: Double) -> Double {
        // What is no number would never be accepted below.
        guard shape > 0, shape < .infinity else { return .nan }
        // Below 1 by way of shape + 1 (their section 6); tiny shapes may round to 0, which is then right.
        if shape < 1 { return gamma(shape: shape + 1) * pow(1 - unit(), 1 / shape) }
        let d = shape - 1 / 3.0
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = standardNormal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            let u = 1 - unit()
            if u < 1 - 0.0331 * x * x * x * x || log(u) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
        }
    }

    /// A draw from the beta distribution.
    mutating func beta(_ a: Double, _ b: Double) -> Double {
        let (x, y) = (gamma(shape: a), gamma(shape: b))
        guard x.isFinite, y.isFinite else { return .nan }
        return x + y > 0 ? x / (x + y) : (a > b ? 1 : 0)
    }
}
