import Foundation

/// BG/NBD: customers buy at rates of their own, and after each purchase may leave for good, unseen.
///
/// A customer's purchases are Poisson with a rate λ per week from a gamma distribution (shape r, rate α); after each one they
/// leave with a probability p from a beta distribution (a, b).
///
/// Source: Fader, Hardie, Lee, "“Counting Your Customers” the Easy Way" (Marketing Science 24(2), 2005).
package struct BetaGeometricModel: PositiveParameters, Hashable {
    package var r: Double
    /// In weeks.
    package var alpha: Double
    package var a: Double
    package var b: Double

    package init(r: Double, alpha: Double, a: Double, b: Double) {
        precondition(min(r, alpha, a, b) > 0, "parameters above 0")
        self.r = r
        self.alpha = alpha
        self.a = a
        self.b = b
    }

    package static var names: [String] { ["r", "alpha", "a", "b"] }
    package var parameters: [Double] { [r, alpha, a, b] }
    package init(parameters: [Double]) {
        self.init(r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3])
    }

    /// The chance that a customer has not left; 1 for those who bought only once, since nobody leaves before a purchase.
    package func probabilityAlive(_ summary: PurchaseSummary) -> Double {
        guard summary.repeats > 0 else { return 1 }
        let x = Double(summary.repeats)
        let odds = a / (b + x - 1) * exp((r + x) * log((alpha + summary.age) / (alpha + summary.recency)))
        return 1 / (1 + odds)
    }

    /// Days with purchases to expect of a customer in the next weeks.
    ///
    /// Source: equation 10 of the paper.
    package func expectedPurchases(_ summary: PurchaseSummary, weeks: Double) -> Double {
        probabilityAlive(summary) * purchasesIfAlive(repeats: summary.repeats, age: summary.age, weeks: weeks)
    }

    /// Repeat purchase days to expect of a new customer in the first weeks after the first purchase (equation 9).
    package func expectedRepeats(weeks: Double) -> Double { purchasesIfAlive(repeats: 0, age: 0, weeks: weeks) }

    /// The chance that a customer who has not left buys nothing in the next weeks.
    func silence(_ summary: PurchaseSummary, weeks: Double) -> Double {
        let seen = alpha + summary.age
        return exp((r + Double(summary.repeats)) * log(seen / (seen + weeks)))
    }

    /// Purchases to expect of a customer who is known not to have left.
    ///
    /// The paper's (a + b + x − 1) / (a − 1) · [1 − (1 − z)^(r + x) ₂F₁(r + x, b + x; a + b + x − 1; z)] loses all digits
    /// near a = 1 and a + b + x = 1. Euler's transformation (NIST Digital Library of Mathematical Functions, 15.8.1) turns
    /// the product into (1 − z)^(a − 1) ₂F₁(a − 1, a + b − 1 − r; a + b + x − 1; z), whose series, its first term taken out
    /// and both factors multiplied in, has no such places.
    ///
    /// - Parameters:
    ///   - age: Weeks since the first purchase; ≥ 0.
    ///   - weeks: ≥ 0.
    func purchasesIfAlive(repeats: Int, age: Double, weeks: Double) -> Double {
        guard weeks > 0 else { return 0 }
        let z = weeks / (alpha + age + weeks)
        let logarithm = log((alpha + age) / (alpha + age + weeks))
        let (epsilon, s, c) = (a - 1, a + b - 1 - r, a + b + Double(repeats) - 1)
        // Both limits where a is 1: the power is 1 and its slope is the logarithm.
        let slope = abs(epsilon) < 1e-300 ? logarithm : expm1(epsilon * logarithm) / epsilon
        var term = s * z
        var sum = term
        var k = 1.0
        while abs(term) > 1e-17 * abs(sum), k < 200_000 {
            term *= (epsilon + k) * (s + k) * z / ((c + k) * (k + 1))
            sum += term
            k += 1
        }
        return max(0, -(c * slope + exp(epsilon * logarithm) * sum))
    }
}
