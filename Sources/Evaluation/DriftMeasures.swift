import WeirStatistics

/// The population stability index: Σ (live − reference) · ln(live ÷ reference) over bins.
///
/// Shares are floored at 1e-4, so that an empty bin stays finite.
///
/// Source: Siddiqi, "Credit Risk Scorecards" (Wiley, 2006).
///
/// - Parameters: Shares of the same bins, each list summing to 1.
/// - Returns: ≥ 0 but for the floor; under 0.1 is custom's "stable", over 0.25 "another population".
package func populationStability(reference: [Double], live: [Double]) -> Double {
    precondition(reference.count == live.count, "both must have the same bins")
    var sum = 0.0
    for (reference, live) in zip(reference, live) {
        let (reference, live) = (max(reference, 1e-4), max(live, 1e-4))
        sum += (live - reference) * Portable.log(live / reference)
    }
    return sum
}

/// A test statistic and how often chance alone would give one as large.
package struct TestResult: Sendable, Hashable, Codable {
    package var statistic: Double
    package var pValue: Double
    /// Of the chi-square distribution; nil for other tests.
    package var degreesOfFreedom: Int?

    package init(statistic: Double, pValue: Double, degreesOfFreedom: Int? = nil) {
        self.statistic = statistic
        self.pValue = pValue
        self.degreesOfFreedom = degreesOfFreedom
    }
}

/// The two-sample Kolmogorov–Smirnov test, two-sided: the largest gap between the two empirical distributions.
///
/// - Parameters: Without NaN, not empty.
/// - Complexity: O(n log n).
package func kolmogorovSmirnov(_ first: [Double], _ second: [Double]) -> TestResult {
    precondition(!first.isEmpty && !second.isEmpty, "both samples need values")
    let (one, two) = (first.sorted(), second.sorted())
    var (i, j) = (0, 0)
    var gap = 0.0
    while i < one.count, j < two.count {
        let value = min(one[i], two[j])
        while i < one.count, one[i] == value { i += 1 }
        while j < two.count, two[j] == value { j += 1 }
        gap = max(gap, abs(Double(i) / Double(one.count) - Double(j) / Double(two.count)))
    }
    return TestResult(
        statistic: gap,
        pValue: kolmogorovSurvival(gap, effectiveCount: effectiveCount(Double(one.count), Double(two.count))))
}

/// n·m ÷ (n + m).
func effectiveCount(_ first: Double, _ second: Double) -> Double { first * second / (first + second) }

/// P(D > d) of the two-sample Kolmogorov–Smirnov statistic for large samples.
///
/// The limit distribution with Stephens's correction, good to about two digits from an effective count of 4 on.
///
/// Source: Stephens, "Use of the Kolmogorov–Smirnov, Cramér–von Mises and Related Statistics Without Extensive Tables"
/// (JRSS B 32(1), 1970).
func kolmogorovSurvival(_ d: Double, effectiveCount: Double) -> Double {
    let root = effectiveCount.squareRoot()
    let x = (root + 0.12 + 0.11 / root) * d
    guard x > 0.2 else { return 1 }  // Below, the series converges slowly and the answer is 1 to 20 digits.
    var sum = 0.0
    var sign = 1.0
    for k in 1...100 {
        let term = Portable.exp(-2 * Double(k * k) * x * x)
        sum += sign * term
        sign = -sign
        if term < 1e-18 { break }
    }
    return min(max(2 * sum, 0), 1)
}

/// Pearson's chi-square test that two rows of counts have the same shares; categories that neither has are left out.
///
/// - Parameters: Counts of the same categories; each row sums to more than 0.
package func chiSquareTest(_ first: [Double], _ second: [Double]) -> TestResult {
    precondition(first.count == second.count, "both rows must have the same categories")
    let (one, two) = (first.reduce(0, +), second.reduce(0, +))
    var statistic = 0.0
    var categories = 0
    for (a, b) in zip(first, second) where a + b > 0 {
        let (expectedA, expectedB) = ((a + b) * one / (one + two), (a + b) * two / (one + two))
        statistic += (a - expectedA) * (a - expectedA) / expectedA + (b - expectedB) * (b - expectedB) / expectedB
        categories += 1
    }
    let degrees = categories - 1
    return TestResult(
        statistic: statistic,
        pValue: degrees > 0 ? chiSquareSurvival(statistic, degreesOfFreedom: Double(degrees)) : 1,
        degreesOfFreedom: degrees)
}
