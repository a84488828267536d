package import WeirReporting

/// Analyses an experiment and puts what it found in words, figures and pictures.
///
/// - Throws: As `experimentResult`.
package func experimentReport(
    _ data: ExperimentData, settings: ExperimentSettings = ExperimentSettings()
) throws(MeasurementError) -> Report {
    experimentReport(try experimentResult(data, settings: settings))
}

/// - Parameter data: What it rests on: files, rows, period.
package func experimentReport(_ result: ExperimentResult, data: [String] = []) -> Report {
    var sections = [result.metricSection]
    if !result.guardrails.isEmpty { sections.append(result.guardrailSection) }
    if !result.quantiles.isEmpty { sections.append(result.quantileSection) }
    if !result.segments.isEmpty { sections.append(result.segmentSection) }
    if !result.timeline.isEmpty { sections.append(result.timelineSection) }
    sections.append(result.armSection)
    return Report(
        kind: "experiment", title: "Experiment \(result.name)", conclusion: result.conclusion,
        figures: result.figures, warnings: result.sampleRatioWarning + result.warnings, sections: sections,
        assumptions: result.assumptions, data: data)
}

extension ExperimentResult {
    var confidence: Double { settings.confidence }

    /// An effect as a quantity; the range is left out where an end is missing on both sides.
    func quantity(_ effect: Effect, _ unit: Quantity.Unit) -> Quantity {
        Quantity(effect.value, unit, lower: effect.lower, upper: effect.upper, confidence: confidence)
    }

    var figures: [Report.Figure] {
        guard let first = comparisons.first?.metric else { return [] }
        var figures: [Report.Figure] = []
        for comparison in comparisons where comparison.metric == first {
            let arm = comparisons.count { $0.metric == first } > 1 ? "_\(comparison.arm.asName)" : ""
            let label = "\(comparison.arm) against \(comparison.control), \(comparison.metric)"
            if let relative = comparison.relative {
                figures.append(.init("lift\(arm)", "\(label), relative", quantity(relative, .percent)))
            }
            figures.append(
                .init(
                    "difference\(arm)", "\(label), difference",
                    quantity(comparison.absolute, comparison.unit.ofDifference)))
            figures.append(
                .init("p_value\(arm)", "p-value, adjusted", Quantity(comparison.adjustedPValue, .probability)))
            if let posterior = comparison.posterior {
                figures.append(
                    .init(
                        "chance_to_beat\(arm)", "Chance that \(comparison.arm) is better",
                        Quantity(posterior.chanceToBeat, .probability)))
            }
        }
        figures.append(
            .init(
                "units", isSwitchback ? "Periods" : "Units", Quantity(Double(arms.reduce(0) { $0 + $1.units }), .count))
        )
        figures.append(
            .init("sample_ratio_p_value", "p-value of the sample ratio", Quantity(sampleRatio.pValue, .probability)))
        return figures
    }

    var sampleRatioWarning: [String] {
        guard isSampleRatioMismatch else { return [] }
        let seen = arms.map { "\($0.name) \(Quantity.Unit.count.text(Double($0.units)))" }.joined(separator: ", ")
        let planned = arms.map { Quantity.Unit.percent.text($0.plannedShare) }.joined(separator: ", ")
        return [
            "The arms did not get the units planned (\(seen); planned \(planned); p \(Quantity.Unit.probability.text(sampleRatio.pValue))). "
                + "Something other than chance chose who is counted, so do not act on the figures. Look for lost exposures, redirects or filters that differ by arm."
        ]
    }

    var assumptions: [String] {
        var list = ["Units were assigned by chance, and one unit's treatment does not change another's outcome."]
        switch settings.reading {
        case .fixed:
            list.append(
                "The end was fixed before the start: looking every day and stopping at the first good figure would find effects that are not there."
            )
        case .alwaysValid(let tuning):
            list.append(
                "Ranges and p-values hold at every look together (a confidence sequence, tightest near \(Quantity.Unit.count.text(tuning)) units); it may be stopped at any time."
            )
        case .groupSequential(let design, let look):
            list.append(
                "Look \(look) of \(design.looks.count), \(design.shape.rawValue); ranges and p-values hold at all planned looks together."
            )
        }
        if comparisons.contains(where: { $0.relative != nil }) {
            list.append(
                "Relative ranges follow the delta method; for large effects on small means they are rough, and the absolute ones decide."
            )
        }
        if settings.correction != .none, comparisons.count > 1 {
            list.append(
                "p-values are adjusted for \(comparisons.count { !isGuarded($0.metric) }) comparisons (\(settings.correction.rawValue)); ranges are of each comparison alone."
            )
        }
        if comparisons.contains(where: { $0.adjustment?.theta ?? 0 != 0 }) {
            list.append(
                "Values from before the test took noise away (CUPED); they were measured before any unit was treated.")
        }
        if comparisons.contains(where: { $0.adjustment?.isStratified == true }) {
            list.append("Arms were weighted to one mix of strata, known before the test.")
        }
        if isSwitchback {
            list.append(
                "Periods were assigned by chance, count alike, and what one period's treatment did is over before the next begins."
            )
        }
        if let prior = settings.prior, prior.isProper {
            list.append(
                "Bayes' reading believed beforehand that relative effects are about \(Quantity.Unit.percent.text(prior.mean)) ± \(Quantity.Unit.percent.text(prior.variance.squareRoot()))."
            )
        }
        if comparisons.contains(where: { $0.method == .exact }) {
            list.append(
                "Shares with fewer than \(MetricComparison.fewestForWelch) successes or failures in an arm have exact ranges, which hold the truth at least as often as stated, and Fisher's p-value."
            )
        }
        return list
    }

    func isGuarded(_ metric: String) -> Bool { settings.guardrails.contains { $0.metric == metric } }
}

extension Quantity.Unit {
    /// Of the difference of two values in this unit.
    var ofDifference: Quantity.Unit { self == .percent ? .points : self }
}

extension String {
    /// Lower case with underscores, for names of figures.
    var asName: String { String(lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }) }
}
