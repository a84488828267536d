package import WeirReporting
import WeirStatistics

extension DifferenceInDifferences {
    /// - Parameters:
    ///   - outcome: What is counted, such as `orders`.
    ///   - unit: Of the outcome.
    ///   - data: What it rests on, such as the file.
    package func report(outcome: String, unit: Quantity.Unit = .number(), data: [String] = []) -> Report {
        func shown(_ interval: Interval, _ unit: Quantity.Unit) -> Quantity {
            guard !interval.lower.isNaN else { return Quantity(interval.estimate, unit) }
            return Quantity(
                interval.estimate, unit, lower: interval.lower, upper: interval.upper, confidence: setting.confidence)
        }
        let treated = panel.units.indices.filter(panel.isTreated).count
        let total = Interval(
            estimate: effect.estimate * Double(treatedCount), lower: effect.lower * Double(treatedCount),
            upper: effect.upper * Double(treatedCount))
        var figures: [Report.Figure] = [
            .init("effect", "Effect per treated unit and time", shown(effect, unit)),
            .init("total_effect", "Effect in all", shown(total, unit)),
        ]
        if let lift { figures.append(.init("lift", "Lift", shown(lift, .percent))) }
        figures.append(.init("p_value", "How rarely chance does this", Quantity(probability, .probability)))
        if let p = eventStudy.preTrend {
            figures.append(.init("pre_trend_p_value", "Parallel before (p-value)", Quantity(p, .probability)))
        }
        figures.append(.init("treated_mean", "Treated mean", Quantity(treatedMean, unit)))
        var report = Report(
            kind: "difference-in-differences", title: "What the treatment changed in \(outcome)",
            figures: figures, warnings: warnings,
            sections: [pictures(outcome, unit), before(unit, shown), estimates(unit, shown)],
            assumptions: [
                "Without the treatment, treated and control units would have moved in parallel.",
                "The treatment of one unit does not reach others, and nobody acts on it before it starts.",
                "Clusters are independent of each other.",
            ],
            data: data + [
                "\(panel.units.count) units (\(treated) treated) in \(panel.clusterCount) clusters, \(panel.times.count) times from "
                    + "\(panel.times.first ?? "") to \(panel.times.last ?? ""); \(treatedCount) treated unit-times.",
                "Method: \(method.rawValue); controls: \(controls.rawValue); seed \(setting.seed).",
            ])
        report.understood = panel.understood
        report.conclude(verdict(outcome, shown(effect, unit)), doubts)
        return report
    }

    private func verdict(_ outcome: String, _ effect: Quantity) -> Verdict {
        let (low, high) = (effect.lower ?? 0, effect.upper ?? 0)
        let share = lift.map { ", a lift of " + Quantity.Unit.percent.text($0.estimate) } ?? ""
        if low > 0 || high < 0 {
            return Verdict(
                findings: [
                    "The treatment \(low > 0 ? "raised" : "lowered") \(outcome) by \(effect.text) per treated unit and time\(share); chance "
                        + "alone does this with probability \(shortProbability(probability))."
                ],
                advice: [
                    low > 0
                        ? "It worked where it was tried: weigh the low end, \(effect.unit.text(low)), against its cost before going on."
                        : "It did harm where it was tried: stop it, or find what else changed for these units then."
                ])
        }
        return Verdict(
            findings: [
                "No effect on \(outcome) is proved: \(effect.text) per treated unit and time, which includes zero.",
                "An effect within this range may still exist. Treat more units, wait longer, or choose steadier ones.",
            ])
    }

    private func pictures(_ outcome: String, _ unit: Quantity.Unit) -> Report.Section {
        let places = panel.times.indices.map(Double.init)
        func means(_ units: [Int]) -> (x: [Double], y: [Double]) {
            let values = panel.times.indices.map { time in
                RunningMoments(units.map { panel.outcomes[$0][time] }.filter { !$0.isNaN })
            }
            let known = panel.times.indices.filter { values[$0].count > 0 }
            return (known.map { places[$0] }, known.map { values[$0].mean })
        }
        var series: [Chart.Series] = []
        for cohort in panel.cohorts.prefix(6) {
            let (x, y) = means(panel.units.indices.filter { panel.adoption[$0] == cohort })
            series.append(.init(isStaggered ? "treated from \(panel.times[cohort])" : "treated", x: x, y: y))
        }
        let (x, y) = means(panel.units.indices.filter { !panel.isTreated($0) })
        if !x.isEmpty { series.append(.init("not treated", .reference, x: x, y: y)) }
        let marks = panel.cohorts.prefix(6).map { Chart.Mark("from \(panel.times[$0])", at: Double($0)) }
        let ages = eventStudy.points.map { Double($0.age) }
        return Report.Section(
            "Before and after",
            charts: [
                Chart(
                    name: "means", title: "Mean \(outcome) per unit",
                    summary:
                        "Means of treated and untreated units over time; they should move in parallel before the mark.",
                    .lines(
                        Chart.Lines(
                            series: series, horizontal: .number(label: "time, counted from \(panel.times.first ?? "")"),
                            unit: unit, marks: marks))),
                Chart(
                    name: "event-study", title: "Effect by time since the treatment began, with its range",
                    summary: "Before 0 the range should hold zero; from 0 on the line is the effect.",
                    .lines(
                        Chart.Lines(
                            series: [.init("effect", x: ages, y: eventStudy.points.map(\.effect.estimate))],
                            band: .init(
                                x: ages, lower: eventStudy.points.map(\.effect.lower),
                                upper: eventStudy.points.map(\.effect.upper)),
                            horizontal: .number(label: "times since the treatment began"), unit: unit,
                            marks: [.init("start", at: 0)], level: 0))),
            ])
    }

    private func before(_ unit: Quantity.Unit, _ shown: (Interval, Quantity.Unit) -> Quantity) -> Report.Section {
        var text: [String] = []
        if let p = eventStudy.preTrend {
            text.append(
                "Over the \(eventStudy.testedLeads) times tested before the treatment, differences as large as seen come about by chance "
                    + "with probability \(shortProbability(p)).")
        }
        if let slope = eventStudy.preTrendSlope {
            text.append("The difference grew by \(shown(slope, unit).text) per time before it.")
        }
        if eventStudy.preTrend != nil {
            text.append("A test that finds nothing does not prove that trends were parallel; read the range, too.")
        }
        return Report.Section(
            "Were trends parallel before?", text: text,
            tables: [
                ReportTable(
                    name: "event-study",
                    columns: [.init("age", "Times since start"), .init("effect", "Effect")],
                    rows: eventStudy.points.map {
                        [.number(Double($0.age), .number(digits: 0)), .quantity(shown($0.effect, unit))]
                    })
            ])
    }

    private func estimates(_ unit: Quantity.Unit, _ shown: (Interval, Quantity.Unit) -> Quantity) -> Report.Section {
        var rows: [[ReportTable.Cell]] = []
        if let twoWay {
            rows.append([
                .text(Method.twoWay.rawValue + (isStaggered ? " (biased here)" : "")),
                .quantity(shown(twoWay.interval(confidence: setting.confidence), unit)),
                .number(twoWay.probability, .probability),
            ])
        }
        if let bootstrap {
            rows.append([
                .text(Method.twoWayBootstrap.rawValue), .quantity(shown(bootstrap.interval, unit)),
                .number(bootstrap.probability, .probability),
            ])
        }
        if isStaggered {
            rows.append([
                .text(Method.groupTime.rawValue), .quantity(shown(effect, unit)), .number(probability, .probability),
            ])
        }
        let cells = groupTime.cells.filter { $0.time >= $0.cohort }.map { cell in
            [
                ReportTable.Cell.text(panel.times[cell.cohort]), .text(panel.times[cell.time]), .count(cell.units),
                .number(cell.effect, unit),
            ]
        }
        return Report.Section(
            "Estimates",
            tables: [
                ReportTable(
                    name: "estimates",
                    columns: [.init("method", "Method"), .init("effect", "Effect"), .init("p_value", "P-value")],
                    rows: rows)
            ]
                + (isStaggered
                    ? [
                        ReportTable(
                            name: "group-time", caption: "Effects by adoption time and time.",
                            columns: [
                                .init("adopted", "Adopted"), .init("time", "Time"), .init("units", "Units"),
                                .init("effect", "Effect"),
                            ], rows: cells)
                    ] : []))
    }
}
