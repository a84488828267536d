import Foundation

/// Ranges and p-values that hold however often, and whenever, one looks: an asymptotic confidence sequence.
///
/// Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-Uniform Central Limit Theory and Asymptotic Confidence
/// Sequences" (arXiv 2103.06476), eqs. 9, 155 and 161, as GrowthBook's statistics apply them to a difference of means.
package struct AlwaysValid: Sendable, Equatable {
    /// The units, of both arms, at which the range is to be tightest; > 0.
    package var tuning: Double
    /// In 0 < confidence < 1.
    package var confidence: Double

    package init(tuning: Double = 5_000, confidence: Double = 0.95) {
        self.tuning = tuning
        self.confidence = confidence
    }

    private var alpha: Double { 1 - confidence }

    /// How fast the range follows the data: eq. 161.
    package var rho: Double { ((-2 * log(alpha) + log(1 - 2 * log(alpha))) / tuning).squareRoot() }

    /// - Parameters:
    ///   - control: At least two units; with a mean other than 0 where `isRelative`.
    ///   - side: Where it is not `.both`, one end of the range at twice the error is given, and the p-value halved only
    ///     where the effect lies on that side.
    package func effect(
        _ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool = false, side: Side = .both
    ) -> Effect {
        let variance = effectVariance(control, treatment, isRelative: isRelative)
        let value = effectValue(control, treatment, isRelative: isRelative)
        guard value.isFinite, tells(variance, of: control, treatment, isRelative: isRelative) else {
            return .unknown(value)
        }
        return effect(value: value, variance: variance, units: control.count + treatment.count, side: side)
    }

    func effect(value: Double, variance: Double, units: Int, side: Side = .both) -> Effect {
        let n = Double(units)
        let error = side == .both ? alpha : min(1, 2 * alpha)
        let square = rho * rho
        let growth = n * square + 1
        let reach =
            (n * variance).squareRoot()
            * (2 * growth * log(growth.squareRoot() / error) / (n * n * square)).squareRoot()
        // In logarithms, since the evidence may exceed any number.
        let evidence =
            variance > 0 ? square * value * value * n / variance / (2 * growth) - 0.5 * log(growth) : -.infinity
        var pValue = min(1, exp(-evidence))
        if side != .both { pValue = (side == .greater) == (value > 0) ? pValue / 2 : 1 }
        return Effect(
            value: value, standardError: variance.squareRoot(), degreesOfFreedom: .infinity,
            lower: side == .less ? -.infinity : value - reach, upper: side == .greater ? .infinity : value + reach,
            pValue: pValue)
    }
}
