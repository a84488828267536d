import Foundation

/// The regularised incomplete beta function Iₓ(a, b); relative error about 1e-13, also for a and b in the millions.
///
/// - Parameters:
///   - a: > 0.
///   - b: > 0.
///   - x: In 0 ≤ x ≤ 1.
/// - Returns: NaN outside of these.
public func regularisedIncompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard a > 0, b > 0, (0...1).contains(x) else { return .nan }
    return incompleteBeta(a, b, x: x, complement: 1 - x)
}

/// The same where 1 − x is known better than the subtraction gives it.
///
/// By the continued fraction in Lentz's form. Source: NIST Digital Library of Mathematical Functions, 8.17.22.
func incompleteBeta(_ a: Double, _ b: Double, x: Double, complement: Double) -> Double {
    guard x > 0 else { return 0 }
    guard complement > 0 else { return 1 }
    // The fraction converges fast only on this side of the mean.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, x: complement, complement: x) }
    let scale = exp(logBetaKernel(a, b, x: x, complement: complement)) / a
    let smallest = 1e-300
    var c = 1.0
    var d = 1 - (a + b) * x / (a + 1)
    if abs(d) < smallest { d = smallest }
    d = 1 / d
    var fraction = d
    for i in 1...100_000 {
        let m = Double(i)
        let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 + even * d
        if abs(d) < smallest { d = smallest }
        c = 1 + even / c
        if abs(c) < smallest { c = smallest }
        d = 1 / d
        fraction *= d * c
        let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 + odd * d
        if abs(d) < smallest { d = smallest }
        c = 1 + odd / c
        if abs(c) < smallest { c = smallest }
        d = 1 / d
        fraction *= d * c
        if abs(d * c - 1) < 1e-16 { break }
    }
    return scale * fraction
}

/// log(xᵃ(1 − x)ᵇ ÷ B(a, b)).
///
/// With Stirling's formula put in for B the large terms cancel on paper rather than in the machine, so that nothing is
/// lost for large a and b. Source: Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000).
///
/// - Parameters:
///   - x: In 0 < x < 1.
///   - complement: 1 − x.
func logBetaKernel(_ a: Double, _ b: Double, x: Double, complement: Double) -> Double {
    let n = a + b
    return stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b)
        + 0.5 * (log(a) + log(b) - log(n) - log(2 * Double.pi))
        - deviance(a, n * x) - deviance(b, n * complement)
}

/// k log(k ÷ m) + m − k ≥ 0: how far a count lies from its mean.
private func deviance(_ k: Double, _ m: Double) -> Double {
    let gap = (m - k) / k
    // Far below its mean the sum below has nothing left of m.
    return gap < -0.5 ? k * log(k / m) + m - k : k * (gap - log1p(gap))
}
