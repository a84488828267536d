import Foundation
import WeirStatistics

/// What was believed about a relative effect before the test: normal around `mean`.
package struct NormalPrior: Sendable, Equatable {
    package var mean: Double
    /// Of the relative effect; > 0.
    package var variance: Double
    /// Without it nothing was believed: the data speak alone.
    package var isProper: Bool

    package init(mean: Double = 0, variance: Double = 0.09, isProper: Bool = true) {
        self.mean = mean
        self.variance = variance
        self.isProper = isProper
    }

    /// The same belief about an absolute effect on a control with this mean.
    package func scaled(by controlMean: Double) -> NormalPrior {
        NormalPrior(mean: mean * abs(controlMean), variance: variance * controlMean * controlMean, isProper: isProper)
    }
}

/// What is believed about an effect after the test.
package struct NormalPosterior: Sendable, Equatable {
    package var mean: Double
    package var standardDeviation: Double
    package var lower: Double
    package var upper: Double
    /// How likely the treatment is better.
    package var chanceToBeat: Double
    /// What choosing the control loses on average where the treatment is better, and the other way round; the effect's unit.
    package var lossOfControl: Double
    package var lossOfTreatment: Double

    /// The posterior of a normal effect with known variance; a conjugate update.
    ///
    /// - Parameters:
    ///   - prior: In the effect's unit.
    ///   - variance: Of the estimate; > 0.
    package init(
        prior: NormalPrior, estimate: Double, variance: Double, confidence: Double = 0.95, isLowerBetter: Bool = false
    ) {
        let precision = 1 / variance + (prior.isProper ? 1 / prior.variance : 0)
        mean = prior.isProper ? (estimate / variance + prior.mean / prior.variance) / precision : estimate
        standardDeviation = (1 / precision).squareRoot()
        let reach = -StandardNormal.quantile((1 - confidence) / 2) * standardDeviation
        (lower, upper) = (mean - reach, mean + reach)
        let z = mean / standardDeviation
        chanceToBeat = StandardNormal.cumulative(isLowerBetter ? -z : z)
        let density = standardDeviation * StandardNormal.density(z)
        let gain = density + mean * StandardNormal.cumulative(z)
        let loss = density - mean * StandardNormal.cumulative(-z)
        (lossOfControl, lossOfTreatment) = isLowerBetter ? (loss, gain) : (gain, loss)
    }

    /// Of the treatment's effect, absolute or relative; the prior is about the relative effect.
    package init(
        prior: NormalPrior, _ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool,
        confidence: Double = 0.95, isLowerBetter: Bool = false
    ) {
        self.init(
            prior: isRelative ? prior : prior.scaled(by: control.plainMean),
            estimate: effectValue(control, treatment, isRelative: isRelative),
            variance: effectVariance(control, treatment, isRelative: isRelative), confidence: confidence,
            isLowerBetter: isLowerBetter)
    }
}
