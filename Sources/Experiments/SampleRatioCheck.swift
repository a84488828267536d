import WeirStatistics

/// Whether the arms got the units that were planned: where they did not, something other than chance chose, and no figure
/// of the test can be trusted.
package struct SampleRatioCheck: Sendable, Equatable {
    package var chiSquare: Double
    package var degreesOfFreedom: Int
    package var pValue: Double

    /// Pearson's chi-square test of fit.
    ///
    /// - Parameters:
    ///   - counts: Units per arm; at least two arms.
    ///   - shares: As planned, as many; they need not add up to 1. Arms with a share of 0 do not count.
    package init(counts: [Int], shares: [Double]) {
        precondition(counts.count == shares.count && counts.count > 1, "a share per arm")
        let units = Double(counts.reduce(0, +))
        let whole = shares.reduce(0, +)
        degreesOfFreedom = counts.count - 1
        guard units > 0, whole > 0 else {
            (chiSquare, pValue) = (0, 1)
            return
        }
        chiSquare = zip(counts, shares).reduce(0) { sum, arm in
            guard arm.1 > 0 else { return sum }
            let expected = arm.1 / whole * units
            return sum + (Double(arm.0) - expected) * (Double(arm.0) - expected) / expected
        }
        pValue = chiSquareSurvival(chiSquare, degreesOfFreedom: Double(degreesOfFreedom))
    }
}
