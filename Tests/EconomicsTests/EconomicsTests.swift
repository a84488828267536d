import WeirEconomics
import Foundation
import Testing
import WeirDomain
import WeirReporting
import WeirStatistics
import WeirTables

@Suite("Unit economics")
struct EconomicsTests {
    /// A table from texts and numbers by column name, in this order.
    static func table(_ texts: [(String, [String])], _ numbers: [(String, [Double])]) -> Table {
        let categories = texts.map { _, values -> Table.Column in
            var levels: [String] = []
            let codes = values.map { value -> Int32 in
                if value.isEmpty { return -1 }
                if let code = levels.firstIndex(of: value) { return Int32(code) }
                levels.append(value)
                return Int32(levels.count - 1)
            }
            return .categories(codes: ContiguousArray(codes), levels: levels)
        }
        return Table(
            name: "days.csv", names: texts.map(\.0) + numbers.map(\.0),
            columns: categories + numbers.map { .numbers(ContiguousArray($0.1)) })
    }

    static func date(_ offset: Int) -> String {
        Timestamp(microseconds: Int64(20_000 + offset) * 86_400_000_000).isoDate
    }

    static let small = table(
        [("date", [date(0), date(0), date(1), date(1)]), ("campaign", ["a", "b", "a", "b"])],
        [
            ("spend", [100, 50, 120, 40]), ("visits", [1000, 400, 900, 500]), ("orders", [30, 10, 33, 9]),
            ("new_customers", [20, 5, 24, 6]), ("revenue", [900, 250, 1100, 300]), ("margin", [300, 80, 350, 60]),
            ("messages", [1000, 2000, 1000, 2000]),
        ])

    private func study(
        _ table: Table, _ dimensions: [String] = ["campaign"], costs: [RunningCost] = [],
        registry: MetricRegistry = .standard
    ) throws -> EconomicsStudy {
        try EconomicsStudy(EconomicRows(table, dimensions: dimensions, costs: costs), registry: registry)
    }

    @Test("What would not have come anyway is told before what came in all: in words, figures and tables")
    func incrementalFirst() throws {
        let days = (0..<60).map { Self.date($0) }
        let report = try study(
            Self.table(
                [("date", days), ("campaign", days.map { _ in "a" })],
                [
                    ("spend", days.indices.map { 100 + Double($0 % 7) }), ("revenue", days.map { _ in 300 }),
                    ("incremental_revenue", days.map { _ in 50 }), ("incremental_revenue_se", days.map { _ in 1 }),
                ])
        ).report
        #expect(report.conclusion[0].contains("would not have come anyway"))
        #expect(report.figures[0].name == "incremental_roas")
        let names = report.tables.first { $0.name == "by-campaign" }?.columns.map(\.name) ?? []
        let (first, second) = (names.firstIndex(of: "incremental_roas"), names.firstIndex(of: "roas"))
        #expect(try #require(first) < (try #require(second)))
    }

    private func value(_ study: EconomicsStudy, _ name: String, _ group: EconomicsStudy.Group? = nil) -> Double? {
        (group ?? study.all).estimate(name, among: study.metrics)?.value
    }

    @Test("Metrics are those of their formulas, for all and by campaign")
    func values() throws {
        let study = try study(Self.small)
        #expect(value(study, "cac") == 310.0 / 55)
        #expect(value(study, "roas") == 2550.0 / 310)
        #expect(value(study, "contribution_margin") == 480)
        #expect(value(study, "conversion_rate") == 82.0 / 2800)
        #expect(value(study, "churn") == nil)
        #expect(study.groups.map(\.dimension) == ["campaign"])
        #expect(study.groups[0].groups.map(\.name) == ["a", "b"])
        #expect(value(study, "cac", study.groups[0].groups[1]) == 90.0 / 11)
    }

    @Test("The cost of running counts, and is a line of its own")
    func running() throws {
        let study = try study(
            Self.small, costs: [RunningCost("messages=0.01"), RunningCost(column: "compute_hours", rate: 2)])
        #expect(abs((value(study, "contribution_margin") ?? 0) - 420) < 1e-9)
        #expect(abs((value(study, "cac") ?? 0) - 370.0 / 55) < 1e-12)
        let line = try #require(study.all.lines.first { $0.name == "running: messages" })
        #expect(abs(line.amount + 60) < 1e-9)
        #expect(study.warnings.contains { $0.contains("“compute_hours”") && $0.contains("no such column") })
    }

    @Test(
        "A rate that is none is refused",
        arguments: ["messages", "messages=", "=1", "messages=-0.1", "messages=a", "a=1=2"])
    func rates(text: String) {
        #expect(throws: MeasurementError.self) { try RunningCost(text) }
    }

    @Test("A file of rates is read, or refused with every wrong line")
    func rateFile() throws {
        let good = Self.table([("unit", ["messages", "egress_gb"])], [("rate", [0.004, 0])])
        #expect(try RunningCost.list(good).map(\.rate) == [0.004, 0])
        let bad = Self.table([("unit", ["messages", "messages", "", "gb"])], [("rate", [1, 2, 3, -1])])
        let error = #expect(throws: MeasurementError.self) { try RunningCost.list(bad) }
        #expect(error?.faults.count == 3)
    }

    @Test("A share of counted cases has Wilson's interval")
    func wilson() throws {
        let range = try #require(
            try study(Self.small).all.estimate("conversion_rate", among: study(Self.small).metrics)?.range)
        let wilson = Interval.share(successes: 82, trials: 2800)
        #expect(range == wilson)
    }

    @Test("A ratio's interval is that of the delta method over days")
    func delta() throws {
        let study = try study(Self.small)
        let range = try #require(study.all.estimate("cac", among: study.metrics)?.range)
        // Two days: costs 150 and 160, customers 25 and 30; the ratio's influence is (cost − ratio · customers) / 55.
        let ratio = 310.0 / 55
        let influence = [(150 - ratio * 25) / 55, (160 - ratio * 30) / 55]
        let error = (influence[0] * influence[0] + influence[1] * influence[1]) * 2
        #expect(abs(range.upper - ratio - 12.706204736 * error.squareRoot()) < 1e-6)
    }

    @Test("Intervals of ratios hold the truth about 95 times in 100, by days and by weeks", arguments: [28, 140])
    func coverage(days: Int) throws {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let runs = isLong ? 4_000 : 400
        var hits = 0
        for run in 0..<runs {
            var random = Xoshiro256StarStar(seed: UInt64(run * 1_000 + days))
            let spend = (0..<days).map { _ in 80 + 40 * random.unit() }
            let customers = spend.map { ($0 / 10 + 2 * random.standardNormal()).rounded() }
            let table = Self.table(
                [("date", (0..<days).map(Self.date))], [("spend", spend), ("new_customers", customers)])
            let study = try study(table, [])
            let estimate = try #require(study.all.estimate("cac", among: study.metrics))
            if estimate.range?.contains(10) == true { hits += 1 }
        }
        if isLong { print("Coverage of ratios over \(days) days in \(runs) runs: \(hits)") }
        let slack = 3 * (0.05 * 0.95 / Double(runs)).squareRoot()
        #expect(abs(Double(hits) / Double(runs) - 0.95) < 0.01 + slack)
    }

    @Test(
        "The interval of the marginal cost holds the truth about 94 times in 100, though days resemble each other")
    func marginalCoverage() {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let runs = isLong ? 4_000 : 300
        var hits = 0
        for run in 0..<runs {
            var random = Xoshiro256StarStar(seed: UInt64(run) + 77)
            var (spent, noise) = (0.0, 0.0)
            var costs: [Double] = []
            var customers: [Double] = []
            for day in 0..<120 {
                spent = 0.5 * spent + 20 * random.standardNormal()
                noise = 0.4 * noise + 1.5 * random.standardNormal()
                costs.append(200 + spent)
                customers.append(10 + (200 + spent) / 25 + noise + (day % 7 == 3 ? 2 : 0) + Double(day) * 0.02)
            }
            if case .told(let interval) = MarginalCost(costs: costs, customers: customers, firstDay: 20_000),
                interval.contains(25)
            {
                hits += 1
            }
        }
        if isLong { print("Coverage of marginal costs in \(runs) runs: \(hits)") }
        let slack = 3 * (0.06 * 0.94 / Double(runs)).squareRoot()
        #expect(abs(Double(hits) / Double(runs) - 0.94) < 0.01 + slack)
    }

    @Test("A stated standard error makes the incremental return's interval")
    func statedError() throws {
        let days = 20
        let table = Self.table(
            [("date", (0..<days).map(Self.date)), ("campaign", (0..<days).map { _ in "a" })],
            [
                ("spend", [Double](repeating: 10, count: days)),
                ("incremental_revenue", (0..<days).map { Double($0 % 5) + 18 }),
                ("incremental_revenue_se", [Double](repeating: 2, count: days)),
            ])
        let study = try study(table)
        let range = try #require(study.all.estimate("incremental_roas", among: study.metrics)?.range)
        #expect(range.estimate == 2)
        // Errors of one campaign add up: 20 · 2 of 200 spent.
        #expect(abs(range.upper - 2 - 2.0930240544 * 0.2) < 1e-6)
    }

    @Test(
        "What an experiment tells of a group stands there with its own error, and nowhere else; quiet days are no gap")
    func groupEffects() throws {
        let rows = EconomicRows(
            days: [20_000, 20_000, 20_009],
            dimensions: [.init(name: "tier", levels: ["new", "gold"], codes: [0, 1, nil])],
            measures: [("incentives", [4, 6, 10]), ("offers", [8, 5, 7])],
            effects: [
                GroupEffect(measure: "incremental_revenue", value: 40, standardError: 3),
                GroupEffect(
                    measure: "incremental_revenue", dimension: "tier", level: "gold", value: 9, standardError: 2),
            ], shownTotals: ["offers", "cost"])
        let study = try EconomicsStudy(rows, currency: "EUR")
        let estimate = try #require(study.all.estimate("incremental_roas", among: study.metrics))
        // The cost varies from day to day by itself, so the range is wider than the experiment's own.
        #expect(estimate.value == 2 && estimate.range!.upper - 2 > 1.96 * 3 / 20)
        let (gold, new) = (study.groups[0].groups[0], study.groups[0].groups[1])
        #expect(gold.name == "gold" && new.name == "new")
        #expect(value(study, "incremental_roas", gold) == 1.5)
        #expect(value(study, "incremental_roas", new)?.isNaN == true)
        #expect(gold.totals == [5, 6] && study.all.totals == [20, 20])
        #expect(study.warnings.isEmpty)
        let table = try #require(study.report.tables.first { $0.name == "by-tier" })
        #expect(table.columns.map(\.name) == ["group", "offers", "cost", "incremental_roas"])
        #expect(table.rows[1] == [.text("new"), .count(8), .number(4, .money("EUR")), .empty])
    }

    @Test("The marginal cost and its interval are those of statsmodels with Newey–West errors")
    func marginal() throws {
        let days = (0..<84).map(Double.init)
        let cost = days.map { 100 + 20 * sin($0 * 1.3) + Double(Int($0) * 37 % 11) * 3 + $0 * 0.2 }
        let customers = days.map { day in
            5 + 0.05 * cost[Int(day)] + Double(Int(day) * 53 % 13) * 0.4 + 0.01 * day + (Int(day) % 7 == 5 ? 2 : 0)
        }
        guard case .told(let interval) = MarginalCost(costs: cost, customers: customers, firstDay: 20_000) else {
            Issue.record("The marginal cost was not told.")
            return
        }
        #expect(abs(interval.estimate - 20.555147261359565) < 1e-8)
        // Their intervals are 1.9921 standard errors wide each way; ours are 2.2782, since the lags are a share of the days.
        let share = 8.0 / 84
        let wider = 1 + (2.9694 * share + 0.4160 * share * share - 0.5324 * share * share * share) / 1.992102153
        let slope = 1 / 20.555147261359565
        #expect(abs(1 / interval.lower - slope - (1 / 15.944661068431513 - slope) * wider) < 1e-9)
        #expect(abs(slope - 1 / interval.upper - (slope - 1 / 28.916516631698617) * wider) < 1e-9)
    }

    @Test("The marginal cost is not told from too few days, steady cost, or customers that do not follow")
    func untold() {
        func outcome(_ days: Int, _ cost: (Int) -> Double, _ customers: (Int) -> Double) -> String? {
            let result = MarginalCost(
                costs: (0..<days).map(cost), customers: (0..<days).map(customers), firstDay: 20_000)
            if case .untold(let reason) = result { return reason }
            return nil
        }
        let varied = { (day: Int) in 100 + 30 * sin(Double(day)) }
        let following = { (day: Int) in varied(day) / 10 + Double(day * 53 % 13) }
        #expect(outcome(27, varied, following)?.contains("28") == true)
        #expect(outcome(28, varied, following) == nil)
        #expect(outcome(60, { 100 + Double($0) }, following)?.contains("hardly varies") == true)
        #expect(outcome(60, varied, { 50 - varied($0) / 10 })?.contains("did not rise") == true)
    }

    @Test("Where the slope may be 0, the next customer may cost anything")
    func openEnd() throws {
        var random = Xoshiro256StarStar(seed: 2)
        let cost = (0..<60).map { _ in 100 + 30 * random.standardNormal() }
        let customers = cost.map { 10 + 0.01 * $0 + 3 * random.standardNormal() }
        if case .told(let interval) = MarginalCost(costs: cost, customers: customers, firstDay: 0) {
            #expect(interval.upper == .infinity && interval.lower > 0)
        }
    }

    @Test("Negative spend and dates that are none are refused row by row with their line; the rest counts")
    func faults() throws {
        let table = Self.table(
            [("date", [Self.date(0), Self.date(1), "soon", Self.date(3)]), ("campaign", ["a", "a", "a", "a"])],
            [("spend", [10, -0.01, 10, 0]), ("revenue", [20, 20, 20, -5])])
        let study = try study(table)
        #expect(study.rows.count == 2)
        #expect(study.warnings[0].contains("Line 3, column “spend”: -0.01"))
        #expect(study.warnings[1].contains("Line 4, column “date”: “soon”"))
        #expect(value(study, "roas") == 1.5)
        let none = Self.table([("date", [Self.date(0)])], [("spend", [-1])])
        #expect(throws: MeasurementError.self) { try EconomicRows(none, dimensions: []) }
    }

    @Test("A row that repeats another is left out and told; one that differs counts and is told")
    func duplicates() throws {
        let table = Self.table(
            [("date", (0..<4).map { _ in Self.date(0) }), ("campaign", ["a", "a", "a", "b"])],
            [("spend", [10, 10, 11, 10]), ("revenue", [20, 20, 20, 20])])
        let study = try study(table)
        #expect(study.rows.count == 3)
        #expect(study.warnings.contains { $0.contains("Line 3 repeats line 2") })
        #expect(study.warnings.contains { $0.contains("Line 4 is for the same day and group as line 2") })
    }

    @Test("Days without a row, more cases than trials and empty cells are told")
    func doubts() throws {
        let table = Self.table(
            [("date", [Self.date(0), Self.date(3)])],
            [("visits", [10, 5]), ("orders", [20, .nan]), ("spend", [1, 2])])
        let study = try study(table, [])
        #expect(study.warnings.contains { $0.contains("2 of 4 days") })
        #expect(study.warnings.contains { $0.contains("above 1") })
        #expect(study.warnings.contains { $0.contains("“orders” is empty in 1") })
    }

    @Test("Columns that allow no metric, or bear the name of a computed sum, are refused")
    func columns() throws {
        let none = Self.table([("date", [Self.date(0)])], [("clicks", [1])])
        #expect(throws: MeasurementError.self) { try EconomicsStudy(EconomicRows(none, dimensions: [])) }
        let taken = Self.table([("date", [Self.date(0)])], [("cost", [1])])
        #expect(throws: MeasurementError.self) { try EconomicRows(taken, dimensions: []) }
    }

    @Test("The report answers first, names the loser and records a new version of a definition")
    func report() throws {
        let days = 90
        var random = Xoshiro256StarStar(seed: 11)
        var dates: [String] = []
        var campaigns: [String] = []
        var spend: [Double] = []
        var incremental: [Double] = []
        var customers: [Double] = []
        for day in 0..<days {
            for campaign in ["good", "bad"] {
                dates.append(Self.date(day))
                campaigns.append(campaign)
                let spent = 100 + 30 * random.standardNormal()
                spend.append(spent)
                customers.append((spent / 8 + random.standardNormal()).rounded())
                incremental.append(spent * (campaign == "good" ? 2.5 : 0.5) + 5 * random.standardNormal())
            }
        }
        let table = Self.table(
            [("date", dates), ("campaign", campaigns)],
            [
                ("spend", spend), ("new_customers", customers), ("incremental_revenue", incremental),
                ("revenue", spend.map { $0 * 3 }), ("margin", spend.map { $0 * 1.4 }),
            ])
        var registry = MetricRegistry.standard
        try registry.define([
            EconomicsRegistryTests.definition(
                "sum(revenue) / sum(spend)", name: "roas", owner: "weir", version: 2, unit: .ratio)
        ])
        let report = try study(table, registry: registry).report
        #expect(report.conclusion[0].contains("would not have come anyway"))
        #expect(report.conclusion[1].contains("the period left"))
        #expect(report.conclusion[2].contains("the next one costs"))
        #expect(report.conclusion.contains { $0.contains("“bad”") && $0.contains("move their spend to “good”") })
        let marginal = try #require(report.figures.first { $0.name == "marginal_cac" }?.quantity)
        #expect(try #require(marginal.lower) < 8 && #require(marginal.upper) > 8)
        let definitions = try #require(report.sections.last)
        #expect(definitions.text.contains { $0.contains("“roas” version 2 of weir") })
        #expect(
            report.sections.flatMap(\.charts).map(\.name) == [
                "weekly", "incremental-roas-by-campaign", "cac-by-campaign",
            ])
    }
}
