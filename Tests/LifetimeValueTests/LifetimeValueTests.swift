import WeirReporting
import WeirLifetimeValue
import Foundation
import Testing
import WeirDomain
import WeirStatistics
import WeirTables

@Suite("Lifetime value")
struct LifetimeValueTests {
    /// A table of purchases: customer, date, value, and an arm where wanted.
    static func table(_ rows: [(customer: String, date: String, value: Double)], arms: [String]? = nil) -> Table {
        func categories(_ texts: [String]) -> Table.Column {
            var codes: [String: Int32] = [:]
            var levels: [String] = []
            let coded = texts.map { text -> Int32 in
                if text.isEmpty { return -1 }
                if let code = codes[text] { return code }
                codes[text] = Int32(levels.count)
                levels.append(text)
                return Int32(levels.count - 1)
            }
            return .categories(codes: ContiguousArray(coded), levels: levels)
        }
        var columns: [Table.Column] = [
            categories(rows.map(\.customer)), categories(rows.map(\.date)),
            .numbers(ContiguousArray(rows.map(\.value))),
        ]
        var names = ["customer_id", "date", "value"]
        if let arms {
            names.append("arm")
            columns.append(categories(arms))
        }
        return Table(name: "purchases.csv", names: names, columns: columns)
    }

    static func day(_ text: String) -> Int { Timestamp(iso8601: text)?.day ?? 0 }

    @Test("Purchases of one day are one, whatever their order, and the first is no repeat")
    func summaries() throws {
        let table = Self.table([
            ("b", "2026-01-20", 8), ("a", "2026-01-10", 5), ("a", "2026-01-01", 3), ("a", "2026-01-10T20:00:00Z", 7),
            ("b", "2026-01-20", 1), ("a", "2026-01-31", 4),
        ])
        let history = try PurchaseHistory(table, columns: .init())
        let known = history.summaries(through: Self.day("2026-01-30"))
        #expect(known.customers.map { history.customers[$0] } == ["b", "a"])
        #expect(known.summaries[1] == PurchaseSummary(repeats: 1, recencyDays: 9, ageDays: 29, meanValue: 12))
        #expect(known.summaries[0].repeats == 0 && known.summaries[0].meanValue.isNaN)
        #expect(known.summaries[0].ageDays == 10)
        let later = history.purchases(
            ofCustomer: 1, after: Self.day("2026-01-30"), through: Self.day("2026-01-31"))
        #expect(later.days == 1 && later.value == 4)
        let before = history.summaries(through: Self.day("2026-01-19"))
        #expect(before.customers.map { history.customers[$0] } == ["a"])
    }

    @Test("Rows without a date, a customer or a value are left out and named; a value below 0 is a return")
    func faults() throws {
        let table = Self.table([
            ("a", "2026-01-01", 3), ("a", "soon", 3), ("", "2026-01-02", 3), ("a", "2026-01-03", -0.01),
            ("a", "2026-01-04", 0), ("a", "2026-01-05", .nan),
        ])
        let history = try PurchaseHistory(table, columns: .init())
        #expect(history.rows == 3)
        #expect(history.warnings.count == 3)
        #expect(history.returned == 0.01)
        #expect(history.warnings[0].contains("Line 3") && history.warnings[0].contains("“soon”"))
        #expect(history.warnings[1].contains("Line 4") && history.warnings[1].contains("customer_id"))
        #expect(history.warnings[2].contains("Line 7"))
        #expect(throws: MeasurementError.self) {
            try PurchaseHistory(Self.table([("a", "soon", 3)]), columns: .init())
        }
    }

    @Test("A row that repeats the one before is told, one at another time of the day is not")
    func repeats() throws {
        let twice = Self.table([("a", "2026-01-01", 3), ("b", "2026-01-01", 3), ("a", "2026-01-01", 3)])
        let history = try PurchaseHistory(twice, columns: .init())
        #expect(history.warnings.count == 1 && history.warnings[0].contains("value of another: 1."))
        let apart = Self.table([
            ("a", "2026-01-01T10:00:00", 3), ("a", "2026-01-01T11:00:00", 3), ("a", "2026-01-02", 3),
        ])
        #expect(try PurchaseHistory(apart, columns: .init()).warnings.isEmpty)
    }

    @Test("Discounting by quadrature is the sum over weeks, and none is the plain count", arguments: [0, 0.1, 0.8])
    func discounting(rate: Double) {
        let model = LifetimeModelTests.published
        let horizon = LifetimeHorizon(weeks: 104, annualDiscount: rate)
        let exact = horizon.discounted { model.expectedRepeats(weeks: $0) }
        var sum = 0.0
        let steps = 20_000
        for step in 0..<steps {
            let (start, end) = (Double(step) / Double(steps) * 104, Double(step + 1) / Double(steps) * 104)
            sum +=
                (model.expectedRepeats(weeks: end) - model.expectedRepeats(weeks: start))
                * horizon.worth(after: (start + end) / 2)
        }
        #expect(abs(exact / sum - 1) < 1e-6)
        #expect(rate > 0 || exact == model.expectedRepeats(weeks: 104))
    }

    @Test("Drawn futures agree with the formulas on average")
    func draws() throws {
        var world = LifetimeWorld(seed: 7)
        let summaries = (0..<3_000).map { _ in world.customer(ageDays: 300).summary }
        let model = try LifetimeModel(fitting: summaries)
        let horizon = LifetimeHorizon(weeks: 60, annualDiscount: 0.2, margin: 0.4)
        let expected = horizon.expectations(
            of: summaries, model.purchases.model, .own(try #require(model.money.fitted).model))
        let drawn = LifetimeDraws(
            of: summaries, model, within: horizon, sets: summaries.indices.map { $0 % 2 }, setCount: 2, draws: 400,
            seed: 3)
        for set in 0...1 {
            let mine = expected.indices.filter { $0 % 2 == set }.map { expected[$0] }
            let purchases = mine.reduce(0) { $0 + $1.purchases }
            let value = mine.reduce(0) { $0 + $1.value }
            #expect(abs(drawn.purchases[set].reduce(0, +) / 400 / purchases - 1) < 0.02)
            #expect(abs(drawn.values[set].reduce(0, +) / 400 / value - 1) < 0.02)
        }
    }

    @Test("The range of a forecast holds what then comes 95 times in 100")
    func predictionCoverage() throws {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let runs = isLong ? 1_000 : 60
        var hits = (purchases: 0, values: 0)
        for run in 0..<runs {
            var world = LifetimeWorld(seed: UInt64(run) + 50_000)
            let customers = (0..<600).map { _ in world.customer(ageDays: 350) }
            let summaries = customers.map(\.summary)
            let model = try LifetimeModel(fitting: summaries)
            let drawn = LifetimeDraws(
                of: summaries, model, within: LifetimeHorizon(weeks: 50), sets: summaries.map { _ in 0 }, setCount: 1,
                draws: 200, seed: UInt64(run))
            let later = customers.map { customer in
                customer.days.indices.filter { customer.days[$0] > 350 }.map { customer.values[$0] }
            }
            let purchases = Double(later.reduce(0) { $0 + $1.count })
            let value = later.reduce(0) { $0 + $1.reduce(0, +) }
            if middle(drawn.purchases[0]).contains(purchases) { hits.purchases += 1 }
            if middle(drawn.values[0]).contains(value) { hits.values += 1 }
        }
        if isLong { print("Coverage of forecasts in \(runs) runs: \(hits)") }
        let slack = 3 * (0.05 * 0.95 / Double(runs)).squareRoot()
        for count in [hits.purchases, hits.values] {
            #expect(abs(Double(count) / Double(runs) - 0.95) < 0.015 + slack)
        }
    }

    private func middle(_ draws: [Double]) -> Interval {
        let sorted = draws.sorted()
        return Interval(estimate: 0, lower: sorted[draws.count / 40], upper: sorted[draws.count - 1 - draws.count / 40])
    }

    /// Two arms: the treated buy for a third more each time.
    static func trial(seed: UInt64, perArm: Int, factor: Double) -> Table {
        var world = LifetimeWorld(seed: seed)
        var rows: [(customer: String, date: String, value: Double)] = []
        var arms: [String] = []
        let start = day("2025-01-01")
        for index in 0..<2 * perArm {
            let isTreated = index % 2 == 0
            let customer = world.customer(ageDays: 300)
            for (offset, value) in zip(customer.days, customer.values) where offset <= 300 - index % 30 {
                let date = Timestamp(microseconds: Int64(start + index % 30 + offset) * 86_400_000_000).isoDate
                rows.append(("c\(index)", date, value * (isTreated ? factor : 1)))
                arms.append(isTreated ? "coupon" : "holdout")
            }
        }
        return table(rows, arms: arms)
    }

    static func study(
        _ table: Table, resamples: Int = 60, treated: String = "coupon", horizon: Double = 26
    ) throws -> LifetimeStudy {
        let history = try PurchaseHistory(table, columns: .init(groups: ["arm"]))
        return try LifetimeStudy(
            history,
            .init(
                horizon: LifetimeHorizon(weeks: horizon), comparison: ("arm", treated, "holdout"), draws: 100,
                resamples: resamples))
    }

    @Test("A lift that is there is found, one that is not is not claimed, and a group without customers is refused")
    func lift() throws {
        let real = try #require(try Self.study(Self.trial(seed: 5, perArm: 1_500, factor: 1.33)).lift)
        #expect(real.difference.lower > 0)
        #expect(real.relative.contains(0.33))
        let none = try #require(try Self.study(Self.trial(seed: 6, perArm: 1_500, factor: 1)).lift)
        #expect(none.difference.contains(0))
        let missing = try Self.study(Self.trial(seed: 6, perArm: 300, factor: 1), treated: "coupons")
        #expect(missing.lift == nil)
        #expect(missing.warnings.contains { $0.contains("“coupons”") && $0.contains("“holdout”") })
    }

    @Test("The interval of a lift holds the truth about 95 times in 100")
    func liftCoverage() throws {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let runs = isLong ? 400 : 20
        var hits = 0
        for run in 0..<runs {
            let table = Self.trial(seed: UInt64(run) + 900, perArm: 400, factor: 1.2)
            let lift = try #require(try Self.study(table, resamples: 100).lift)
            if lift.relative.contains(0.2) { hits += 1 }
        }
        if isLong { print("Coverage of lifts in \(runs) runs: \(hits)") }
        let slack = 3 * (0.05 * 0.95 / Double(runs)).squareRoot()
        #expect(Double(hits) / Double(runs) > 0.93 - slack)
    }

    @Test("A cohort is mature on the day on which its last customer has been seen long enough, not the day before")
    func maturity() throws {
        let table = Self.table([
            ("a", "2026-01-01", 10), ("a", "2026-01-15", 4), ("a", "2026-01-16", 8), ("b", "2026-01-10", 20),
            ("c", "2026-02-01", 5), ("b", "2026-03-01", 1),
        ])
        let history = try PurchaseHistory(table, columns: .init())
        let horizon = LifetimeHorizon(weeks: 2, margin: 0.5)
        let before = ObservedLifetimeValue(history, through: Self.day("2026-01-23"), within: horizon)
        #expect(before.cohorts.map(\.isMature) == [false] && before.value == nil)
        let on = ObservedLifetimeValue(history, through: Self.day("2026-01-24"), within: horizon)
        #expect(on.cohorts.map(\.isMature) == [true])
        // a: 10 + 4, its second purchase comes on the last day and its third a day late; b: 20.
        let value = try #require(on.value)
        #expect(abs(value.estimate - 8.5) < 1e-12)
        // Student's t with one degree of freedom: 12.7062 standard errors of 1.5.
        #expect(abs(value.upper - 8.5 - 12.7062 * 1.5) < 1e-3)
        let later = ObservedLifetimeValue(history, through: Self.day("2026-02-10"), within: horizon)
        #expect(later.cohorts.map(\.isMature) == [true, false])
        #expect(later.cohorts[1].matureOn == Self.day("2026-02-15"))
    }
}
