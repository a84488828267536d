import WeirReporting
import WeirStatistics

/// What the delay cost, as parts of a report.
struct CostSection {
    let setting: ResponseLog.CostSetting
    var conclusion: [String] = []
    var figures: [Report.Figure] = []
    var sections: [Report.Section] = []
    var assumptions: [String] = []

    init(setting: ResponseLog.CostSetting) { self.setting = setting }

    mutating func tellCosts(of log: ResponseLog, _ warnings: inout [String]) {
        if let halfLife = setting.halfLifeSeconds { tellDecay(log, halfLife, &warnings) }
        if log.entries.contains(where: { $0.outcome.isFinite }) { tellRelation(log, &warnings) }
    }

    private func quantity(_ interval: Interval) -> Quantity {
        Quantity(interval.estimate, setting.unit, lower: interval.lower, upper: interval.upper)
    }

    private mutating func tellDecay(_ log: ResponseLog, _ halfLife: Double, _ warnings: inout [String]) {
        guard let cost = DelayCost.decay(log, halfLifeSeconds: halfLife) else {
            warnings.append("No signal has a value, so the declared decay tells no cost. Give a column “value”.")
            return
        }
        let unknown = log.entries.count { $0.value.isNaN }
        if unknown > 0 { warnings.append("\(unknown) signals have no value and count as nothing. Fill the column in.") }
        conclusion.append(
            "Waiting cost \(quantity(cost.treated).text) and signals without response \(quantity(cost.waiting).text), of "
                + "\(setting.unit.text(cost.value)) that immediate responses would have been worth.")
        figures += [
            .init("delay_cost", "Lost by waiting", quantity(cost.treated)),
            .init("untreated_cost", "Lost without response", quantity(cost.waiting)),
            .init("total_cost", "Lost in all", quantity(cost.total)),
        ]
        let triggers = Array(Set(log.entries.map(\.trigger))).sorted()
        let rows = triggers.compactMap { name -> [ReportTable.Cell]? in
            let part = ResponseLog(entries: log.entries.filter { $0.trigger == name })
            guard let cost = DelayCost.decay(part, halfLifeSeconds: halfLife) else { return nil }
            return [
                .text(name), .quantity(quantity(cost.treated)), .quantity(quantity(cost.waiting)),
                .number(cost.value > 0 ? cost.total.estimate / cost.value : nil, .percent),
            ]
        }
        sections.append(
            Report.Section(
                "What the delay cost, by the declared decay",
                tables: [
                    ReportTable(
                        name: "delay-cost",
                        columns: [
                            .init("trigger", "Trigger"), .init("delay_cost", "Lost by waiting"),
                            .init("untreated_cost", "Lost without response"), .init("share", "Share of the value"),
                        ], rows: rows)
                ]))
        assumptions.append(
            "A response loses half of its value every \(duration(halfLife)), as declared; a signal without response so far has "
                + "lost all of it. The range is that of as many signals of this kind.")
    }

    private mutating func tellRelation(_ log: ResponseLog, _ warnings: inout [String]) {
        guard let relation = DelayCost.relation(log.entries, referenceSeconds: setting.referenceSeconds) else {
            warnings.append(
                "Too few treated signals have an outcome (20 are needed), so its relation to the delay is not told.")
            return
        }
        let isProved = relation.perDoubling.lower > 0 || relation.perDoubling.upper < 0
        conclusion.append(
            isProved
                ? "Each doubling of the delay goes with \(quantity(relation.perDoubling).text) of outcome; had no treated signal waited "
                    + "longer than \(duration(relation.referenceSeconds)), \(quantity(relation.cost).text) more would have come."
                : "Outcomes show no proved relation to the delay: \(quantity(relation.perDoubling).text) per doubling.")
        figures += [
            .init("outcome_per_doubling", "Outcome per doubling of the delay", quantity(relation.perDoubling)),
            .init("outcome_cost", "Outcome lost by waiting", quantity(relation.cost)),
        ]
        warnings.append(
            "The relation between delay and outcome is observed, not tested: quick responses may go to better customers. "
                + "Delay some at random to be sure.")
        sections.append(
            Report.Section(
                "What the delay cost, by outcomes",
                text: [
                    "Least squares of the outcome on the logarithm of the delay within triggers, from \(relation.count) treated "
                        + "signals; against a delay of \(duration(relation.referenceSeconds)) at most."
                ]))
        assumptions.append(
            "Within a trigger, how long a signal waited has nothing to do with what it would have brought.")
    }
}
