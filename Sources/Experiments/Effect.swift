import Foundation
import WeirStatistics

/// Which way an effect is looked for.
package enum Side: String, Codable, Sendable, CaseIterable {
    case both
    /// The treatment is above the control.
    case greater
    /// The treatment is below the control.
    case less
}

/// What a treatment changes, with its range.
package struct Effect: Sendable, Equatable {
    package var value: Double
    package var standardError: Double
    /// Infinite where the range follows the normal distribution.
    package var degreesOfFreedom: Double
    /// −∞ where only a fall was looked for.
    package var lower: Double
    /// ∞ where only a rise was looked for.
    package var upper: Double
    /// How likely chance alone would show this much, or more.
    package var pValue: Double

    package init(
        value: Double, standardError: Double, degreesOfFreedom: Double, lower: Double, upper: Double, pValue: Double
    ) {
        self.value = value
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
        self.lower = lower
        self.upper = upper
        self.pValue = pValue
    }

    /// Of which nothing is known but the value: what varies is no more than what rounding leaves, or is no number.
    static func unknown(_ value: Double) -> Effect {
        Effect(
            value: value, standardError: 0, degreesOfFreedom: .infinity, lower: -.infinity, upper: .infinity, pValue: 1)
    }

    /// Whether its range says which way it goes.
    package var leavesZeroOut: Bool { lower > 0 || upper < 0 }

    /// Of a statistic that follows Student's t where there is no effect.
    init(value: Double, standardError: Double, degreesOfFreedom: Double, confidence: Double, side: Side) {
        let t = standardError > 0 ? value / standardError : value == 0 ? 0 : value > 0 ? .infinity : -.infinity
        func below(_ t: Double) -> Double {
            t.isInfinite ? (t < 0 ? 0 : 1) : StudentT.cumulative(t, degreesOfFreedom: degreesOfFreedom)
        }
        let tail = side == .both ? (1 - confidence) / 2 : 1 - confidence
        // Asked for in the lower tail, where a probability near 0 keeps its digits.
        let reach = standardError > 0 ? -studentQuantile(tail, degreesOfFreedom) * standardError : 0
        self.init(
            value: value, standardError: standardError, degreesOfFreedom: degreesOfFreedom,
            lower: side == .less ? -.infinity : value - reach, upper: side == .greater ? .infinity : value + reach,
            pValue: side == .both ? 2 * below(-abs(t)) : side == .greater ? below(-t) : below(t))
    }
}

/// The quantile of Student's t, of the normal where the degrees of freedom are infinite.
func studentQuantile(_ p: Double, _ degreesOfFreedom: Double) -> Double {
    degreesOfFreedom.isFinite
        ? StudentT.quantile(p, degreesOfFreedom: degreesOfFreedom) : StandardNormal.quantile(p)
}

/// The squared standard error of a difference, or of a difference relative to the control's mean (by the delta method).
package func effectVariance(_ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool) -> Double {
    let one = control.variance / Double(control.count)
    let two = treatment.variance / Double(treatment.count)
    guard isRelative else { return one + two }
    let base = control.plainMean * control.plainMean
    return two / base + one * treatment.plainMean * treatment.plainMean / (base * base)
}

/// The treatment's mean minus the control's, or that relative to the control's, as Welch's t test has it.
///
/// Relative effects divide by the control's unadjusted mean; their standard error follows from the delta method. The
/// degrees of freedom are Welch's and Satterthwaite's of the absolute difference.
///
/// Sources: Welch (Biometrika 34, 1947); the relative form as in GrowthBook's statistics.
///
/// - Parameters:
///   - control: At least two units; with a mean other than 0 where `isRelative`.
///   - treatment: At least two units.
///   - confidence: In 0 < confidence < 1.
package func meanEffect(
    _ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool = false, confidence: Double = 0.95,
    side: Side = .both
) -> Effect {
    let value = effectValue(control, treatment, isRelative: isRelative)
    let variance = effectVariance(control, treatment, isRelative: isRelative)
    guard value.isFinite, tells(variance, of: control, treatment, isRelative: isRelative) else {
        return .unknown(value)
    }
    return Effect(
        value: value, standardError: variance.squareRoot(),
        degreesOfFreedom: welchDegreesOfFreedom(control, treatment), confidence: confidence, side: side)
}

/// Whether a difference's variance is more than rounding leaves of values that do not vary; R's t test draws the same line.
func tells(
    _ variance: Double, of control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool = false
) -> Bool {
    let size = max(abs(control.plainMean), abs(treatment.plainMean)) / (isRelative ? abs(control.plainMean) : 1)
    return variance.squareRoot() > 10 * .ulpOfOne * size && variance < .infinity
}

package func effectValue(_ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool) -> Double {
    (treatment.mean - control.mean) / (isRelative ? control.plainMean : 1)
}

/// The same by Student's test, which takes the variance to be alike in both arms.
package func pooledMeanEffect(
    _ control: SampleSummary, _ treatment: SampleSummary, confidence: Double = 0.95, side: Side = .both
) -> Effect {
    let (one, two) = (Double(control.count), Double(treatment.count))
    let variance = ((one - 1) * control.variance + (two - 1) * treatment.variance) / (one + two - 2)
    return Effect(
        value: treatment.mean - control.mean, standardError: (variance * (1 / one + 1 / two)).squareRoot(),
        degreesOfFreedom: one + two - 2, confidence: confidence, side: side)
}

func welchDegreesOfFreedom(_ control: SampleSummary, _ treatment: SampleSummary) -> Double {
    let one = control.variance / Double(control.count)
    let two = treatment.variance / Double(treatment.count)
    let parts = one * one / Double(control.count - 1) + two * two / Double(treatment.count - 1)
    return parts > 0 ? (one + two) * (one + two) / parts : Double(max(1, control.count + treatment.count - 2))
}
