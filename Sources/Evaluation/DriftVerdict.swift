/// How far something has moved from its reference.
package enum DriftVerdict: String, Sendable, Codable, CaseIterable, Comparable {
    case stable
    /// Look at it.
    case watch
    /// Another population: do not rely on what was learned from the old one.
    case drifted

    package static func < (left: DriftVerdict, right: DriftVerdict) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// When a measure calls for a look, and when for action.
///
/// Each verdict asks for two things: a size that matters, and a p-value that rules chance out. Size alone cries wolf on few
/// values, p alone on many.
package struct DriftThresholds: Sendable, Hashable, Codable {
    /// Population stability index: watch from the first, drifted from the second on.
    package var psi = [0.1, 0.25]
    /// Kolmogorov–Smirnov statistic.
    package var ks = [0.1, 0.2]
    /// Cramér's V of a category against the reference, as if both had as many values.
    package var cramersV = [0.05, 0.1]
    /// Mean gap between predicted and observed over bins, as a share of the mean prediction.
    package var calibration = [0.1, 0.25]
    /// A p-value above it leaves anything stable.
    package var pValue = 0.01

    package init() {}

    func verdict(_ size: Double, _ steps: [Double], pValue: Double) -> DriftVerdict {
        guard pValue <= self.pValue else { return .stable }
        return size >= steps[1] ? .drifted : size >= steps[0] ? .watch : .stable
    }
}

/// What a comparison with a reference found for one column.
package struct DriftFinding: Sendable, Hashable, Codable {
    package var column: String
    package var verdict: DriftVerdict
    package var referenceCount: Int
    package var liveCount: Int
    /// Share of live values that are missing.
    package var missingShare: Double
    package var psi: Double
    /// Of a number; nil for a category.
    package var ks: TestResult?
    /// Of a category's counts; nil for a number, but for one that is compared by its bins.
    package var chiSquare: TestResult?
    /// The figure that decided, in words.
    package var reason: String
}
