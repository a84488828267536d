import Foundation
import WeirMeasuring
package import WeirReporting

extension InterruptedSeries {
    /// The report, with what the same method finds where nothing happened and whether the controls stayed out of it.
    ///
    /// - Parameters:
    ///   - outcome: What is counted, such as `orders`.
    ///   - unit: Of the outcome.
    ///   - data: What it rests on, such as the file.
    package func report(outcome: String, unit: Quantity.Unit = .number(), data: [String] = []) -> Report {
        func shown(_ quantity: Quantity) -> Quantity {
            var quantity = quantity
            quantity.unit = unit
            return quantity
        }
        let placebo = placebo()
        let controls = controlEffects()
        var report = Report(
            kind: "interrupted-series", title: "What changed in \(outcome) since \(series.label(ofDay: setting.start))",
            figures: [
                .init("cumulative_effect", "Effect in all", shown(cumulative)),
                .init("average_effect", "Effect per step", shown(average)),
                .init("lift", "Lift", lift),
                .init("p_value", "How rarely chance does this", Quantity(probability, .probability)),
                .init("chance_above_zero", "Chance of a gain", Quantity(chanceAboveZero, .probability)),
                .init("observed", "Observed in all", Quantity(observedSum, unit)),
                .init("expected", "Expected in all without it", shown(expectedSum)),
            ],
            warnings: warnings,
            sections: [pictures(outcome, unit), checks(placebo, controls, shown), model(shown), table(shown)],
            assumptions: [
                "Nothing else changed at the start that is not declared as an event or followed by a control.",
                "The intervention did not reach the controls.",
                "Level, season and the influence of events and controls go on as before the start.",
            ],
            data: data + [
                "\(learntSteps) values before the start, \(countedSteps) judged from "
                    + "\(series.label(ofDay: steps.first?.day ?? 0)) to \(series.label(ofDay: steps.last?.day ?? 0))."
            ])
        report.understood = understood
        report.conclude(verdict(outcome, shown), doubts + doubts(placebo, controls))
        return report
    }

    /// How the series was read.
    private var understood: String {
        let count = series.values.count
        let span = series.column?.understood ?? "\(count) values, \(series.stepName) by \(series.stepName)"
        let missing = series.values.count { $0.isNaN }
        let season = seasonPeriod.map { "a season of \($0) \(series.stepName)s" } ?? "no season"
        let waves = setting.yearlyWaves > 0 ? " and \(setting.yearlyWaves) waves over the year" : ""
        return
            "\(span)\(missing > 0 ? " (\(missing) without a value)" : ""); judged from \(series.date(startIndex)) on; \(season)\(waves)."
    }

    private func verdict(_ outcome: String, _ shown: (Quantity) -> Quantity) -> Verdict {
        let percent = String(format: "%g %%", setting.confidence * 100)
        let (low, high) = (cumulative.lower ?? 0, cumulative.upper ?? 0)
        let sum = shown(cumulative).text
        if low > 0 || high < 0 {
            return Verdict(
                findings: [
                    "Since the start \(outcome) came \(low > 0 ? "higher" : "lower") than expected by \(sum) in all, a lift of "
                        + "\(lift.text); chance alone does this with probability \(shortProbability(probability))."
                ],
                advice: [
                    low > 0
                        ? "It worked: weigh the low end of the range, \(shown(cumulative).unit.text(low)), against what it cost."
                        : "It did harm, or something else went wrong then: stop it, or find what else changed."
                ])
        }
        return Verdict(findings: [
            "No effect on \(outcome) is proved: \(sum) in all (\(percent) range), which includes zero.",
            "An effect within this range may still exist. Let it run longer, add controls, or test by a holdout.",
        ])
    }

    private func pictures(_ outcome: String, _ unit: Quantity.Unit) -> Report.Section {
        let seconds = { (day: Int) in Double(day) * 86_400 }
        // Of a long past only the last part, so that the range since the start can be seen.
        let first = series.day(max(0, startIndex - max(60, 3 * steps.count)))
        let observed = series.values.indices.filter {
            !series.values[$0].isNaN && series.day($0) >= first && series.day($0) <= (steps.last?.day ?? 0)
        }
        let expected = fitted.filter { $0.day >= first } + steps.map { (day: $0.day, value: $0.expected.value) }
        let known = steps.filter {
            ($0.expected.upper ?? .infinity).isFinite && ($0.expected.lower ?? -.infinity).isFinite
        }
        let mark = Chart.Mark("start", at: seconds(setting.start))
        let percent = String(format: "%g %%", setting.confidence * 100)
        return Report.Section(
            "Observed and expected",
            charts: [
                Chart(
                    name: "observed-expected", title: "\(outcome) and what was expected, with its \(percent) range",
                    summary: "Observed values against those expected without the intervention.",
                    .lines(
                        Chart.Lines(
                            series: [
                                .init(
                                    "observed", x: observed.map { seconds(series.day($0)) },
                                    y: observed.map { series.values[$0] }),
                                .init(
                                    "expected", .reference, x: expected.map { seconds($0.day) },
                                    y: expected.map(\.value)),
                            ], band: band(known) { $0.expected }, horizontal: .time, unit: unit, marks: [mark]))),
                Chart(
                    name: "cumulative-effect", title: "Effect so far, with its \(percent) range",
                    summary: "The effect summed since the start; it is proved where the range leaves zero.",
                    .lines(
                        Chart.Lines(
                            series: [
                                .init(
                                    "effect so far", x: steps.map { seconds($0.day) },
                                    y: steps.map(\.cumulative.value))
                            ], band: band(steps) { $0.cumulative }, horizontal: .time, unit: unit, level: 0))),
            ])
    }

    private func band(_ steps: [Step], _ part: (Step) -> Quantity) -> Chart.Band {
        Chart.Band(
            x: steps.map { Double($0.day) * 86_400 }, lower: steps.map { part($0).lower ?? .nan },
            upper: steps.map { part($0).upper ?? .nan })
    }

    private func checks(
        _ placebo: InterruptedSeries?, _ controls: [(name: String, result: InterruptedSeries)],
        _ shown: (Quantity) -> Quantity
    ) -> Report.Section {
        var rows: [[ReportTable.Cell]] = []
        if let placebo {
            rows.append([
                .text("the last \(placebo.steps.count) steps before the start"), .quantity(shown(placebo.average)),
                .quantity(placebo.lift), .number(placebo.probability, .probability),
            ])
        }
        for control in controls {
            rows.append([
                .text("control \(control.name)"), .quantity(control.result.average), .quantity(control.result.lift),
                .number(control.result.probability, .probability),
            ])
        }
        return Report.Section(
            "Where nothing should be found",
            tables: rows.isEmpty
                ? []
                : [
                    ReportTable(
                        name: "checks", caption: "A right model finds no effect here.",
                        columns: [
                            .init("where", "Where"), .init("average_effect", "Effect per step"), .init("lift", "Lift"),
                            .init("p_value", "P-value"),
                        ], rows: rows)
                ])
    }

    private func model(_ shown: (Quantity) -> Quantity) -> Report.Section {
        let deviations = variances.map { variance in
            [ReportTable.Cell.text(variance.name), .quantity(shown(Quantity(variance.value.squareRoot())))]
        }
        let parts = influences.map { [ReportTable.Cell.text($0.name), .quantity(shown($0.quantity))] }
        return Report.Section(
            "The model",
            tables: [
                ReportTable(
                    name: "deviations", caption: "Standard deviations per step, by maximum likelihood.",
                    columns: [.init("part", "Part"), .init("deviation", "Deviation")], rows: deviations)
            ]
                + (parts.isEmpty
                    ? []
                    : [
                        ReportTable(
                            name: "influences",
                            caption: "What events, waves and controls do to the outcome, per day or unit of theirs.",
                            columns: [.init("name", "Name"), .init("influence", "Influence")], rows: parts)
                    ]))
    }

    private func table(_ shown: (Quantity) -> Quantity) -> Report.Section {
        Report.Section(
            "By date",
            tables: [
                ReportTable(
                    name: "days",
                    columns: [
                        .init("date", "Date"), .init("observed", "Observed"), .init("expected", "Expected"),
                        .init("effect", "Effect"), .init("cumulative", "Effect so far"),
                    ],
                    rows: steps.map { step in
                        [
                            .text(series.label(ofDay: step.day)), .number(step.observed, shown(step.expected).unit),
                            .quantity(shown(step.expected)),
                            step.effect.value.isNaN ? .empty : .quantity(shown(step.effect)),
                            .quantity(shown(step.cumulative)),
                        ]
                    })
            ])
    }
}
