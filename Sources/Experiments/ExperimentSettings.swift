/// How an experiment is to be read.
package struct ExperimentSettings: Sendable, Equatable {
    /// When the data may be looked at.
    package enum Reading: Sendable, Equatable {
        /// Once, when the planned number of units is reached.
        case fixed
        /// At any time; `tuning` is the number of units at which the range is to be tightest.
        case alwaysValid(tuning: Double = 5_000)
        /// At planned looks, of which this is one, counted from 1.
        case groupSequential(GroupSequentialDesign, look: Int)
    }

    /// A metric that must not get worse.
    package struct Guardrail: Sendable, Equatable {
        package var metric: String
        /// The relative loss that is tolerated; ≥ 0.
        package var margin: Double

        package init(metric: String, margin: Double = 0) {
            self.metric = metric
            self.margin = margin
        }
    }

    /// A quantile of an amount to compare, such as the ninth decile of spend.
    package struct QuantileRequest: Sendable, Equatable {
        package var metric: String
        /// In 0 < share < 1.
        package var share: Double

        package init(metric: String, share: Double) {
            self.metric = metric
            self.share = share
        }
    }

    /// Of every range, in 0 < confidence < 1.
    package var confidence = 0.95
    package var side = Side.both
    package var reading = Reading.fixed
    /// About relative effects; where given, effects are read in Bayes' way too.
    package var prior: NormalPrior?
    /// Over metrics and arms, without guardrails.
    package var correction = Correction.holm
    package var guardrails: [Guardrail] = []
    package var quantiles: [QuantileRequest] = []
    /// With which the smallest findable effect is found, in 0 < power < 1.
    package var power = 0.8
    /// The smallest relative effect that would matter; > 0. Where given, it is said whether the test could find it.
    package var relevantEffect: Double?
    /// The quantile to which larger amounts are set, in 0.5 < share < 1; nil: none.
    package var winsorise: Double?
    /// The p-value of the sample ratio below which the test is not to be trusted.
    package var sampleRatioThreshold = 0.001

    package init() {}

    var alpha: Double { 1 - confidence }
}
