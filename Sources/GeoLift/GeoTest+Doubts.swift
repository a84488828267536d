import WeirReporting
import WeirStatistics

extension GeoTest {
    /// What speaks against a cell's answer.
    ///
    /// - Parameter effect: As the test of all periods has its range, which may not hold the estimate.
    func doubts(
        _ panel: Panel, fit: SyntheticFit, donors: [Int], length: Int, _ effect: Interval, _ averagePValue: Double
    ) -> [Doubt] {
        var doubts: [Doubt] = []
        if fit.before < 4 * length {
            doubts.append(
                Doubt(
                    "\(fit.before) periods before the test are few for \(length) of test; \(4 * length) or more make the match surer."
                ))
        }
        let percent = Int((min(fit.scaledImbalance, 99) * 100).rounded())
        if fit.scaledImbalance > 0.5 {
            doubts.append(
                Doubt(
                    "The mix of donors matches little better than their plain mean (\(percent) % of its error remains). Choose treated markets that move like others, or method ridge.",
                    voiding: fit.scaledImbalance > 0.9 ? "no mix of the others moves like the treated markets" : nil))
        }
        if donors.count < 8 {
            doubts.append(
                Doubt(
                    "Only \(donors.count) markets serve as donors; one odd market can turn the answer. Add untreated ones.",
                    voiding: donors.count < 3 ? "only \(donors.count) markets are left to compare with" : nil))
        }
        let size = fit.counterfactual.reduce(0) { max($0, abs($1)) }
        if fit.errorBefore.squareRoot() <= 1e-9 * size {
            doubts.append(
                Doubt(
                    "The donors match the treated markets to the last digit before the test, so nothing is left to tell an effect from chance. Check whether a market stands in the file under two names, or is computed from others.",
                    voiding: "the match before the test leaves no noise to judge by"))
        } else if effect.lower > effect.estimate || effect.upper < effect.estimate {
            let unit = Quantity.Unit.number()
            doubts.append(
                Doubt(
                    "The effect by the weights from before the test, \(unit.text(effect.estimate)), lies outside the range by those of all periods, \(unit.text(effect.lower)) to \(unit.text(effect.upper)): the test itself moves the weights. The range was drawn out to hold it. Add donors or earlier periods.",
                    voiding: "the range does not hold its own estimate"))
        }
        if (effect.lower > 0 || effect.upper < 0) != (averagePValue < 1 - confidence) {
            doubts.append(
                Doubt(
                    "The range \(effect.lower > 0 || effect.upper < 0 ? "leaves 0 out" : "holds 0"), but p of the average is \(shortProbability(averagePValue)): the two disagree, so nothing is settled. Add earlier periods.",
                    voiding: "range and p-value disagree"))
        }
        return doubts
    }
}
