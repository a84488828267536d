import WeirReporting
import WeirStatistics

extension LiftAnalysis {
    var sections: [Report.Section] {
        var sections = [
            Report.Section(
                "Everyone who was met", text: ["Intent to treat: per customer since their first decision."],
                tables: [table("everyone", everyone)])
        ]
        if let offered {
            sections.append(
                Report.Section(
                    "Those who would get an offer",
                    text: [
                        "Per customer since the first offer, given or withheld (\(offered.treated) treated, "
                            + "\(offered.heldOut) held out). Whoever would get nothing anyway adds only noise, so this "
                            + "is the sharper reading of what an offer does."
                    ], tables: [table("offered", offered)]))
        }
        if !campaigns.isEmpty {
            sections.append(
                groups(
                    "By campaign", "campaigns", campaigns,
                    text: "By the campaign of a customer's first offer, given or withheld, and all that followed."))
        }
        if let segments = trial.segments, !self.segments.isEmpty {
            sections.append(
                groups("By \(segments.name)", "segments", self.segments, text: "Everyone, since the first decision."))
        }
        if weeks.count > 1 { sections.append(weekly) }
        if trial.isValueComparable, lastTouch.conversions > 0 { sections.append(claim) }
        sections.append(Report.Section("Checks", tables: [checks]))
        return sections
    }

    private func table(_ name: String, _ effect: LiftEffect) -> ReportTable {
        ReportTable(
            name: name,
            columns: [
                .init("outcome", "per customer"), .init("held_out", "held out"), .init("treated", "treated"),
                .init("difference", "difference in means"), .init("weighted", "inverse propensity"),
                .init("doubly_robust", "doubly robust"),
            ],
            rows: effect.readings.map { reading in
                let unit = unit(of: reading.outcome)
                return [
                    .text(words(reading.outcome)), .number(reading.heldOut, unit), .number(reading.treated, unit),
                ] + [reading.difference, reading.weighted, reading.doublyRobust].map { .quantity(quantity($0, unit)) }
            })
    }

    private func groups(_ title: String, _ name: String, _ effects: [LiftEffect], text: String) -> Report.Section {
        let unit = unit(of: trial.leading)
        let rows = effects.map { effect in
            Chart.Row(effect.name, quantity(effect[trial.leading]!.doublyRobust, unit))
        }
        let best = rows.max { $0.quantity.value < $1.quantity.value }!
        return Report.Section(
            title, text: [text],
            charts: [
                Chart(
                    name: name, title: "More \(words(trial.leading)) per customer",
                    summary: "\(rows.count) groups; the largest difference is \(best.name)'s, \(best.quantity.text).",
                    .intervals(rows, unit: unit, zero: 0))
            ],
            tables: [
                ReportTable(
                    name: name,
                    columns: [
                        .init("name", "name"), .init("treated", "treated"), .init("held_out", "held out"),
                        .init(trial.leading.rawValue, "more \(words(trial.leading))"),
                    ] + (trial.isValueComparable ? comparableColumns : []),
                    rows: effects.map { effect in
                        [
                            .text(effect.name), .count(effect.treated), .count(effect.heldOut),
                            .quantity(quantity(effect[trial.leading]!.doublyRobust, unit)),
                        ] + (trial.isValueComparable ? comparableCells(effect) : [])
                    })
            ])
    }

    private var comparableColumns: [ReportTable.Column] {
        [
            .init("conversions", "more conversions"), .init("return_on_cost", "margin per cost"),
            .init("converters", "converting, exact difference"),
        ]
    }

    private func comparableCells(_ effect: LiftEffect) -> [ReportTable.Cell] {
        [
            .quantity(quantity(effect[.conversions]!.doublyRobust, .number())),
            effect.returnOnCost.map { .quantity(quantity($0, .ratio)) } ?? .empty,
            .quantity(quantity(effect.exactShares, .points)),
        ]
    }

    private var weekly: Report.Section {
        let unit = unit(of: trial.leading)
        let x = weeks.map(\.start)
        let intervals = weeks.map(\.reading.doublyRobust)
        let positive = intervals.count { $0.lower > 0 }
        return Report.Section(
            "Week by week", text: ["What those met by the end of a week did in it, doubly robust; full weeks only."],
            charts: [
                Chart(
                    name: "weeks", title: "More \(words(trial.leading)) per customer and week",
                    summary: "In \(positive) of \(weeks.count) weeks the treated are ahead beyond chance.",
                    .lines(
                        .init(
                            series: [.init("treated less held out", x: x, y: intervals.map(\.estimate))],
                            band: .init(x: x, lower: intervals.map(\.lower), upper: intervals.map(\.upper)),
                            horizontal: .time, unit: unit, level: 0)))
            ],
            tables: [
                ReportTable(
                    name: "weeks",
                    columns: [
                        .init("start", "week from"), .init("treated", "treated"), .init("held_out", "held out"),
                        .init("difference", "difference"),
                    ],
                    rows: weeks.map { week in
                        [
                            .text(date(week.start)), .count(week.treated), .count(week.heldOut),
                            .quantity(quantity(week.reading.doublyRobust, unit)),
                        ]
                    })
            ])
    }

    private var claim: Report.Section {
        let treated = Double(everyone.treated)
        let rows: [(LiftOutcome, Double)] = [
            (.conversions, lastTouch.conversions), (.value, lastTouch.value),
            (.margin, lastTouch.value - lastTouch.cost),
        ]
        return Report.Section(
            "What last touch would claim",
            text: [
                "Last touch credits every conversion after an offer to the offer. The comparison says how much of that "
                    + "would have happened anyway."
            ],
            tables: [
                ReportTable(
                    name: "last-touch",
                    columns: [
                        .init("outcome", "per treated customer"), .init("claimed", "last touch claims"),
                        .init("incremental", "incremental"), .init("claim_ratio", "claimed ÷ incremental"),
                    ],
                    rows: rows.map { outcome, claimed in
                        let incremental = everyone[outcome]!.doublyRobust
                        return [
                            .text(words(outcome)), .number(claimed / treated, unit(of: outcome)),
                            .quantity(quantity(incremental, unit(of: outcome))),
                            incremental.estimate > 0
                                ? .number(claimed / treated / incremental.estimate, .ratio) : .empty,
                        ]
                    })
            ])
    }

    private var checks: ReportTable {
        ReportTable(
            name: "checks",
            columns: [
                .init("customers", "customers"), .init("treated", "treated"), .init("held_out", "held out"),
                .init("p", "p of these sizes"),
            ]
                + (trial.isValueComparable
                    ? [
                        .init("converters_treated", "treated who converted"),
                        .init("converters_held_out", "held out who converted"),
                        .init("converters", "exact difference of shares"),
                    ] : []),
            rows: [everyone, offered].compactMap(\.self).map { effect in
                [
                    .text(effect.name == "everyone" ? "everyone" : "would get an offer"), .count(effect.treated),
                    .count(effect.heldOut), .number(effect.sampleRatio, .probability),
                ]
                    + (trial.isValueComparable
                        ? [
                            .count(effect.convertersTreated), .count(effect.convertersHeldOut),
                            .quantity(quantity(effect.exactShares, .points)),
                        ] : [])
            })
    }
}
