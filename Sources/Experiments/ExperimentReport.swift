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
    if !result.robust.isEmpty || !result.cuts.isEmpty { sections.append(result.robustSection) }
    if !result.quantiles.isEmpty { sections.append(result.quantileSection) }
    if !result.segments.isEmpty { sections.append(result.segmentSection) }
    if !result.timeline.isEmpty { sections.append(result.timelineSection) }
    sections.append(result.armSection)
    var report = Report(
        kind: "experiment", title: "Experiment \(result.name)", figures: result.figures, warnings: result.warnings,
        sections: sections, assumptions: result.assumptions, data: data)
    report.understood = result.understood
    report.conclude(result.verdict, result.doubts)
    return report
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
            .init(
                "sample_ratio_p_value",
                plan == .stated
                    ? "p-value of the sample ratio" : "p-value of the sample ratio, were equal shares planned",
                Quantity(plan == .unknown ? .nan : sampleRatio.pValue, .probability)))
        if let clusters {
            figures.append(
                .init("clusters", "Levels of \(clusters.name)", Quantity(Double(clusters.counts.reduce(0, +)), .count)))
        }
        return figures
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
        if let clusters {
            list.append(
                "Levels of \(clusters.name) were assigned by chance, and vary by themselves; effects are per unit, so large ones weigh more."
            )
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
                "Shares with fewer than \(MetricComparison.fewestForWelch) successes or failures in an arm have Fisher's exact p-value, and ranges that agree with it and hold the truth at least as often as stated."
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
