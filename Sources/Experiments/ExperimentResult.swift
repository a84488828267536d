public import WeirReporting

/// What an experiment found, before it is put in words.
public struct ExperimentResult: Sendable {
    public struct ArmCount: Sendable, Equatable {
        public var name: String
        /// Units, or periods of a switchback.
        public var units: Int
        /// Of one.
        public var plannedShare: Double
    }

    public var name: String
    public var settings: ExperimentSettings
    /// The first is the control.
    public var arms: [ArmCount]
    public var isSwitchback = false
    public var sampleRatio: SampleRatioCheck
    /// By metric, then by arm.
    public var comparisons: [MetricComparison]
    public var quantiles: [QuantileComparison] = []
    public var guardrails: [GuardrailReading] = []
    public var segments: [SegmentReading] = []
    /// How the effect on the first metric grew clear; empty without times.
    public var timeline: [TimelinePoint] = []
    public var warnings: [String] = []

    public var isSampleRatioMismatch: Bool { sampleRatio.pValue < settings.sampleRatioThreshold }
}

/// One arm against the control, in one metric.
public struct MetricComparison: Sendable, Equatable {
    public enum Method: String, Sendable {
        /// Welch's t test.
        case welch
        /// Exact, for a share with few successes or failures.
        case exact
        case alwaysValid = "always valid"
        case groupSequential = "group-sequential"
    }

    /// What took noise away.
    public struct Adjustment: Sendable, Equatable {
        /// CUPED's factor; 0 without.
        public var theta: Double
        public var isStratified: Bool
        /// Share of the squared standard error that went; may be below 0.
        public var varianceReduction: Double
    }

    public var metric: String
    public var kind: ExperimentData.Metric.Kind
    public var unit: Quantity.Unit
    public var isLowerBetter: Bool
    public var control: String
    public var arm: String
    /// Before any adjustment.
    public var controlSample: SampleSummary
    public var armSample: SampleSummary
    public var adjustment: Adjustment?
    public var method: Method
    public var absolute: Effect
    /// Nil where the control's mean is 0.
    public var relative: Effect?
    /// For being one of many.
    public var adjustedPValue: Double
    public var isSignificant: Bool
    /// The absolute effect that would have been found with the power asked for; NaN where nothing varies.
    public var smallestFindable: Double
    /// Of the relative effect, where a prior was given.
    public var posterior: NormalPosterior?
    /// Of a share, where a prior was given: with flat priors.
    public var betaBinomial: BetaBinomial?
    /// Of a share.
    public var rarestCount: Int?

    /// Whether the effect is beyond chance and to the good.
    public var isBetter: Bool { isSignificant && (absolute.value < 0) == isLowerBetter }
    public var isWorse: Bool { isSignificant && !isBetter }
    public var smallestFindableRelative: Double? {
        controlSample.mean == 0 ? nil : smallestFindable / abs(controlSample.mean)
    }
}

/// One arm against the control, at a quantile.
public struct QuantileComparison: Sendable, Equatable {
    public var metric: String
    public var unit: Quantity.Unit
    public var share: Double
    public var control: String
    public var arm: String
    public var controlQuantile: QuantileSummary
    public var armQuantile: QuantileSummary
    /// Nil where the quantile's range cannot be said for one of the two.
    public var difference: Effect?
}

/// Whether an arm harms a metric that must not get worse.
public struct GuardrailReading: Sendable, Equatable {
    public enum Verdict: String, Sendable {
        /// Harm beyond the margin is shown.
        case stop
        /// Harm beyond the margin is ruled out.
        case holds
        case undecided
    }

    public var metric: String
    public var arm: String
    public var margin: Double
    /// Relative; each end of the range holds by itself, at any time, with the experiment's confidence.
    public var effect: Effect
    public var isLowerBetter: Bool
    public var verdict: Verdict
}

/// Whether an arm's effect differs between the levels of a segment.
public struct SegmentReading: Sendable, Equatable {
    public struct Level: Sendable, Equatable {
        public var name: String
        public var controlSample: SampleSummary
        public var armSample: SampleSummary
        public var absolute: Effect
        public var relative: Effect?
        /// Over all levels of all segments, metrics and arms.
        public var adjustedPValue: Double
    }

    public var segment: String
    public var metric: String
    public var unit: Quantity.Unit
    public var arm: String
    public var levels: [Level]
    /// Of the test that the effect is the same in all levels (Cochran's Q).
    public var chiSquare: Double
    public var degreesOfFreedom: Int
    public var pValue: Double
    /// Over all segments, metrics and arms.
    public var adjustedPValue: Double
}

/// The effect on the first metric as known at a time.
public struct TimelinePoint: Sendable, Equatable {
    public var arm: String
    /// Seconds since 1970 UTC.
    public var time: Double
    public var units: Int
    /// Absolute; its range holds at all times together.
    public var effect: Effect
}
