import WeirReporting

extension ExperimentResult {
    var metricSection: Report.Section {
        let rows = comparisons.map { comparison -> [ReportTable.Cell] in
            let unit = comparison.unit
            return [
                .text(comparison.metric), .text(comparison.arm), .number(comparison.controlSample.mean, unit),
                .number(comparison.armSample.mean, unit),
                .quantity(quantity(comparison.absolute, unit.ofDifference)),
                comparison.relative.map { .quantity(quantity($0, .percent)) } ?? .empty,
                .number(comparison.absolute.pValue, .probability), .number(comparison.adjustedPValue, .probability),
                .number(comparison.smallestFindableRelative, .percent), .text(comparison.method.rawValue),
            ]
        }
        var tables = [
            ReportTable(
                name: "metrics", caption: "Each arm against “\(arms[0].name)”",
                columns: [
                    .init("metric", "Metric"), .init("arm", "Arm"), .init("control_mean", arms[0].name),
                    .init("arm_mean", "Arm's mean"),
                    .init("difference", "Difference"), .init("relative", "Relative"), .init("p_value", "p"),
                    .init("adjusted_p_value", "p, adjusted"), .init("findable", "Findable"), .init("method", "Method"),
                ], rows: rows)
        ]
        if comparisons.contains(where: { $0.posterior != nil || $0.betaBinomial != nil }) { tables.append(bayesTable) }
        let adjusted = comparisons.filter { $0.adjustment != nil }
        let text = adjusted.map { comparison in
            "What was known before the test took away \(Quantity.Unit.percent.text(comparison.adjustment!.varianceReduction)) of the variance of \(comparison.metric) (\(comparison.arm)); the means shown are as measured."
        }
        return Report.Section("Effects", text: text, charts: effectChart.map { [$0] } ?? [], tables: tables)
    }

    private var effectChart: Chart? {
        let known = comparisons.filter { $0.relative?.lower.isFinite == true && $0.relative?.upper.isFinite == true }
        guard !known.isEmpty else { return nil }
        let best = known.count { $0.isSignificant }
        return Chart(
            name: "effects", title: "Relative effects with their \(Quantity.Unit.percent.text(confidence)) ranges",
            summary: "\(best) of \(known.count) effects differ from zero beyond chance.",
            .intervals(
                known.map { .init("\($0.metric), \($0.arm)", quantity($0.relative!, .percent)) }, unit: .percent,
                zero: 0))
    }

    private var bayesTable: ReportTable {
        ReportTable(
            name: "bayes", caption: "What to believe after the test",
            columns: [
                .init("metric", "Metric"), .init("arm", "Arm"), .init("relative", "Relative effect"),
                .init("chance", "Chance that it is better"), .init("loss", "Loss if chosen wrongly"),
                .init("beta_binomial_chance", "Chance that the share is higher, flat prior"),
            ],
            rows: comparisons.filter { $0.posterior != nil || $0.betaBinomial != nil }.map { comparison in
                let posterior = comparison.posterior
                let effect = posterior.map {
                    Quantity($0.mean, .percent, lower: $0.lower, upper: $0.upper, confidence: confidence)
                }
                return [
                    .text(comparison.metric), .text(comparison.arm), effect.map { .quantity($0) } ?? .empty,
                    .number(posterior?.chanceToBeat, .probability), .number(posterior?.lossOfTreatment, .percent),
                    .number(comparison.betaBinomial?.chanceToBeat, .probability),
                ]
            })
    }

    var guardrailSection: Report.Section {
        let rows = guardrails.map { reading -> [ReportTable.Cell] in
            [
                .text(reading.metric), .text(reading.arm), .quantity(quantity(reading.effect, .percent)),
                .number(reading.margin, .percent), .text(reading.verdict.rawValue),
            ]
        }
        return Report.Section(
            "Guardrails",
            text: ["Each end of a range holds by itself at any time, so an arm may be stopped the day it crosses."],
            tables: [
                ReportTable(
                    name: "guardrails",
                    columns: [
                        .init("metric", "Metric"), .init("arm", "Arm"), .init("relative", "Relative effect"),
                        .init("margin", "Tolerated loss"), .init("verdict", "Verdict"),
                    ], rows: rows)
            ])
    }

    var quantileSection: Report.Section {
        let rows = quantiles.map { reading -> [ReportTable.Cell] in
            func cell(_ quantile: QuantileSummary) -> ReportTable.Cell {
                .quantity(
                    Quantity(
                        quantile.value, reading.unit, lower: quantile.lower, upper: quantile.upper,
                        confidence: confidence))
            }
            return [
                .text(reading.metric), .number(reading.share, .percent), .text(reading.arm),
                cell(reading.controlQuantile),
                cell(reading.armQuantile), reading.difference.map { .quantity(quantity($0, reading.unit)) } ?? .empty,
                .number(reading.difference?.pValue, .probability),
            ]
        }
        return Report.Section(
            "Quantiles",
            text: ["Arms' ranges are order statistics, which need no assumption; p-values here stand alone."],
            tables: [
                ReportTable(
                    name: "quantiles",
                    columns: [
                        .init("metric", "Metric"), .init("quantile", "Quantile"), .init("arm", "Arm"),
                        .init("control_value", arms[0].name), .init("arm_value", "Arm"),
                        .init("difference", "Difference"),
                        .init("p_value", "p"),
                    ], rows: rows)
            ])
    }

    var segmentSection: Report.Section {
        let tests = segments.map { reading -> [ReportTable.Cell] in
            [
                .text(reading.segment), .text(reading.metric), .text(reading.arm), .number(reading.chiSquare),
                .count(reading.degreesOfFreedom), .number(reading.pValue, .probability),
                .number(reading.adjustedPValue, .probability),
            ]
        }
        let levels = segments.flatMap { reading in
            reading.levels.map { level -> [ReportTable.Cell] in
                [
                    .text(reading.segment), .text(level.name), .text(reading.metric), .text(reading.arm),
                    .count(level.controlSample.count + level.armSample.count),
                    .quantity(quantity(level.absolute, reading.unit.ofDifference)),
                    level.relative.map { .quantity(quantity($0, .percent)) } ?? .empty,
                    .number(level.adjustedPValue, .probability),
                ]
            }
        }
        return Report.Section(
            "Segments",
            text: [
                "First whether the effect differs at all; only then look at single levels. All p-values answer for their number."
            ], charts: segments.first.flatMap(chart).map { [$0] } ?? [],
            tables: [
                ReportTable(
                    name: "interactions", caption: "Is the effect the same in all levels?",
                    columns: [
                        .init("segment", "Segment"), .init("metric", "Metric"), .init("arm", "Arm"),
                        .init("q", "Cochran's Q"),
                        .init("degrees_of_freedom", "Degrees of freedom"), .init("p_value", "p"),
                        .init("adjusted_p_value", "p, adjusted"),
                    ], rows: tests),
                ReportTable(
                    name: "segments", caption: "Effects by level",
                    columns: [
                        .init("segment", "Segment"), .init("level", "Level"), .init("metric", "Metric"),
                        .init("arm", "Arm"),
                        .init("units", "Units"), .init("difference", "Difference"), .init("relative", "Relative"),
                        .init("adjusted_p_value", "p, adjusted"),
                    ], rows: levels),
            ])
    }

    private func chart(_ reading: SegmentReading) -> Chart? {
        let known = reading.levels.filter { $0.absolute.lower.isFinite && $0.absolute.upper.isFinite }
        guard !known.isEmpty else { return nil }
        let unit = reading.unit.ofDifference
        return Chart(
            name: "segments", title: "Effect of \(reading.arm) on \(reading.metric) by \(reading.segment)",
            summary:
                "Differences between levels have the p-value \(Quantity.Unit.probability.text(reading.adjustedPValue)).",
            .intervals(known.map { .init($0.name, quantity($0.absolute, unit)) }, unit: unit, zero: 0))
    }

    var robustSection: Report.Section {
        func shown(_ effect: Effect, _ metric: String) -> ReportTable.Cell {
            .quantity(quantity(effect, (comparisons.first { $0.metric == metric }?.unit ?? .number()).ofDifference))
        }
        let rows = robust.map { reading -> [ReportTable.Cell] in
            [
                .text(reading.metric), .text(reading.arm),
                comparisons.first { $0.metric == reading.metric && $0.arm == reading.arm }
                    .map { shown($0.absolute, reading.metric) } ?? .empty,
                shown(reading.winsorised, reading.metric), shown(reading.without, reading.metric),
                .number(reading.farthest), .text(reading.farthestArm),
            ]
        }
        let text = cuts.map { cut in
            "\(cut.metric): \(counted(cut.cut, "value", "values")) beyond \(Quantity.Unit.number().text(cut.ceiling)) were set to it\(cut.floor.isFinite ? ", those below \(Quantity.Unit.number().text(cut.floor)) to that" : ""), which takes away \(Quantity.Unit.percent.text(cut.shareCut)) of its sum."
        }
        let columns: [ReportTable.Column] = [
            .init("metric", "Metric"), .init("arm", "Arm"), .init("difference", "Difference"),
            .init("winsorised", "Largest hundredth cut"), .init("without_farthest", "Without the farthest value"),
            .init("farthest", "Farthest value"), .init("farthest_arm", "Its arm"),
        ]
        return Report.Section(
            "Readings that one value cannot carry", text: text,
            tables: rows.isEmpty ? [] : [ReportTable(name: "robust", columns: columns, rows: rows)])
    }

    var timelineSection: Report.Section {
        let metric = comparisons[0]
        let unit = metric.unit.ofDifference
        // The first days' ranges are so wide that they would hide all others.
        let last = Dictionary(timeline.map { ($0.arm, $0.effect.upper - $0.effect.lower) }) { $1 }
        let charts = arms.dropFirst().compactMap { arm -> Chart? in
            let points = timeline.filter {
                $0.arm == arm.name && $0.effect.upper - $0.effect.lower < 6 * (last[arm.name] ?? .infinity)
            }
            guard points.count > 1 else { return nil }
            let times = points.map(\.time)
            return Chart(
                name: "over-time-\(arm.name.asName.replacing("_", with: "-"))",
                title: "\(metric.metric): \(arm.name) minus \(arms[0].name), all units until then",
                summary:
                    "The band holds the truth at all times together; where it leaves zero the effect is beyond chance.",
                .lines(
                    .init(
                        series: [.init(arm.name, x: times, y: points.map(\.effect.value))],
                        band: .init(x: times, lower: points.map(\.effect.lower), upper: points.map(\.effect.upper)),
                        horizontal: .time, unit: unit, level: 0)))
        }
        return Report.Section("Over time", charts: charts)
    }

    var armSection: Report.Section {
        let whole = Double(max(1, arms.reduce(0) { $0 + $1.units }))
        let rows = arms.map { arm -> [ReportTable.Cell] in
            [
                .text(arm.name), .count(arm.units), .number(Double(arm.units) / whole, .percent),
                plan == .stated ? .number(arm.plannedShare, .percent) : .empty,
            ]
        }
        let test =
            "Chi-square \(Quantity.Unit.number().text(sampleRatio.chiSquare)), \(sampleRatio.degreesOfFreedom) degrees of freedom, p \(Quantity.Unit.probability.text(sampleRatio.pValue))."
        let extent = isSampleRatioMismatch ? "by more" : "by no more"
        let text =
            switch plan {
            case .stated: "The shares differ from the plan \(extent) than chance explains. \(test)"
            case .presumed:
                "No plan was stated (--shares); from equal shares they differ \(extent) than chance explains. \(test)"
            case .unknown:
                "No plan was stated, and shares so far apart were hardly to be equal, so they were checked against none. Give the planned ones as --shares A=0.9,B=0.1 to have them checked."
            }
        return Report.Section(
            "Arms", text: [text],
            tables: [
                ReportTable(
                    name: "arms",
                    columns: [
                        .init("arm", "Arm"), .init("units", isSwitchback ? "Periods" : "Units"),
                        .init("share", "Share"),
                        .init("planned_share", "Planned"),
                    ], rows: rows)
            ])
    }
}
