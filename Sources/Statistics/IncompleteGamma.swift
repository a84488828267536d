import Foundation

/// P(X > x) of the chi-square distribution.
///
/// - Parameters:
///   - x: ≥ 0.
///   - degreesOfFreedom: > 0.
/// - Returns: NaN outside of these.
public func chiSquareSurvival(_ x: Double, degreesOfFreedom: Double) -> Double {
    regularisedUpperGamma(degreesOfFreedom / 2, x / 2)
}

/// Q(a, x) = Γ(a, x) ÷ Γ(a); relative error about 1e-13.
///
/// By the series for x < a + 1, else by the continued fraction in Lentz's form: each converges fast where the other
/// does not. Source: NIST Digital Library of Mathematical Functions, 8.7.1 and 8.9.2.
///
/// - Parameters:
///   - a: > 0.
///   - x: ≥ 0.
/// - Returns: NaN outside of these, and where one is NaN: a statistic that cannot be said has no p-value.
public func regularisedUpperGamma(_ a: Double, _ x: Double) -> Double {
    guard a > 0, a < .infinity, x >= 0 else { return .nan }
    guard x > 0 else { return 1 }
    guard x < .infinity else { return 0 }
    let scale = exp(-x + a * log(x) - logGamma(a))
    if x < a + 1 {
        var term = 1 / a
        var sum = term
        var n = a
        while abs(term) > abs(sum) * 1e-17 {
            n += 1
            term *= x / n
            sum += term
        }
        return 1 - sum * scale
    }
    let smallest = 1e-300
    var b = x + 1 - a
    var c = 1 / smallest
    var d = 1 / b
    var fraction = d
    for i in 1...10_000 {
        let factor = -Double(i) * (Double(i) - a)
        b += 2
        d = factor * d + b
        if abs(d) < smallest { d = smallest }
        c = b + factor / c
        if abs(c) < smallest { c = smallest }
        d = 1 / d
        fraction *= d * c
        if abs(d * c - 1) < 1e-16 { break }
    }
    return scale * fraction
}
