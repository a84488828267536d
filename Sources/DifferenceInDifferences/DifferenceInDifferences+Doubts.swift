import WeirReporting
import WeirStatistics

extension DifferenceInDifferences {
    /// Whether a standard error is more than what rounding leaves of outcomes that do not vary.
    static func tells(_ standardError: Double, of panel: TreatmentPanel) -> Bool {
        let largest = panel.outcomes.joined().reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
        return standardError > 1e-13 * largest
    }

    /// What speaks against the answer.
    ///
    /// - Parameter otherClusters: Nil where units treated later serve as controls.
    static func doubts(
        effect: Interval, probability: Double, confidence: Double, eventStudy: EventStudy, treatedClusters: Int,
        otherClusters: Int?
    ) -> [Doubt] {
        var doubts: [Doubt] = []
        if effect.lower.isInfinite, effect.upper.isInfinite {
            doubts.append(
                Doubt(
                    "Units of one side all change alike, so chance cannot be told from the effect: it has no range. Check that the outcome is measured, not computed or copied, or give more units.",
                    voiding: "nothing varies beside the effect"))
        }
        if treatedClusters < 6 || (otherClusters ?? 6) < 6 {
            let others = otherClusters.map { " and \($0) untreated" } ?? ""
            doubts.append(
                Doubt(
                    "Only \(treatedClusters) treated\(others) clusters: no method gives a reliable range with so few. Treat more of them, or use synthetic control with its placebo test.",
                    voiding: "there are only \(treatedClusters) treated\(others) clusters"))
        }
        if let doubt = doubt(ofTrendsBefore: eventStudy) { doubts.append(doubt) }
        if (effect.lower > 0 || effect.upper < 0) != (probability < 1 - confidence), probability.isFinite {
            doubts.append(
                Doubt(
                    "The range \(effect.lower > 0 || effect.upper < 0 ? "leaves zero out" : "holds zero"), but p is \(shortProbability(probability)): the two disagree, so nothing is settled. Give more clusters.",
                    voiding: "range and p-value disagree"))
        }
        return doubts
    }

    /// What to doubt of the trends before the treatment; nil where nothing speaks against them.
    private static func doubt(ofTrendsBefore eventStudy: EventStudy) -> Doubt? {
        guard let p = eventStudy.preTrend else {
            return Doubt(
                "Whether trends were parallel before cannot be tested with so few times or units. Give more of the past."
            )
        }
        guard p < 0.05 else { return nil }
        return Doubt(
            "Treated and untreated units already moved apart before (p = \(shortProbability(p))), so the effect may be that "
                + "trend going on. Choose controls that moved alike, or use synthetic control.",
            voiding: "treated and untreated units already moved apart before")
    }

    /// The treated unit-times of which nothing can be said, and since when there is nobody to compare with.
    static func named(unjudged: Int, of treated: Int, _ effects: GroupTimeEffects, _ panel: TreatmentPanel) -> String {
        let times = panel.times.indices.filter { time in
            panel.cohorts.contains { $0 <= time } && !effects.cells.contains { $0.time == time && $0.time >= $0.cohort }
        }
        let since = times.first.map { " (from \(panel.times[$0]) on nobody is untreated)" } ?? ""
        return
            "\(unjudged) of \(treated) treated unit-times have no comparison\(since): they are in no figure, the effect in all included. Add untreated units to judge them."
    }
}

extension Interval {
    /// An estimate of whose range nothing is known.
    static func unknown(_ estimate: Double) -> Interval {
        Interval(estimate: estimate, lower: -.infinity, upper: .infinity)
    }
}
