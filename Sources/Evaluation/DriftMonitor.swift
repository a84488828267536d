import Foundation
import WeirLearning

/// Counts live values against a reference, in a few hundred bytes however many there are.
package struct DriftMonitor: Sendable, Hashable, Codable {
    package let reference: DriftReference
    /// Live values in each bin; the last one is for missing values.
    package private(set) var counts: [Int]

    package init(_ reference: DriftReference) {
        self.reference = reference
        counts = [Int](repeating: 0, count: reference.spread.shares.count)
    }

    package var count: Int { counts.reduce(0, +) }

    /// Takes note of a live value; NaN where it is missing.
    package mutating func count(_ value: Double) { counts[reference.bin(of: value)] += 1 }

    /// As if the other's values had been noted here.
    ///
    /// - Parameter other: Of the same reference.
    package mutating func merge(_ other: DriftMonitor) {
        precondition(other.reference == reference, "monitors of different references cannot be merged")
        for bin in counts.indices { counts[bin] += other.counts[bin] }
    }

    /// Begins anew, for the next period.
    package mutating func reset() { for bin in counts.indices { counts[bin] = 0 } }

    /// What the values so far say; nil before the first.
    ///
    /// Kolmogorov–Smirnov is taken at the bins' edges only: never more than the full test's, and its p-value never less.
    package func finding(_ thresholds: DriftThresholds = DriftThresholds()) -> DriftFinding? {
        guard count > 0 else { return nil }
        let shares = reference.spread.shares
        let live = counts.map { Double($0) / Double(count) }
        let missing = live.count - 1
        var gap = 0.0
        if live[missing] < 1, shares[missing] < 1 {
            var (sum, liveSum) = (0.0, 0.0)
            for bin in 0..<missing {
                sum += shares[bin] / (1 - shares[missing])
                liveSum += live[bin] / (1 - live[missing])
                gap = max(gap, abs(sum - liveSum))
            }
        }
        let referencePresent = Double(reference.count) * (1 - shares[missing])
        let livePresent = Double(count - counts[missing])
        let ks = TestResult(
            statistic: gap,
            pValue: gap == 0
                ? 1 : kolmogorovSurvival(gap, effectiveCount: effectiveCount(referencePresent, livePresent)))
        return numberFinding(
            column: reference.spread.column, referenceCounts: shares.map { $0 * Double(reference.count) },
            liveCounts: counts.map(Double.init), ks: ks, thresholds)
    }
}

/// Compares two samples of a number in full.
///
/// - Parameters:
///   - reference: NaN where missing; not empty.
///   - live: The same.
package func numberDrift(
    column: String, reference: [Double], live: [Double], _ thresholds: DriftThresholds = DriftThresholds()
) -> DriftFinding {
    let bins = DriftReference(column: column, values: reference)
    var monitor = DriftMonitor(bins)
    for value in live { monitor.count(value) }
    let present = (reference.filter { !$0.isNaN }, live.filter { !$0.isNaN })
    let ks =
        present.0.isEmpty || present.1.isEmpty
        ? TestResult(statistic: 0, pValue: 1) : kolmogorovSmirnov(present.0, present.1)
    return numberFinding(
        column: column, referenceCounts: bins.spread.shares.map { $0 * Double(reference.count) },
        liveCounts: monitor.counts.map(Double.init), ks: ks, thresholds)
}

/// Compares how often each category came.
///
/// - Parameters: Counts of the same categories; each row sums to more than 0.
package func categoryDrift(
    column: String, reference: [Double], live: [Double], missingShare: Double = 0,
    _ thresholds: DriftThresholds = DriftThresholds()
) -> DriftFinding {
    let (referenceCount, liveCount) = (reference.reduce(0, +), live.reduce(0, +))
    let psi = populationStability(
        reference: reference.map { $0 / referenceCount }, live: live.map { $0 / liveCount })
    let test = chiSquareTest(reference, live)
    let v = cramersV(reference.map { $0 / referenceCount }, live.map { $0 / liveCount })
    return DriftFinding(
        column: column, verdict: thresholds.verdict(v, thresholds.cramersV, pValue: test.pValue),
        referenceCount: Int(referenceCount), liveCount: Int(liveCount), missingShare: missingShare, psi: psi,
        ks: nil, chiSquare: test, reason: "Cramér's V \(figure(v)), p \(figure(test.pValue))")
}

/// Cramér's V of two lists of shares: of √(chi-square ÷ values) what it is where both have as many values.
///
/// With the counts themselves it would go to 0 as the reference grows beyond the live values, whatever the shift.
///
/// - Parameters: Shares of the same categories, each list summing to 1.
/// - Returns: 0 where they are the same, 1 where no category is in both.
package func cramersV(_ first: [Double], _ second: [Double]) -> Double {
    var sum = 0.0
    for (one, two) in zip(first, second) where one + two > 0 { sum += (one - two) * (one - two) / (one + two) }
    return (sum / 2).squareRoot()
}

/// The verdict over a number: the worse of PSI (whose chance is ruled out by the chi-square over the same bins) and
/// Kolmogorov–Smirnov.
private func numberFinding(
    column: String, referenceCounts: [Double], liveCounts: [Double], ks: TestResult, _ thresholds: DriftThresholds
) -> DriftFinding {
    let (referenceCount, liveCount) = (referenceCounts.reduce(0, +), liveCounts.reduce(0, +))
    let psi = populationStability(
        reference: referenceCounts.map { $0 / referenceCount }, live: liveCounts.map { $0 / liveCount })
    let bins = chiSquareTest(referenceCounts, liveCounts)
    let byPSI = thresholds.verdict(psi, thresholds.psi, pValue: bins.pValue)
    let byKS = thresholds.verdict(ks.statistic, thresholds.ks, pValue: ks.pValue)
    return DriftFinding(
        column: column, verdict: max(byPSI, byKS), referenceCount: Int(referenceCount.rounded()),
        liveCount: Int(liveCount), missingShare: liveCounts[liveCounts.count - 1] / liveCount, psi: psi, ks: ks,
        chiSquare: nil,
        reason: byKS > byPSI ? "KS \(figure(ks.statistic)), p \(figure(ks.pValue))" : "PSI \(figure(psi))")
}
