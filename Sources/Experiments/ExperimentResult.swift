package import WeirReporting

/// What an experiment found, before it is put in words.
package struct ExperimentResult: Sendable {
    package struct ArmCount: Sendable, Equatable {
        package var name: String
        /// Units, or periods of a switchback.
        package var units: Int
        /// Of one.
        package var plannedShare: Double
    }

    package var name: String
    package var settings: ExperimentSettings
    /// The first is the control.
    package var arms: [ArmCount]
    package var isSwitchback = false
    /// The column of those who were assigned, and their number by arm, where they are not the units.
    package var clusters: (name: String, counts: [Int])?
    /// How the input was read, in one line.
    package var understood = ""
    /// Whether shares were planned, or may have been.
    package var plan = SharePlan.stated
    package var sampleRatio: SampleRatioCheck
    /// By metric, then by arm.
    package var comparisons: [MetricComparison]
    package var quantiles: [QuantileComparison] = []
    package var guardrails: [GuardrailReading] = []
    package var segments: [SegmentReading] = []
    /// How the effect on the first metric grew clear; empty without times.
    package var timeline: [TimelinePoint] = []
    package var robust: [RobustReading] = []
    package var cuts: [WinsorisedMetric] = []
    package var warnings: [String] = []
    /// What was found wrong on the way; `doubts` has more.
    var ownDoubts: [Doubt] = []

    /// Of a plan that was stated, or that shares so near to each other suggest.
    package var isSampleRatioMismatch: Bool {
        plan != .unknown && sampleRatio.pValue < settings.sampleRatioThreshold
    }
}

/// What is known of the shares that arms were to get.
package enum SharePlan: Sendable, Equatable {
    case stated
    /// Nobody stated it; the arms are so near to equal that equal shares may have been planned.
    case presumed
    /// Nobody stated it, and the arms differ as only a plan, or something gone badly wrong, makes them differ.
    case unknown

    /// Relative to an equal share, up to which equal shares may have been planned.
    static let nearEqual = 0.1

    init(stated: Bool, counts: [Int]) {
        let mean = Double(counts.reduce(0, +)) / Double(max(1, counts.count))
        let isNear = counts.allSatisfy { abs(Double($0) - mean) <= Self.nearEqual * mean }
        self = stated ? .stated : isNear ? .presumed : .unknown
    }
}

/// One arm against the control, in one metric.
package struct MetricComparison: Sendable, Equatable {
    package enum Method: String, Sendable {
        /// Welch's t test.
        case welch
        /// Exact, for a share with few successes or failures.
        case exact
        case alwaysValid = "always valid"
        case groupSequential = "group-sequential"
    }

    /// What took noise away.
    package struct Adjustment: Sendable, Equatable {
        /// CUPED's factor; 0 without.
        package var theta: Double
        package var isStratified: Bool
        /// Share of the squared standard error that went; may be below 0.
        package var varianceReduction: Double
    }

    package var metric: String
    package var kind: ExperimentData.Metric.Kind
    package var unit: Quantity.Unit
    package var isLowerBetter: Bool
    package var control: String
    package var arm: String
    /// Before any adjustment.
    package var controlSample: SampleSummary
    package var armSample: SampleSummary
    package var adjustment: Adjustment?
    package var method: Method
    package var absolute: Effect
    /// Nil where the control's mean is 0.
    package var relative: Effect?
    /// For being one of many.
    package var adjustedPValue: Double
    package var isSignificant: Bool
    /// The absolute effect that would have been found with the power asked for; NaN where nothing varies.
    package var smallestFindable: Double
    /// Of the relative effect, where a prior was given.
    package var posterior: NormalPosterior?
    /// Of a share, where a prior was given: with flat priors.
    package var betaBinomial: BetaBinomial?
    /// Of a share.
    package var rarestCount: Int?

    /// Whether the p-value finds an effect that the range does not, or the other way round.
    package func isContradicted(_ settings: ExperimentSettings) -> Bool {
        (absolute.pValue <= settings.alpha) != absolute.leavesZeroOut
    }
    /// Whether there was nothing to tell chance from an effect.
    package var isUnknown: Bool { absolute.lower == -.infinity && absolute.upper == .infinity }

    /// Whether the effect is beyond chance and to the good.
    package var isBetter: Bool { isSignificant && (absolute.value < 0) == isLowerBetter }
    package var isWorse: Bool { isSignificant && !isBetter }
    package var smallestFindableRelative: Double? {
        controlSample.mean == 0 ? nil : smallestFindable / abs(controlSample.mean)
    }
}

/// One arm against the control, at a quantile.
package struct QuantileComparison: Sendable, Equatable {
    package var metric: String
    package var unit: Quantity.Unit
    package var share: Double
    package var control: String
    package var arm: String
    package var controlQuantile: QuantileSummary
    package var armQuantile: QuantileSummary
    /// Nil where the quantile's range cannot be said for one of the two.
    package var difference: Effect?
}

/// Whether an arm harms a metric that must not get worse.
package struct GuardrailReading: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        /// Harm beyond the margin is shown.
        case stop
        /// Harm beyond the margin is ruled out.
        case holds
        case undecided
    }

    package var metric: String
    package var arm: String
    package var margin: Double
    /// Relative; each end of the range holds by itself, at any time, with the experiment's confidence.
    package var effect: Effect
    package var isLowerBetter: Bool
    package var verdict: Verdict
}

/// Whether an arm's effect differs between the levels of a segment.
package struct SegmentReading: Sendable, Equatable {
    package struct Level: Sendable, Equatable {
        package var name: String
        package var controlSample: SampleSummary
        package var armSample: SampleSummary
        package var absolute: Effect
        package var relative: Effect?
        /// Over all levels of all segments, metrics and arms.
        package var adjustedPValue: Double
    }

    package var segment: String
    package var metric: String
    package var unit: Quantity.Unit
    package var arm: String
    package var levels: [Level]
    /// Of the test that the effect is the same in all levels (Cochran's Q).
    package var chiSquare: Double
    package var degreesOfFreedom: Int
    package var pValue: Double
    /// Over all segments, metrics and arms.
    package var adjustedPValue: Double
}

/// The effect on the first metric as known at a time.
package struct TimelinePoint: Sendable, Equatable {
    package var arm: String
    /// Seconds since 1970 UTC.
    package var time: Double
    package var units: Int
    /// Absolute; its range holds at all times together.
    package var effect: Effect
}
