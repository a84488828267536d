package import WeirReporting

extension GeoPlan {
    /// Plans the test and says which markets to take.
    ///
    /// - Parameters:
    ///   - outcome: Name of the outcome column.
    ///   - source: Named under “Data”.
    package func report(outcome: String, currency: String = "USD", source: String) throws -> Report {
        let result = try run()
        var report = Report(kind: "geo-plan", title: "Geo test: which markets, how long, at what cost")
        let percent = Quantity.Unit.percent
        let money = Quantity.Unit.money(currency)
        let able = result.candidates.filter { $0.detectable != nil }
        report.warnings = result.warnings
        if let best = able.first, let effect = best.detectable {
            report.conclusion = [
                "Treat \(best.markets.joined(separator: ", ")) for \(best.duration) periods: a lift of \(percent.text(effect)) would be found with a chance of \(percent.text(best.powerAtDetectable)).",
                "That takes about \(money.text(best.investment)) at \(money.text(costPerOutcome)) per incremental \(outcome), and leaves \(percent.text(best.holdout)) of \(outcome) without the campaign.",
            ]
            let tied = able.count { $0.rank == best.rank } - 1
            if tied > 0 {
                report.conclusion.append(
                    "\(tied) other \(tied == 1 ? "choice ranks" : "choices rank") equal; see the table for cheaper ones."
                )
            }
            report.figures = [
                Report.Figure("detectable_lift", "Least lift found", Quantity(effect, .percent)),
                Report.Figure("power", "Power there", Quantity(best.powerAtDetectable, .percent)),
                Report.Figure("investment", "Cost of such a test", Quantity(best.investment, money)),
                Report.Figure("holdout", "Share without campaign", Quantity(best.holdout, .percent)),
                Report.Figure("duration", "Periods", Quantity(Double(best.duration), .count)),
            ]
        } else {
            report.conclusion = [
                "No set of markets finds a lift of \(percent.text(effects.max() ?? 0)) or less with a chance of \(percent.text(wantedPower)). Plan a longer test, more markets or a stronger campaign."
            ]
        }
        if result.leftOut > 0 {
            report.warnings.append("\(result.leftOut) choices were left out by holdout or budget.")
        }
        if let simulations = able.first?.simulations, simulations < 20 {
            report.warnings.append(
                "Power rests on \(simulations) simulated tests of the best choice; without “lookback” every stretch of the history counts."
            )
        }
        let longest = durations.max() ?? 0
        if panel.periods.count < 4 * longest {
            report.warnings.append(
                "The history of \(panel.periods.count) periods is short for tests of \(longest); \(5 * longest) or more are better."
            )
        }
        report.sections = [ranking(result, money), curves(able)]
        report.assumptions = [
            "The time of the test resembles the history: same noise, same ties between markets.",
            "The campaign lifts all treated markets by the same share, in each period, from the first.",
            "The test is judged \(statistic == .average ? "by its average effect" : "by effects in any period") at \(percent.text(confidence)) confidence.",
        ]
        report.data = [
            "\(source): \(panel.units.count) markets, \(panel.periods.count) periods, \(panel.periods[0].label) to \(panel.periods.last!.label).",
            "\(result.candidates.count) choices; each stretch of the history plays the test once\(lookback.map { ", the last \($0) only" } ?? ""); method \(method.name).",
        ]
        return report
    }

    private func ranking(_ result: Result, _ money: Quantity.Unit) -> Report.Section {
        let rows = result.candidates.map { one -> [ReportTable.Cell] in
            [
                one.rank > 0 ? .count(one.rank) : .empty, .text(one.markets.joined(separator: ", ")),
                .count(one.duration),
                .number(one.detectable, .percent), .number(one.powerAtDetectable, .percent),
                .number(one.effect, .number(digits: 3)),
                .number(one.foundLift, .percent), .number(one.scaledImbalance, .number(digits: 4)),
                .number(one.investment, money),
                .number(one.holdout, .percent),
            ]
        }
        return Report.Section(
            "Choices, best first",
            tables: [
                ReportTable(
                    name: "choices",
                    columns: [
                        .init("rank", "Rank"), .init("markets", "Markets"), .init("duration", "Periods"),
                        .init("detectable_lift", "Least lift found"),
                        .init("power", "Power"), .init("att", "Effect found"), .init("found_lift", "Lift found"),
                        .init("scaled_l2_imbalance", "Error of match"), .init("investment", "Cost"),
                        .init("holdout", "Holdout"),
                    ], rows: rows)
            ])
    }

    private func curves(_ able: [Candidate]) -> Report.Section {
        let order = effects.indices.sorted { effects[$0] < effects[$1] }
        let x = order.map { effects[$0] * 100 }
        let series = able.prefix(5).enumerated().map { place, one in
            Chart.Series(
                "\(one.markets.joined(separator: ", ")), \(one.duration)", place == 0 ? .main : .background, x: x,
                y: order.map { one.power[$0] })
        }
        guard !series.isEmpty else { return Report.Section("Power") }
        return Report.Section(
            "Power",
            charts: [
                Chart(
                    name: "power", title: "Chance to find a lift, by its size",
                    summary: "The strong line is the best choice; the level is the wanted power.",
                    .lines(
                        Chart.Lines(
                            series: series, horizontal: .number(label: "lift in percent"), unit: .percent,
                            level: wantedPower)))
            ])
    }
}
