import WeirLift
import WeirEconomics
import WeirDecisioning
import WeirDomain
import WeirReporting
import WeirStatistics

extension EconomicsReader {
    /// What offers cost and brought; with a holdout, also what would not have come anyway.
    ///
    /// - Parameters:
    ///   - lift: Of the whole program by the universal holdout, by the same segment; nil where nobody is held out.
    ///   - by: Of `dimensions`; nil for all.
    /// - Throws: `MeasurementError` where no offer was given, or no metric can be made.
    func report(
        lift: LiftAnalysis?, skipped: Int = 0, by wanted: [String]? = nil, costs: [RunningCost] = [],
        registry: MetricRegistry = .standard
    ) throws(MeasurementError) -> Report {
        guard !rows.isEmpty else {
            throw MeasurementError("No offer was given yet, so there is nothing to count. Decide first.")
        }
        let used = dimensions.indices.filter { !dimensions[$0].name.isEmpty && !dimensions[$0].names.isEmpty }
        let known = used.map { dimensions[$0].name }
        if let unknown = wanted?.first(where: { !known.contains($0) }) {
            throw MeasurementError("by “\(unknown)” is not in the log. Known: \(known.joined(separator: ", ")).")
        }
        let chosen = used.filter { wanted?.contains(dimensions[$0].name) ?? tells($0) }
        var measures: [(name: String, values: [Double])] = [
            ("offers", amounts.map(\.offers)), ("conversions", amounts.map(\.conversions)),
            ("incentives", amounts.map(\.spent)), ("margin", amounts.map(\.margin)),
        ]
        if hasRevenue { measures.append(("revenue", amounts.map(\.revenue))) }
        // Under another assignment it is not known who would have come anyway, so its cost cannot be set against a lift.
        let effects = skipped == 0 ? lift.map { self.effects($0) } ?? [] : []
        let table = EconomicRows(
            days: rows.map(\.day),
            dimensions: chosen.map { index in
                EconomicRows.Dimension(
                    name: dimensions[index].name, levels: dimensions[index].names,
                    codes: rows.map { row in
                        let codes = groups[row.group]
                        return index < codes.count ? codes[index] : nil
                    })
            }, measures: measures, costs: costs, effects: effects, shownTotals: ["offers", "conversions", "cost"])
        var report = try EconomicsStudy(table, registry: registry, currency: plan.catalog.currency.code).report
        report.title = "Unit economics of live offers"
        report.sections.insert(
            Report.Section("What the log cannot tell", text: untold(lift, effects, skipped)),
            at: report.sections.count - 1)
        report.assumptions = assumptions(effects) + report.assumptions.dropFirst()
        report.data += data
        return report
    }

    /// Whether a dimension says more than those before it: more than one name, and of offers more than of campaigns.
    private func tells(_ index: Int) -> Bool {
        index == 0 || dimensions[index].names.count > (index == 1 ? dimensions[0].names.count : 1)
    }

    /// Whether every conversion came by an event that the declared metric counts, so that all revenue is seen.
    private var hasRevenue: Bool { plan.catalog.metric?.value != nil && unpriced == 0 }

    /// What would not have come anyway, over the treated: in all, by cohort and by segment. Other groups are of offers
    /// rather than customers, and a customer has offers of several.
    private func effects(_ lift: LiftAnalysis) -> [GroupEffect] {
        let isMoney = plan.catalog.metric?.value != nil
        func effects(_ effect: LiftEffect, _ dimension: String?) -> [GroupEffect] {
            let scale = Double(effect.treated)
            let outcomes: [(LiftOutcome, String, Bool)] = [
                (.metric, "incremental_revenue", isMoney), (.value, "incremental_margin", true),
            ]
            return outcomes.compactMap { outcome, measure, isTold in
                guard isTold, let reading = effect[outcome] else { return nil }
                return GroupEffect(
                    measure: measure, dimension: dimension, level: effect.name,
                    value: reading.doublyRobust.estimate * scale, standardError: reading.standardError * scale)
            }
        }
        let months = dimensions[3].names
        let cohorts = lift.effects(months) { customer in
            months.firstIndex(of: Timestamp(seconds: customer.exposed).month)
        }
        return effects(lift.everyone, nil) + cohorts.flatMap { effects($0, "cohort") }
            + (segment.map { name in lift.segments.flatMap { effects($0, name) } } ?? [])
    }

    private func untold(_ lift: LiftAnalysis?, _ effects: [GroupEffect], _ skipped: Int) -> [String] {
        var texts = [
            "Lifetime value and its lift: weir measure lifetime-value reads them from the transactions.",
            "What the next conversion costs: an offer's cost follows its use, so the two move together by themselves. An "
                + "experiment with fewer offers tells it.",
            "New and lost customers, visits and messages: weir measure economics --input reads them from a file.",
        ]
        if !hasRevenue {
            texts.append(
                plan.catalog.metric?.value == nil
                    ? "Revenue, and so its return on spend: declare a metric with a value, such as revenue."
                    : "Revenue, and so its return on spend: no event of the metric “\(plan.catalog.metric!.name)” says what "
                        + "\(unpriced) conversions brought.")
        }
        if effects.isEmpty {
            texts.append(
                skipped > 0
                    ? "What would not have come anyway: \(skipped) decisions were made under an earlier salt or before there "
                        + "was a holdout. weir measure lift says what can be said."
                    : lift == nil
                        ? "What would not have come anyway: nobody is held out, or too few. Declare holdout: 10 % in "
                            + "weir.yaml."
                        : "What would not have come anyway: the held out cannot reach these goals, and no metric says it in "
                            + "money. Declare one with a value, such as revenue.")
        } else {
            texts.append(
                "What would not have come anyway, by campaign, offer or channel: a customer has offers of several. "
                    + "weir measure lift --campaign compares those whose first offer was a campaign's.")
        }
        if lift?.everyone.sampleRatio ?? 1 < 0.001 {
            texts.insert("The arms are not as large as they should be: use no incremental figure.", at: 0)
        }
        return texts
    }

    private func assumptions(_ effects: [GroupEffect]) -> [String] {
        [
            "Cost is what the ledger settled: an offer's cost on the day of its use, given back where the use was taken back; "
                + "and the declared costs of running.",
            "Margin is each conversion's reported value, or else the offer's declared one. A conversion counts on its own day, "
                + "under the offer that it followed.",
            "A cohort is the month of a customer's first decision; a segment holds from then on.",
        ]
            + (effects.isEmpty
                ? []
                : [
                    "Incremental figures compare treated and held-out customers (doubly robust, as weir measure lift does), times "
                        + "the treated; their range is the comparison's own."
                ])
    }

    private var data: [String] {
        var lines: [String] = []
        if open > 0 { lines.append("\(open) offers can still be used: rates will rise.") }
        if given > 0 {
            lines.append("\(given) decisions made elsewhere are left out: the ledger pays nothing for them.")
        }
        return lines
    }
}
