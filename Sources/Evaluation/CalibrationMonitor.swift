import Foundation
import WeirStatistics

/// Counts predicted probabilities against what happened, in little memory.
package struct CalibrationMonitor: Sendable, Hashable, Codable {
    package struct Bin: Sendable, Hashable, Codable {
        package var count = 0
        /// Σ p.
        package var expected = 0.0
        package var observed = 0
        /// Σ p (1 − p).
        package var variance = 0.0
    }

    /// Inner edges of predictions, ascending; a prediction on an edge belongs to the upper bin.
    package let edges: [Double]
    package private(set) var bins: [Bin]
    // Of Spiegelhalter's test.
    private var numerator = 0.0
    private var variance = 0.0

    /// - Parameter edges: Nil takes steps that are fine where probabilities are small, since most are.
    package init(edges: [Double]? = nil) {
        self.edges = edges ?? [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7]
        bins = [Bin](repeating: Bin(), count: self.edges.count + 1)
    }

    /// Takes in a prediction, in 0 ≤ p ≤ 1, and whether it came true.
    package mutating func compare(_ p: Double, with happened: Bool) {
        let bin = edges.firstIndex { p < $0 } ?? edges.count
        bins[bin].count += 1
        bins[bin].expected += p
        bins[bin].observed += happened ? 1 : 0
        bins[bin].variance += p * (1 - p)
        numerator += ((happened ? 1 : 0) - p) * (1 - 2 * p)
        variance += (1 - 2 * p) * (1 - 2 * p) * p * (1 - p)
    }

    package var count: Int { bins.reduce(0) { $0 + $1.count } }

    /// What the predictions so far say; nil before the first.
    package func finding(_ thresholds: DriftThresholds = DriftThresholds()) -> CalibrationFinding? {
        guard count > 0 else { return nil }
        var statistic = 0.0
        var used = 0
        var gap = 0.0
        let merged = bins.filter { $0.count > 0 }.reduce(into: [Bin]()) { merged, bin in
            // The chi-square approximation needs some expected cases in each bin: a thin one joins its neighbour.
            if let last = merged.last, last.expected < 5 || bin.expected < 5 {
                merged[merged.count - 1] = Bin(
                    count: last.count + bin.count, expected: last.expected + bin.expected,
                    observed: last.observed + bin.observed, variance: last.variance + bin.variance)
            } else {
                merged.append(bin)
            }
        }
        for bin in merged {
            let error = Double(bin.observed) - bin.expected
            gap += abs(error)
            guard bin.variance > 0 else { continue }
            statistic += error * error / bin.variance
            used += 1
        }
        let expected = bins.reduce(0) { $0 + $1.expected }
        let z = variance > 0 ? numerator / variance.squareRoot() : 0
        let chiSquare = TestResult(
            statistic: statistic,
            pValue: used > 0 ? chiSquareSurvival(statistic, degreesOfFreedom: Double(used)) : 1,
            degreesOfFreedom: used)
        let spiegelhalter = TestResult(statistic: z, pValue: 2 * StandardNormal.cumulative(-abs(z)))
        let relativeGap = expected > 0 ? gap / expected : 0
        return CalibrationFinding(
            verdict: thresholds.verdict(
                relativeGap, thresholds.calibration, pValue: min(1, 2 * min(chiSquare.pValue, spiegelhalter.pValue))),
            count: count, expected: expected / Double(count),
            observed: Double(bins.reduce(0) { $0 + $1.observed }) / Double(count), gap: relativeGap,
            chiSquare: chiSquare, spiegelhalter: spiegelhalter)
    }
}

/// Whether predictions still come true as often as they say.
package struct CalibrationFinding: Sendable, Hashable, Codable {
    package var verdict: DriftVerdict
    package var count: Int
    /// Mean prediction and mean outcome.
    package var expected: Double
    package var observed: Double
    /// Mean of |observed − expected| over the bins ÷ mean prediction.
    package var gap: Double
    /// Σ (observed − expected)² ÷ Σ p(1 − p) over bins; as many degrees of freedom as bins, since nothing was fitted here.
    package var chiSquare: TestResult
    /// Spiegelhalter, "Probabilistic Prediction in Patient Management and Clinical Trials" (Statistics in Medicine 5, 1986).
    package var spiegelhalter: TestResult
}
