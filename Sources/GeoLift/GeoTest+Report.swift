package import WeirReporting
import WeirStatistics

extension GeoTest {
    /// What the report needs besides the test.
    package struct Wording: Sendable {
        /// Name of the outcome column.
        package var outcome: String
        /// What one outcome is worth, in the currency; nil where not known.
        package var value: Double?
        package var currency: String
        /// Named under “Data”.
        package var source: String

        package init(outcome: String, value: Double? = nil, currency: String = "USD", source: String) {
            self.outcome = outcome
            self.value = value
            self.currency = currency
            self.source = source
        }
    }

    /// Runs the test and says what it found.
    package func report(_ wording: Wording) throws -> Report {
        let results = try run()
        var report = Report(kind: "geo-lift", title: "Geo lift: what the campaign added")
        var (verdict, doubts) = (Verdict(), [Doubt]())
        for result in results {
            let prefix = results.count > 1 ? result.cell.name + "_" : ""
            let label = results.count > 1 ? result.cell.name + ": " : ""
            append(result, wording, label: label, to: &verdict)
            doubts += result.doubts.map { Doubt(label + $0.text, voiding: $0.voiding.map { label + $0 }) }
            report.figures += figures(result, wording, prefix: prefix, label: label)
            report.warnings += result.warnings.map { label + $0 }
        }
        report.warnings = panel.warnings + report.warnings
        if results.count > 1 { report.sections.append(comparison(results)) }
        for result in results {
            report.sections += sections(result, wording, cell: results.count > 1 ? result.cell.name : nil)
        }
        report.assumptions = [
            "Without the campaign the treated markets would have kept moving with the donors as before the test.",
            "The campaign did not reach the donors, and nothing else set treated markets and donors apart during the test.",
            "Residuals are alike in every period\(permutations == .shifts ? "" : " and have no memory"), apart from the effect.",
            "The interval of the average takes the effect as the same in each period of the test.",
        ]
        let chosen = results[0]
        report.data = [
            "\(wording.source): \(panel.units.count) markets, \(panel.periods.count) periods, \(panel.periods[0].label) to \(panel.periods.last!.label).",
            "Test from \(panel.periods[chosen.fit.before].label), \(chosen.length) periods after \(chosen.fit.before) without.",
            "Method \(method.name)\(isDemeaned ? ", each market's mean taken out" : "")\(chosen.fit.tuning.map { ", tuning \($0)" } ?? ""); \(donorCount(results)).",
            orders,
        ]
        report.understood = understood(results)
        report.conclude(verdict, doubts)
        return report
    }

    /// How the file was read.
    private func understood(_ results: [Result]) -> String {
        let treated = results.map { result in
            let names = listed(result.treated.map { "“\(panel.units[$0])”" })
            return results.count > 1 ? "\(result.cell.name): \(names)" : names
        }
        let first = panel.periods[results[0].fit.before].label
        let last = panel.periods[results[0].observed.count - 1].label
        return
            "\(panel.understood("markets")); campaign in \(treated.joined(separator: "; ")) from \(first) to \(last); \(results[0].donors.count) markets to compare with."
    }

    private var orders: String {
        "Intervals: conformal, "
            + (permutations == .shifts ? "all shifts in time" : "random orders")
            + "; p-value of any effect: \(Self.anyOrders) random orders, seed 1."
    }

    private func donorCount(_ results: [Result]) -> String {
        results.map { result in
            "\(result.fit.weights.count { abs($0) > 0.0005 }) of \(result.donors.count) donors have weight"
        }.joined(separator: "; ")
    }

    private func append(_ result: Result, _ wording: Wording, label: String, to verdict: inout Verdict) {
        let names = listed(result.treated.map { panel.units[$0] })
        let percent = Quantity.Unit.percent
        let range = "\(percent.text(result.lift.lower)) to \(percent.text(result.lift.upper))"
        let lift = percent.text(abs(result.fit.lift))
        let level = percent.text(confidence)
        let more = Quantity.Unit.count.text(abs(result.incremental.estimate))
        var sentences: [String] = []
        if !result.lift.estimate.isFinite {
            sentences.append(
                "\(label)Of \(wording.outcome) in \(names) nothing is expected without the campaign, or less, so there is no lift: \(Quantity.Unit.number().text(result.effect.estimate)) per market and period were measured."
            )
        } else if result.averagePValue < 1 - confidence {
            let verb = result.fit.lift > 0 ? "raised" : "lowered"
            sentences.append(
                "\(label)The campaign \(verb) \(wording.outcome) in \(names) by \(lift) (\(range) at \(level) confidence): \(more) \(result.fit.lift > 0 ? "more" : "fewer") in \(result.length) periods."
            )
        } else if result.pValue < 1 - confidence {
            sentences.append(
                "\(label)Something changed in \(names) during the test (p = \(Quantity.Unit.probability.text(result.pValue))), on average by \(percent.text(result.fit.lift)), but so unevenly that the average could lie anywhere from \(range). Take \(more) as the best single figure, not as settled."
            )
        } else {
            sentences.append(
                "\(label)The test does not show that the campaign changed \(wording.outcome) in \(names): \(percent.text(result.fit.lift)) measured, \(range) possible. A longer test or more markets would narrow this."
            )
        }
        if let spend = result.cell.spend, result.incremental.estimate > 0 {
            let each = Quantity.Unit.money(wording.currency).text(spend / result.incremental.estimate)
            sentences.append("\(label)Each incremental \(wording.outcome) cost \(each).")
        }
        for sentence in sentences { verdict.append(sentence) }
    }

    private func figures(_ result: Result, _ wording: Wording, prefix: String, label: String) -> [Report.Figure] {
        func quantity(_ interval: Interval, _ unit: Quantity.Unit) -> Quantity {
            guard !interval.lower.isNaN else { return Quantity(interval.estimate, unit) }
            return Quantity(
                interval.estimate, unit, lower: interval.lower, upper: interval.upper, confidence: confidence)
        }
        var figures = [
            Report.Figure(prefix + "lift", label + "Lift", quantity(result.lift, .percent)),
            Report.Figure(
                prefix + "incremental", label + "Incremental \(wording.outcome)", quantity(result.incremental, .count)),
            Report.Figure(
                prefix + "att", label + "Effect per market and period", quantity(result.effect, .number(digits: 3))),
            Report.Figure(
                prefix + "p_value", label + "p, no effect in any period", Quantity(result.pValue, .probability)),
            Report.Figure(
                prefix + "p_average", label + "p, no effect on average", Quantity(result.averagePValue, .probability)),
            Report.Figure(
                prefix + "l2_imbalance", label + "Error of the match before",
                Quantity(result.fit.imbalance, .number(digits: 3))),
            Report.Figure(
                prefix + "scaled_l2_imbalance", label + "The same over the plain mean's",
                Quantity(result.fit.scaledImbalance, .number(digits: 4))),
        ]
        guard let spend = result.cell.spend else { return figures }
        let money = Quantity.Unit.money(wording.currency)
        let extra = result.incremental
        // Where the effect may be 0 or less, the cost of one more has no upper end.
        func cost(_ count: Double) -> Double { count > 0 ? spend / count : .infinity }
        figures.append(
            Report.Figure(
                prefix + "cost_per_incremental", label + "Cost per incremental \(wording.outcome)",
                Quantity(
                    cost(extra.estimate), money, lower: cost(extra.upper), upper: cost(extra.lower),
                    confidence: confidence)))
        if let value = wording.value, spend > 0 {
            figures.append(
                Report.Figure(
                    prefix + "incremental_roas", label + "Incremental return on spend",
                    Quantity(
                        extra.estimate * value / spend, .ratio, lower: extra.lower * value / spend,
                        upper: extra.upper * value / spend, confidence: confidence)))
        }
        return figures
    }

    private func comparison(_ results: [Result]) -> Report.Section {
        func cell(_ interval: Interval, _ unit: Quantity.Unit) -> ReportTable.Cell {
            .quantity(
                Quantity(interval.estimate, unit, lower: interval.lower, upper: interval.upper, confidence: confidence))
        }
        let rows = results.map { result -> [ReportTable.Cell] in
            [
                .text(result.cell.name), .text(listed(result.treated.map { panel.units[$0] })),
                cell(result.lift, .percent),
                cell(result.incremental, .count), .number(result.pValue, .probability),
                .number(result.averagePValue, .probability),
            ]
        }
        let table = ReportTable(
            name: "cells",
            columns: [
                .init("cell", "Cell"), .init("markets", "Markets"), .init("lift", "Lift"),
                .init("incremental", "Incremental"),
                .init("p_value", "p, any"), .init("p_average", "p, average"),
            ], rows: rows)
        let chart = Chart(
            name: "cells", title: "Lift by cell",
            summary: results.map { "\($0.cell.name): \(Quantity.Unit.percent.text($0.fit.lift))" }.joined(
                separator: ", "),
            .intervals(
                results.filter { $0.lift.lower.isFinite && $0.lift.upper.isFinite }.map {
                    Chart.Row(
                        $0.cell.name,
                        Quantity(
                            $0.fit.lift, .percent, lower: $0.lift.lower, upper: $0.lift.upper, confidence: confidence))
                }, unit: .percent, zero: 0))
        return Report.Section(
            "Cells side by side", text: ["No cell's markets serve as donors for another."], charts: [chart],
            tables: [table])
    }

    private func sections(_ result: Result, _ wording: Wording, cell: String?) -> [Report.Section] {
        let prefix = cell.map { $0.lowercased().filter { $0.isLetter } + "-" } ?? ""
        let heading = cell.map { "\($0): " } ?? ""
        let periods = Array(panel.periods[..<result.observed.count])
        let drawing = GapDrawing(
            periods: periods, isDated: panel.isDated, before: result.fit.before, observed: result.observed,
            fit: result.fit, pointwise: result.pointwise, unit: .number())
        let rows = result.pointwise.indices.map { index -> [ReportTable.Cell] in
            let (period, interval) = (result.fit.before + index, result.pointwise[index])
            return [
                .text(periods[period].label), .number(result.observed[period]),
                .number(result.fit.counterfactual[period]),
                .quantity(
                    Quantity(
                        interval.estimate, .number(), lower: interval.lower, upper: interval.upper,
                        confidence: confidence)),
            ]
        }
        let table = ReportTable(
            name: prefix + "periods", caption: "Per market",
            columns: [
                .init("period", "Period"), .init("observed", "Observed"), .init("counterfactual", "Without campaign"),
                .init("effect", "Effect"),
            ],
            rows: rows)
        return [
            Report.Section(
                heading + "Observed and expected", charts: drawing.charts(prefix: prefix, outcome: wording.outcome),
                tables: [table]),
            drawing.weights(prefix: prefix, heading: heading, names: result.donors.map { panel.units[$0] }),
        ]
    }

    private func listed(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names.last!
    }
}
