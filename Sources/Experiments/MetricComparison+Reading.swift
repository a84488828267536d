import Foundation
import WeirStatistics

extension MetricComparison {
    /// Below this many successes or failures in an arm a share's range is exact rather than Welch's.
    static let fewestForWelch = 10

    /// Compares an arm with the control; p-values are adjusted later.
    ///
    /// - Parameter arm: Its index; ≥ 1.
    init(_ samples: MetricSamples, arm: Int, names: [String], settings: ExperimentSettings) {
        let (control, treatment) = (samples.arms[0], samples.arms[arm])
        let pair = samples.adjusted[arm - 1]
        let counts = samples.counts.map { ($0[0], $0[arm]) }
        let rarest = counts.map { min($0.0.rarer, $0.1.rarer) }
        let isExact = settings.reading == .fixed && pair == nil && rarest.map { $0 < Self.fewestForWelch } ?? false
        let effects =
            if isExact, let counts {
                Self.exactEffects(counts.0, counts.1, control, treatment, settings)
            } else {
                Self.effects(
                    pair?.control ?? control.guarded(counts?.0), pair?.treatment ?? treatment.guarded(counts?.1),
                    settings)
            }
        self.init(
            metric: samples.name, kind: samples.kind, unit: samples.unit, isLowerBetter: samples.isLowerBetter,
            control: names[0], arm: names[arm], controlSample: control, armSample: treatment,
            method: isExact ? .exact : effects.method, absolute: effects.absolute, relative: effects.relative,
            adjustedPValue: effects.absolute.pValue, isSignificant: false,
            smallestFindable: Self.findable(effects.absolute, counts, settings), rarestCount: rarest)
        if let pair {
            let plain = effectVariance(control, treatment, isRelative: false)
            let left = effectVariance(pair.control, pair.treatment, isRelative: false)
            adjustment = Adjustment(
                theta: pair.theta, isStratified: pair.isStratified, varianceReduction: plain > 0 ? 1 - left / plain : 0)
        }
        if let prior = settings.prior, control.plainMean > 0, effects.absolute.standardError > 0 {
            posterior = NormalPosterior(
                prior: prior, pair?.control ?? control, pair?.treatment ?? treatment, isRelative: true,
                confidence: settings.confidence, isLowerBetter: samples.isLowerBetter)
        }
        if settings.prior != nil, let counts { betaBinomial = BetaBinomial(counts.0, counts.1) }
    }

    private static func effects(
        _ control: SampleSummary, _ treatment: SampleSummary, _ settings: ExperimentSettings
    ) -> (absolute: Effect, relative: Effect?, method: Method) {
        let hasRelative = control.plainMean != 0
        func both(_ effect: (Bool) -> Effect) -> (Effect, Effect?) { (effect(false), hasRelative ? effect(true) : nil) }
        switch settings.reading {
        case .fixed:
            let (absolute, relative) = both {
                meanEffect(control, treatment, isRelative: $0, confidence: settings.confidence, side: settings.side)
            }
            return (absolute, relative, .welch)
        case .alwaysValid(let tuning):
            let sequence = AlwaysValid(tuning: tuning, confidence: settings.confidence)
            let (absolute, relative) = both {
                sequence.effect(control, treatment, isRelative: $0, side: settings.side)
            }
            return (absolute, relative, .alwaysValid)
        case .groupSequential(let design, let look):
            let bound = design.boundaries(alpha: settings.alpha)[look - 1]
            let (absolute, relative) = both {
                atLook(control, treatment, isRelative: $0, bound: bound, design: design, look: look, settings)
            }
            return (absolute, relative, .groupSequential)
        }
    }

    /// The range that holds at all looks together, and the p-value that goes with it.
    private static func atLook(
        _ control: SampleSummary, _ treatment: SampleSummary, isRelative: Bool, bound: Double,
        design: GroupSequentialDesign, look: Int, _ settings: ExperimentSettings
    ) -> Effect {
        let value = effectValue(control, treatment, isRelative: isRelative)
        let variance = effectVariance(control, treatment, isRelative: isRelative)
        guard value.isFinite, tells(variance, of: control, treatment, isRelative: isRelative) else {
            return .unknown(value)
        }
        let error = variance.squareRoot()
        let z = error > 0 ? value / error : 0
        let against = settings.side == .both ? abs(z) : settings.side == .greater ? z : -z
        return Effect(
            value: value, standardError: error, degreesOfFreedom: .infinity,
            lower: settings.side == .less ? -.infinity : value - bound * error,
            upper: settings.side == .greater ? .infinity : value + bound * error,
            pValue: design.repeatedPValue(z: against, look: look))
    }

    private static func exactEffects(
        _ control: ShareCount, _ treatment: ShareCount, _ one: SampleSummary, _ two: SampleSummary,
        _ settings: ExperimentSettings
    ) -> (absolute: Effect, relative: Effect?, method: Method) {
        let confidence = settings.side == .both ? settings.confidence : 2 * settings.confidence - 1
        let pValue = fisherExactPValue(control, treatment, side: settings.side)
        let ranges = rareShareEffects(
            control, treatment, confidence: confidence, isRejected: pValue <= settings.alpha)
        func effect(_ range: Interval, isRelative: Bool) -> Effect {
            Effect(
                value: range.estimate, standardError: effectVariance(one, two, isRelative: isRelative).squareRoot(),
                degreesOfFreedom: .infinity, lower: settings.side == .less ? -.infinity : range.lower,
                upper: settings.side == .greater ? .infinity : range.upper, pValue: pValue)
        }
        return (
            effect(ranges.absolute, isRelative: false),
            control.successes > 0 ? effect(ranges.relative, isRelative: true) : nil, .exact
        )
    }

    /// What the range's reach and the power's share of the normal distribution add up to.
    private static func findable(
        _ effect: Effect, _ counts: (ShareCount, ShareCount)?, _ settings: ExperimentSettings
    ) -> Double {
        var error = effect.standardError
        if error == 0, let counts {
            // Where nothing happened an arm's variance is not 0 but unknown; Agresti and Caffo's is a fair guess.
            let range = ShareDifferenceInterval.agrestiCaffo.interval(counts.0, counts.1)
            error = (range.upper - range.lower) / 2 / -StandardNormal.quantile(0.025)
        }
        guard error > 0 else { return .nan }
        let reach = min(effect.upper - effect.value, effect.value - effect.lower)
        let wider = max(effect.upper - effect.value, effect.value - effect.lower)
        return (wider.isFinite ? (reach + wider) / 2 : reach) + StandardNormal.quantile(settings.power) * error
    }
}

extension SampleSummary {
    /// With a guess for the variance of a share of which none, or all, were successes: it is not 0 but unknown.
    ///
    /// Source: Agresti, Caffo, "Simple and Effective Confidence Intervals for Proportions" (The American Statistician 54,
    /// 2000), which adds a success and a failure.
    fileprivate func guarded(_ count: ShareCount?) -> SampleSummary {
        guard let count, count.rarer == 0, count.trials > 0 else { return self }
        var guarded = self
        let share = Double(count.successes + 1) / Double(count.trials + 2)
        guarded.variance = share * (1 - share)
        return guarded
    }
}
