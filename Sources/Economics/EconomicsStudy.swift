package import WeirReporting
import WeirStatistics

/// The unit economics of a file of rows: every metric that its columns allow, for all of it and by each dimension.
package struct EconomicsStudy: Sendable {
    /// Some of the rows.
    package struct Group: Sendable {
        package var name: String
        /// By metric in the order of `metrics`.
        package var estimates: [MetricEstimate]
        /// Nil where the file lacks costs or new customers.
        package var marginalCost: MarginalCost?
        /// What the contribution is made of, first what comes in, then each cost below 0.
        package var lines: [(name: String, amount: Double)]
        /// Of the measures that are shown as they are.
        package var totals: [Double]

        package func estimate(_ name: String, among metrics: [MetricDefinition]) -> MetricEstimate? {
            metrics.firstIndex { $0.name == name }.map { estimates[$0] }
        }
    }

    package var rows: EconomicRows
    package var registry: MetricRegistry
    package var currency: String
    /// Those that the columns allow.
    package var metrics: [MetricDefinition]
    package var all: Group
    /// By dimension, then by its values.
    package var groups: [(dimension: String, groups: [Group])]
    /// Contribution by week from the first day on; the days over at the end are left out. Empty without costs or margin.
    package var weekly: [(day: Int, contribution: Double)]
    package var warnings: [String]
    package let firstDay: Int
    package let lastDay: Int

    /// - Throws: `MeasurementError`, where the columns allow no metric.
    package init(
        _ rows: EconomicRows, registry: MetricRegistry = .standard, currency: String = "USD"
    ) throws(MeasurementError) {
        self.rows = rows
        self.registry = registry
        self.currency = currency
        let (first, last) = (rows.days.min() ?? 0, rows.days.max() ?? 0)
        (firstDay, lastDay) = (first, last)
        let possible = registry.definitions.filter { $0.formula.columns.allSatisfy(rows.has) }
        // What would not have come anyway is what to act on, so it is told before what came in all.
        let metrics = possible.filter(\.isIncremental) + possible.filter { !$0.isIncremental }
        guard !metrics.isEmpty else {
            throw MeasurementError(
                "No metric can be made from the columns \(rows.measures.map { "“\($0)”" }.joined(separator: ", ")). Name columns as the definitions do, such as spend, revenue, orders, visits, new_customers."
            )
        }
        self.metrics = metrics
        func group(_ name: String, _ chosen: [Int], of dimension: String? = nil) -> Group {
            let effects = rows.effects.filter { $0.dimension == dimension && (dimension == nil || $0.level == name) }
            return Self.group(name, EconomicSums(rows, chosen, effects: effects), metrics)
        }
        all = group("all", Array(0..<rows.count))
        groups = rows.dimensions.indices.map { dimension in
            var chosen = rows.levels[dimension].map { _ in [Int]() }
            for (row, level) in rows.level[dimension].enumerated() {
                if let level { chosen[level].append(row) }
            }
            let named = zip(rows.levels[dimension], chosen).filter { !$0.1.isEmpty }
            return (rows.dimensions[dimension], named.map { group($0, $1, of: rows.dimensions[dimension]) })
        }
        weekly = Self.weekly(rows, first: first, last: last)
        warnings = rows.warnings + Self.doubts(metrics, [all] + groups.flatMap(\.groups), rows, first, last)
    }

    private static func group(_ name: String, _ sums: EconomicSums, _ metrics: [MetricDefinition]) -> Group {
        let estimates = metrics.map {
            sums.estimate($0.formula) ?? MetricEstimate(value: .nan, range: nil, kind: .none)
        }
        var marginal: MarginalCost?
        if let costs = sums.daily("cost"), let customers = sums.daily("new_customers") {
            marginal = MarginalCost(costs: costs, customers: customers, firstDay: sums.first)
        }
        var lines: [(name: String, amount: Double)] = []
        for column in ["revenue", "margin"] {
            if let sum = sums.sum(column) { lines.append((column, sum)) }
        }
        for column in ["spend", "incentives"] {
            if let sum = sums.sum(column) { lines.append((column, -sum)) }
        }
        for (column, values) in sums.rows.runningCosts {
            lines.append(("running: \(column)", -sums.chosen.reduce(0) { $0 + values[$1] }))
        }
        if let margin = sums.sum("margin"), let cost = sums.sum("cost") {
            lines.append(("contribution", margin - cost))
        }
        let totals = sums.rows.shownTotals.map { sums.sum($0) ?? 0 }
        return Group(name: name, estimates: estimates, marginalCost: marginal, lines: lines, totals: totals)
    }

    private static func weekly(_ rows: EconomicRows, first: Int, last: Int) -> [(day: Int, contribution: Double)] {
        guard let margin = rows.column("margin"), let cost = rows.column("cost") else { return [] }
        var sums = [Double](repeating: 0, count: (last - first + 1) / 7)
        for row in 0..<rows.count {
            let week = (rows.days[row] - first) / 7
            if week < sums.count { sums[week] += margin[row] - cost[row] }
        }
        return sums.enumerated().map { (first + 7 * $0, $1) }
    }

    private static func doubts(
        _ metrics: [MetricDefinition], _ groups: [Group], _ rows: EconomicRows, _ first: Int, _ last: Int
    ) -> [String] {
        var doubts: [String] = []
        for (index, metric) in metrics.enumerated() where metric.formula.share != nil {
            for group in groups where group.estimates[index].value > 1 {
                doubts.append(
                    "\(metric.label) of “\(group.name)” is above 1: there are more cases than trials. Check that both columns count the same people."
                )
            }
        }
        let missing = (first...last).count - Set(rows.days).count
        if missing > 0, !rows.isComplete {
            doubts.append(
                "\(missing) of \((first...last).count) days have no row and count as 0. Add them if something ran.")
        }
        if rows.column("incremental_revenue") != nil, rows.column("incremental_revenue_se") == nil {
            doubts.append(
                "Column “incremental_revenue” comes without “incremental_revenue_se”: the range of the incremental return holds only how days vary, not the experiment's own error. Add it."
            )
        }
        return doubts
    }
}
