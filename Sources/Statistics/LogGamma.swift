import Foundation

/// log Γ(x), x > 0; the reentrant form, since `lgamma` also writes a global.
public func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
}

/// What Stirling's formula lacks: log Γ(x) − ((x − ½) log x − x + ½ log 2π), x > 0; falls to 1 ÷ 12x.
///
/// Source: NIST Digital Library of Mathematical Functions, 5.11.1; for small x by subtraction, which loses little there.
func stirlingRemainder(_ x: Double) -> Double {
    guard x >= 10 else { return logGamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi)) }
    let square = x * x
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1_260 - (1.0 / 1_680 - 1.0 / 1_188 / square) / square) / square) / square)
        / x
}

/// ln Γ(x) with its first two derivatives, the digamma and trigamma functions.
package struct LogGamma {
    package var value: Double
    package var first: Double
    package var second: Double

    /// By the asymptotic series, after stepping up to where it converges to the last digits.
    ///
    /// Source: NIST Digital Library of Mathematical Functions, 5.5.1, 5.11.1, 5.11.2, and 5.15.8.
    ///
    /// - Parameter x: > 0.
    package init(_ x: Double) {
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
