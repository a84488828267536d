import WeirReporting
import Foundation
import WeirStatistics

extension InterruptedSeries {
    /// What the residuals and the lengths say against the model.
    static func doubts(_ design: InterruptionDesign, _ best: StructuralFit, _ series: DatedSeries) -> [Doubt] {
        var doubts: [Doubt] = []
        let residuals = best.residuals
        let counted = (design.start..<design.end).count { !design.outcome[$0].isNaN }
        if best.pass.observed < 3 * counted {
            doubts.append(
                Doubt(
                    "The time before (\(best.pass.observed) values) is short beside the \(counted) judged since; "
                        + "three times as long is better. Give more of the past, or set an earlier end.",
                    voiding: best.pass.observed < counted ? "the time before is shorter than that judged" : nil))
        }
        let odd = residuals.filter { abs($0.value) > 4 }
        if !odd.isEmpty {
            let dates = odd.prefix(5).map { series.date($0.step) }.joined(separator: ", ")
            doubts.append(
                Doubt(
                    "\(odd.count) of the values before lie more than 4 standard deviations off (\(dates)\(odd.count > 5 ? " …" : "")). "
                        + "Correct them, or declare what happened as an event."))
        }
        let lags = min(2 * design.model.period, residuals.count / 4)
        if lags > 3, let p = autocorrelation(of: residuals.map(\.value), lags: lags, estimated: best.ratios.count),
            p < 0.01
        {
            doubts.append(
                Doubt(
                    "What the model leaves over is still correlated from \(series.stepName) to \(series.stepName) (Ljung–Box p = \(shortProbability(p))), so the "
                        + "range may be too narrow. Try a varying season, a slope, yearly waves, or controls.",
                    voiding: p < 1e-6 ? "the model leaves most of what moves the series unexplained" : nil))
        }
        return doubts
    }

    /// What the same method finds where it should find nothing.
    func doubts(_ placebo: InterruptedSeries?, _ controls: [(name: String, result: InterruptedSeries)]) -> [Doubt] {
        var doubts: [Doubt] = []
        if let placebo, placebo.probability < 0.05 {
            doubts.append(
                Doubt(
                    "On the last \(placebo.steps.count) steps before the start, where nothing happened, the method finds an effect too "
                        + "(\(placebo.average.text) per step): the model does not fit. Add a season, events or controls.",
                    voiding: "the method finds an effect before the start, too"))
        }
        for control in controls where control.result.probability < 0.01 {
            doubts.append(
                Doubt(
                    "Control “\(control.name)” changed at the start itself (\(control.result.lift.text)), so it may be contaminated by "
                        + "the intervention and hide a part of the effect. Use a control that it cannot reach.",
                    voiding: "control “\(control.name)” changed at the start itself"))
        }
        let leavesZeroOut = (cumulative.lower ?? .nan) > 0 || (cumulative.upper ?? .nan) < 0
        if !probability.isFinite || !cumulative.value.isFinite
            || leavesZeroOut != (probability < 1 - setting.confidence)
        {
            doubts.append(
                Doubt(
                    "Range and p-value (\(shortProbability(probability))) disagree, so nothing is settled. Give more of the past.",
                    voiding: "range and p-value disagree"))
        }
        return doubts
    }

    /// P-value of no correlation between residuals up to some steps apart.
    ///
    /// Source: Ljung, Box, "On a Measure of Lack of Fit in Time Series Models" (Biometrika 65(2), 1978).
    ///
    /// - Parameter estimated: How many parameters were fitted, taken off the degrees of freedom.
    /// - Returns: Nil where all residuals are equal or their sums of squares cannot be said.
    static func autocorrelation(of residuals: [Double], lags: Int, estimated: Int) -> Double? {
        let count = Double(residuals.count)
        let mean = residuals.reduce(0, +) / count
        let centred = residuals.map { $0 - mean }
        let power = centred.reduce(0) { $0 + $1 * $1 }
        guard power > 0 else { return nil }
        var statistic = 0.0
        for lag in 1...lags {
            let product = zip(centred.dropFirst(lag), centred).reduce(0) { $0 + $1.0 * $1.1 }
            statistic += product * product / (power * power) / (count - Double(lag))
        }
        let scaled = count * (count + 2) * statistic
        // Residuals that are not finite, or whose squares are not, have no p-value.
        guard scaled.isFinite, scaled >= 0 else { return nil }
        return chiSquareSurvival(scaled, degreesOfFreedom: Double(max(1, lags - estimated)))
    }

    /// The same with the start moved into the time before: what is found where nothing happened.
    ///
    /// - Returns: Nil where the time before is too short to be split.
    package func placebo() -> InterruptedSeries? {
        let length = min(steps.count, startIndex / 4)
        guard length >= 5, startIndex - length >= 4 * 7, cumulative.value.isFinite else { return nil }
        var changed = setting
        changed.start = series.day(startIndex - length)
        changed.end = series.day(startIndex - 1)
        return try? InterruptedSeries(series, changed)
    }

    /// The effect that the intervention seems to have on each control, where it should have none.
    package func controlEffects() -> [(name: String, result: InterruptedSeries)] {
        series.controls.compactMap { control in
            let alone = DatedSeries(firstDay: series.firstDay, spacing: series.spacing, values: control.values)
            return (try? InterruptedSeries(alone, setting)).map { (control.name, $0) }
        }
    }
}
