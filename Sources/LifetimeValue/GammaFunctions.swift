import Foundation
import WeirStatistics

/// ln Γ(x) with its first two derivatives, the digamma and trigamma functions.
struct LogGamma {
    var value: Double
    var first: Double
    var second: Double

    /// By the asymptotic series, after stepping up to where it converges to the last digits.
    ///
    /// Source: NIST Digital Library of Mathematical Functions, 5.5.1, 5.11.1, 5.11.2, and 5.15.8.
    ///
    /// - Parameter x: > 0.
    init(_ x: Double) {
        var x = x
        var product = 1.0
        var steps = (value: 0.0, first: 0.0, second: 0.0)
        while x < 12 {
            // Twelve factors below 12 stay far from overflow, so one logarithm does for all.
            product *= x
            steps.first -= 1 / x
            steps.second += 1 / (x * x)
            x += 1
        }
        steps.value = -log(product)
        let inverse = 1 / x
        let square = inverse * inverse
        let logarithm = log(x)
        value =
            steps.value + (x - 0.5) * logarithm - x + 0.918_938_533_204_672_742
            + inverse
            * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square / 1188))))
        first =
            steps.first + logarithm - inverse / 2
            - square * (1 / 12.0 - square * (1 / 120.0 - square * (1 / 252.0 - square * (1 / 240.0 - square / 132))))
        second =
            steps.second + inverse + square / 2 + inverse * square
            * (1 / 6.0 - square * (1 / 30.0 - square * (1 / 42.0 - square * (1 / 30.0 - square * 5 / 66))))
    }
}

extension RandomNumberGenerator {
    /// A draw from the exponential distribution with mean 1.
    mutating func exponential() -> Double { -log1p(-unit()) }

    /// A draw from the gamma distribution with scale 1.
    ///
    /// Source: Marsaglia, Tsang, "A Simple Method for Generating Gamma Variables" (ACM TOMS 26(3), 2000).
    ///
    /// - Parameter shape: > 0.
    mutating func gamma(shape: Double) -> Double {
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
        return x + y > 0 ? x / (x + y) : (a > b ? 1 : 0)
    }
}
