import WeirDomain
package import WeirReporting
import WeirStatistics

extension EconomicsStudy {
    /// What was found, ready to be read.
    package var report: Report {
        var report = Report(
            kind: "economics", title: "Unit economics", conclusion: conclusion, figures: figures, warnings: warnings)
        report.sections = [contributionSection] + groups.map(section) + [definitionSection]
        report.assumptions = [
            "Cost is spend, incentives and the declared costs of running; margin is what sales leave before them.",
            "Ranges of shares are Wilson's; those of other figures follow how days vary, or weeks where there are ten, as if the next ones were alike.",
        ]
        if all.marginalCost != nil {
            report.assumptions.append(
                "The marginal cost follows how new customers moved with cost from day to day, at that day; where spend was raised because demand was high, it is too low. An experiment tells it better."
            )
        }
        report.assumptions.append(
            "Revenue and margin are all that came; only “incremental” figures say what would not have come anyway.")
        report.data = [
            "\(rows.count) rows from \(Timestamp(day: firstDay).isoDate) to \(Timestamp(day: lastDay).isoDate), by \(rows.dimensions.isEmpty ? "day" : rows.dimensions.joined(separator: ", ")).",
            rows.runningCosts.isEmpty
                ? "No cost of running was declared, so none is counted."
                : "Costs of running counted: \(rows.runningCosts.map(\.column).joined(separator: ", ")).",
        ]
        return report
    }

    private var money: Quantity.Unit { .money(currency) }

    private func unit(_ metric: MetricDefinition) -> Quantity.Unit {
        switch metric.unit {
        case .money: money
        case .ratio: .ratio
        case .share: .percent
        case .count: .count
        case .number: .number()
        }
    }

    private func quantity(_ estimate: MetricEstimate, _ unit: Quantity.Unit) -> Quantity {
        Quantity(estimate.value, unit, lower: estimate.range?.lower, upper: estimate.range?.upper)
    }

    private func quantity(_ interval: Interval) -> Quantity {
        Quantity(interval.estimate, money, lower: interval.lower, upper: interval.upper)
    }

    private func cell(_ estimate: MetricEstimate, _ metric: MetricDefinition) -> ReportTable.Cell {
        estimate.value.isFinite ? .quantity(quantity(estimate, unit(metric))) : .empty
    }

    // MARK: The answer

    private var conclusion: [String] {
        var sentences = incremental
        if let contribution = all.estimate("contribution_margin", among: metrics) {
            let cost = -all.lines.filter { $0.amount < 0 && $0.name != "contribution" }.reduce(0) { $0 + $1.amount }
            let verdict = contribution.value < 0 ? "lost" : "left"
            let told =
                contribution.range.map { $0.contains(0) } == true
                ? " It varies so much from day to day that this may be chance." : ""
            sentences.append(
                "After costs of \(money.text(cost)) the period \(verdict) \(quantity(contribution, money).text).\(told)"
            )
        }
        if let average = all.estimate("cac", among: metrics), average.value.isFinite {
            var sentence = "A new customer cost \(quantity(average, money).text)"
            switch all.marginalCost {
            case .told(let marginal)?: sentence += "; the next one costs \(quantity(marginal).text)"
            case .untold(let reason)?: sentence += "; what the next one costs cannot be told: \(reason)"
            case nil: break
            }
            sentences.append(sentence.hasSuffix(".") ? sentence : sentence + ".")
        }
        if let average = all.estimate("cost_per_conversion", among: metrics), average.value.isFinite {
            sentences.append("A conversion cost \(quantity(average, money).text).")
        }
        sentences += comparisonWithValue + losers
        if sentences.isEmpty, let metric = metrics.first {
            sentences.append("\(metric.label) is \(quantity(all.estimates[0], unit(metric)).text).")
        }
        return sentences
    }

    /// What experiments say of all cost together.
    private var incremental: [String] {
        for (name, noun) in [("incremental_roas", "revenue"), ("incremental_return_on_cost", "margin")] {
            guard let estimate = all.estimate(name, among: metrics), let range = estimate.range else { continue }
            let text = "a unit of cost brought \(quantity(estimate, .ratio).text) in \(noun)"
            if range.lower > 1 { return ["Of what would not have come anyway, \(text): the money came back."] }
            if range.upper < 1 { return ["Of what would not have come anyway, \(text) only: less than it cost."] }
            return ["Whether the money came back is open: of what would not have come anyway, \(text)."]
        }
        return []
    }

    private var comparisonWithValue: [String] {
        guard let value = all.estimate("clv", among: metrics), case .told(let cost)? = all.marginalCost else {
            return []
        }
        if cost.lower > value.value {
            return ["The next customer costs more than the \(money.text(value.value)) that one is worth: spend less."]
        }
        if cost.upper < value.value {
            return [
                "The next customer costs less than the \(money.text(value.value)) that one is worth: there is room to spend more."
            ]
        }
        return [
            "Whether the next customer is worth the cost cannot be told yet (\(money.text(value.value)) of value each)."
        ]
    }

    /// Groups that surely return less than they cost, and those that surely return more.
    private var losers: [String] {
        let judged: [(metric: String, level: Double, noun: String)] = [
            ("incremental_roas", 1, "brought in less than they cost, by what would not have come anyway"),
            ("incremental_return_on_cost", 1, "brought in less than they cost, by what would not have come anyway"),
            ("contribution_margin", 0, "lost money even if all their sales were theirs"),
        ]
        return groups.flatMap { dimension, groups -> [String] in
            // An experiment may tell of some dimensions only.
            let told = judged.first { rule in
                groups.contains { $0.estimate(rule.metric, among: metrics)?.range != nil }
            }
            guard let rule = told else { return [] }
            let ranges = groups.compactMap { group in
                group.estimate(rule.metric, among: metrics)?.range.map { (group.name, $0) }
            }
            let bad = ranges.filter { $0.1.upper < rule.level }.map { "“\($0.0)”" }
            let best = ranges.max { $0.1.estimate < $1.1.estimate }
            guard !bad.isEmpty, let best, best.1.lower > rule.level else {
                return bad.isEmpty
                    ? [] : ["By \(dimension), \(bad.joined(separator: ", ")) \(rule.noun): stop or change them."]
            }
            return [
                "By \(dimension), \(bad.joined(separator: ", ")) \(rule.noun): move their spend to “\(best.0)” step by step."
            ]
        }
    }

    private var figures: [Report.Figure] {
        var figures = zip(metrics, all.estimates).filter { $1.value.isFinite }.map {
            Report.Figure($0.name, $0.label, quantity($1, unit($0)))
        }
        if case .told(let marginal)? = all.marginalCost {
            figures.append(Report.Figure("marginal_cac", "Cost of the next customer", quantity(marginal)))
        }
        return figures
    }

    // MARK: Sections

    private var contributionSection: Report.Section {
        var section = Report.Section("What is left")
        section.tables = [
            ReportTable(
                name: "contribution", columns: [.init("line", "Line"), .init("amount", "Amount")],
                rows: all.lines.map { [.text($0.name), .number($0.amount, money)] })
        ]
        if weekly.count > 1 {
            section.charts = [
                Chart(
                    name: "weekly", title: "Contribution margin by week, \(currency)",
                    summary:
                        "From \(money.text(weekly.map(\.contribution).min() ?? 0)) to \(money.text(weekly.map(\.contribution).max() ?? 0)) a week.",
                    .lines(
                        .init(
                            series: [
                                .init(
                                    "contribution", x: weekly.map { Double($0.day) * 86_400 },
                                    y: weekly.map(\.contribution))
                            ], horizontal: .time, unit: money, level: 0)))
            ]
        }
        return section
    }

    private func section(_ dimension: String, _ groups: [Group]) -> Report.Section {
        var section = Report.Section("By \(dimension)")
        let (rates, others) = (metrics.filter { $0.unit == .share }, metrics.filter { $0.unit != .share })
        section.tables = [
            table("by-\(Wording.identifier(dimension))", dimension, groups, others, addingMarginal: true),
            table("rates-by-\(Wording.identifier(dimension))", dimension, groups, rates, addingMarginal: false),
        ].filter { $0.columns.count > 1 }
        let untold = groups.compactMap { group -> String? in
            if case .untold(let reason)? = group.marginalCost { "“\(group.name)”: \(reason)" } else { nil }
        }
        if !untold.isEmpty {
            section.text = [
                "What the next customer costs cannot be told for " + untold.prefix(8).joined(separator: " ")
            ]
        }
        let judged: [(String, Double?)] = [
            ("incremental_roas", 1), ("incremental_return_on_cost", 1), ("roas", 1), ("cac", nil),
            ("contribution_margin", 0),
        ]
        for (name, zero) in judged {
            guard section.charts.count < 2, let metric = metrics.first(where: { $0.name == name }) else { continue }
            if name == "roas", !section.charts.isEmpty { continue }
            let all = groups.compactMap { group -> Chart.Row? in
                guard let estimate = group.estimate(name, among: metrics), estimate.value.isFinite else { return nil }
                return Chart.Row(group.name, quantity(estimate, unit(metric)))
            }
            guard !all.isEmpty else { continue }
            // More would not fit on a sheet of paper; the table has all.
            let least = all.map { abs($0.quantity.value) }.sorted(by: >).prefix(Self.mostRows).last ?? 0
            let shown = Array(all.filter { abs($0.quantity.value) >= least }.prefix(Self.mostRows))
            let title = metric.unit == .money ? "\(metric.label), \(currency)" : metric.label
            section.charts.append(
                Chart(
                    name: "\(name.replacing("_", with: "-"))-by-\(Wording.identifier(dimension))",
                    title: shown.count < all.count ? "\(title): the \(shown.count) furthest from 0" : title,
                    summary: Self.summary(shown),
                    .intervals(shown, unit: unit(metric), zero: zero)))
        }
        return section
    }

    private static let mostRows = 12

    private static func summary(_ rows: [Chart.Row]) -> String {
        guard rows.count > 6 else { return rows.map { "\($0.name): \($0.quantity.text)" }.joined(separator: ", ") }
        let sorted = rows.sorted { $0.quantity.value < $1.quantity.value }
        return "From \(sorted[0].name), \(sorted[0].quantity.text), to \(sorted[sorted.count - 1].name), "
            + "\(sorted[sorted.count - 1].quantity.text)."
    }

    /// A row per group, a column per metric.
    private func table(
        _ name: String, _ dimension: String, _ groups: [Group], _ shown: [MetricDefinition], addingMarginal: Bool
    ) -> ReportTable {
        let hasMarginal = addingMarginal && groups.contains { $0.marginalCost != nil }
        let shown = shown.filter { metric in
            groups.contains { $0.estimate(metric.name, among: metrics)?.value.isFinite == true }
        }
        let totals = addingMarginal ? rows.shownTotals : []
        return ReportTable(
            name: name,
            columns: [ReportTable.Column("group", dimension)]
                + totals.map { ReportTable.Column($0, $0.prefix(1).uppercased() + $0.dropFirst()) }
                + shown.map { ReportTable.Column($0.name, $0.label) }
                + (hasMarginal ? [ReportTable.Column("marginal_cac", "Cost of the next customer")] : []),
            rows: groups.map { group in
                let cells = shown.map { metric in
                    group.estimate(metric.name, among: metrics).map { cell($0, metric) } ?? .empty
                }
                let sums = zip(totals, group.totals).map { name, sum -> ReportTable.Cell in
                    name == "cost" ? .number(sum, money) : .number(sum, .count)
                }
                return [.text(group.name)] + sums + cells + (hasMarginal ? [marginalCell(group)] : [])
            })
    }

    private func marginalCell(_ group: Group) -> ReportTable.Cell {
        if case .told(let marginal)? = group.marginalCost { .quantity(quantity(marginal)) } else { .empty }
    }

    private var definitionSection: Report.Section {
        let used = Set(metrics.map(\.name))
        return Report.Section(
            "Definitions", text: registry.changes,
            tables: [
                ReportTable(
                    name: "definitions",
                    columns: [
                        .init("metric", "Metric"), .init("formula", "Formula"), .init("unit", "Unit"),
                        .init("owner", "Owner"), .init("version", "Version"), .init("measured", "Measured"),
                    ],
                    rows: registry.definitions.map { definition in
                        let missing = definition.formula.columns.filter { !rows.has($0) }
                        return [
                            .text(definition.name), .text(definition.formula.description),
                            .text(definition.unit.rawValue), .text(definition.owner), .count(definition.version),
                            .text(
                                used.contains(definition.name) ? "yes" : "no column " + missing.joined(separator: ", ")),
                        ]
                    })
            ])
    }
}
