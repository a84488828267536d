package import WeirReporting
import WeirStatistics

extension SyntheticControlStudy {
    /// Runs the study and says what it found.
    ///
    /// - Parameter source: Named under “Data”.
    package func report(source: String) throws -> Report {
        let result = try run()
        let fit = result.fit
        let after = panel.periods.count - fit.before
        var report = Report(kind: "synthetic-control", title: "Synthetic control: \(treated)")
        let unit = Quantity.Unit.number()
        let verb = fit.effect > 0 ? "higher" : "lower"
        var verdict = Verdict(findings: [
            "From \(panel.periods[fit.before].label) on, \(outcome) of \(treated) was on average \(unit.text(abs(fit.effect))) (\(Quantity.Unit.percent.text(abs(fit.lift)))) \(verb) than that of its mix of donors."
        ])
        if !result.placebos.isEmpty {
            let places = result.placebos.count + 1
            verdict.append(
                "Of \(places) units treated in turn, its gap ranks \(result.rank) by size after against before: p = \(Quantity.Unit.probability.text(result.pValue)). "
                    + (result.pValue < 0.05
                        ? "So large a gap is unlikely to be chance."
                        : result.pValue * Double(places) < 1.5
                            ? "No donor shows a larger one, but there are too few donors to be sure."
                            : "A gap of this size is not rare among untreated units, so it may be chance."))
        }
        report.figures = [
            Report.Figure("att", "Mean effect per period", Quantity(fit.effect, unit)),
            Report.Figure("lift", "Effect against the counterfactual", Quantity(fit.lift, .percent)),
            Report.Figure("pre_mspe", "Mean squared gap before", Quantity(fit.errorBefore, unit)),
            Report.Figure("pre_rmspe", "Its root", Quantity(fit.errorBefore.squareRoot(), unit)),
            Report.Figure(
                "scaled_l2_imbalance", "Error over that of the plain mean",
                Quantity(fit.scaledImbalance, .number(digits: 4))),
        ]
        if !predictors.isEmpty {
            report.figures.append(
                Report.Figure(
                    "search_mspe", "Mean squared gap in the search's window", Quantity(result.searchLoss, unit)))
        }
        if !result.placebos.isEmpty {
            report.figures += [
                Report.Figure("placebo_rank", "Rank among placebos", Quantity(Double(result.rank), .count)),
                Report.Figure("placebo_p_value", "Placebo p", Quantity(result.pValue, .probability)),
            ]
        }
        report.warnings = result.warnings
        report.sections = sections(result)
        report.assumptions = [
            "Without the treatment, \(treated) would have kept following the mix of donors that matched it before.",
            "The treatment did not change the donors, and nothing else set them apart afterwards.",
            "The placebo p-value takes each unit as equally likely to have been treated.",
        ]
        report.data = [
            "\(source): \(panel.units.count) units, \(panel.periods.count) periods, \(panel.periods[0].label) to \(panel.periods.last!.label).",
            "\(fit.before) periods before the treatment, \(after) from it on; \(result.donors.count) donors.",
            "Method \(method.name)\(isDemeaned ? ", each unit's mean taken out" : "")\(fit.tuning.map { ", tuning \($0)" } ?? "")\(predictors.isEmpty ? "" : ", importances of \(predictors.count) predictors searched from \(1 + starts) start\(starts == 0 ? "" : "s")").",
        ]
        report.understood =
            "\(panel.understood("units")); “\(treated)” treated from \(panel.periods[fit.before].label) on, \(result.donors.count) donors."
        report.conclude(verdict, doubts(result))
        return report
    }

    /// Mean squared gap over the periods that importances minimise.
    private func errorInWindow(_ fit: SyntheticFit) -> Double {
        let rows = panel.periods.indices.filter {
            window.isEmpty ? $0 < fit.before : window.contains(panel.periods[$0].position)
        }
        return rows.reduce(0) { $0 + fit.gap[$1] * fit.gap[$1] } / Double(rows.count)
    }

    private func doubts(_ result: Result) -> [Doubt] {
        let weights = result.fit.weights
        var doubts: [Doubt] = []
        let size = result.fit.counterfactual.reduce(0) { max($0, abs($1)) }
        if result.fit.errorBefore.squareRoot() <= 1e-9 * size {
            doubts.append(
                Doubt(
                    "The donors match \(treated) to the last digit before the treatment, so no gap after it can be called large. Check whether it stands in the file under two names, or is computed from others.",
                    voiding: "the match before the treatment leaves no noise to judge by"))
        }
        if let most = weights.indices.max(by: { weights[$0] < weights[$1] }), weights[most] > 0.95 {
            doubts.append(
                Doubt(
                    "The comparison rests on “\(panel.units[result.donors[most]])” alone (weight \(Quantity.Unit.percent.text(weights[most]))); what happened there decides the answer."
                ))
        }
        if result.fit.scaledImbalance > 0.5 {
            doubts.append(
                Doubt(
                    "The donors match \(treated) badly before the treatment (\(Quantity.Unit.percent.text(result.fit.scaledImbalance)) of the plain mean's error remains). Add donors, demean, or use method ridge.",
                    voiding: result.fit.scaledImbalance > 0.9 ? "no mix of donors is like \(treated)" : nil
                ))
        }
        if method != .classic, result.fit.before < 2 * result.donors.count {
            doubts.append(
                Doubt(
                    "\(result.fit.before) periods are few for \(result.donors.count) free weights: the method may follow noise. Compare with the classic one."
                ))
        }
        return doubts
    }

    private func sections(_ result: Result) -> [Report.Section] {
        let fit = result.fit
        let observed = panel.outcome.column(result.treated)
        let names = result.donors.map { panel.units[$0] }
        let drawing = GapDrawing(
            periods: panel.periods, isDated: panel.isDated, before: fit.before, observed: observed, fit: fit,
            unit: .number())
        let rows = panel.periods.indices.map { index -> [ReportTable.Cell] in
            [
                .text(panel.periods[index].label), .number(observed[index]), .number(fit.counterfactual[index]),
                .number(fit.gap[index]),
            ]
        }
        var sections = [
            Report.Section(
                "Observed and expected", charts: drawing.charts(prefix: "", outcome: outcome),
                tables: [
                    ReportTable(
                        name: "periods",
                        columns: [
                            .init("period", "Period"), .init("observed", "Observed"),
                            .init("counterfactual", "Expected"), .init("gap", "Gap"),
                        ],
                        rows: rows)
                ]),
            drawing.weights(prefix: "", heading: "", names: names),
        ]
        if !predictors.isEmpty {
            let rows = predictors.indices.map { index -> [ReportTable.Cell] in
                [.text(predictors[index].column), .number(result.importances[index], .number(digits: 4))]
            }
            sections.append(
                Report.Section(
                    "How much each predictor counts",
                    text: ["Many importances give the same weights; do not read them as causes."],
                    tables: [
                        ReportTable(
                            name: "importances",
                            columns: [.init("predictor", "Predictor"), .init("importance", "Importance")], rows: rows)
                    ]))
        }
        guard !result.placebos.isEmpty else { return sections }
        let close = zip(names, result.placebos).filter { $0.1.errorBefore <= 20 * fit.errorBefore }
        let left = names.count - close.count
        let ranked = (zip(names, result.placebos).map { ($0, $1) } + [(treated, fit)]).sorted {
            (-result.ratio(of: $0.1), $0.0) < (-result.ratio(of: $1.1), $1.0)
        }
        let table = ReportTable(
            name: "placebos", caption: "Mean squared gap after over before",
            columns: [
                .init("unit", "Unit"), .init("ratio", "Ratio"), .init("pre_mspe", "Before"),
                .init("window_mspe", "In the window"),
                .init("effect", "Mean gap after"),
            ],
            rows: ranked.map { name, fit in
                [
                    .text(name), .number(result.ratio(of: fit)), .number(fit.errorBefore), .number(errorInWindow(fit)),
                    .number(fit.effect),
                ]
            })
        sections.append(
            Report.Section(
                "Placebo test",
                text: left > 0
                    ? [
                        "\(left) donors whose error before is over 20 times the treated unit's are left out of the picture, not of the rank."
                    ] : [],
                charts: [drawing.placebos(close.map { (name: $0.0, fit: $0.1) })], tables: [table]))
        return sections
    }
}
