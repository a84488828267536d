import WeirGeoLift
import Foundation
import Testing
import WeirReporting
import WeirStatistics
import WeirTables

@Suite("Geo lift")
struct GeoLiftTests {
    static func walkthrough(_ file: String = "test") throws -> Panel? {
        guard let path = Studies.file("geolift/\(file).csv.gz") else { return nil }
        return try Panel(table: Table(path: path), unit: "location", time: "date", outcome: "Y")
    }

    static func test(_ panel: Panel, _ markets: [String] = ["chicago", "portland"], start: String = "2021-04-01")
        -> GeoTest
    {
        GeoTest(panel: panel, cells: [GeoTest.Cell(name: "test", markets: markets)], start: start)
    }

    /// Without an interval for each period, which simulations do not need.
    static func quick(_ panel: Panel, _ markets: [String], start: String) throws -> GeoTest.Result {
        var test = test(panel, markets, start: start)
        test.hasPointwise = false
        return try test.run()[0]
    }

    /// Markets of different size that share a trend, a week and noise with memory; the first two may be lifted at the end.
    static func simulated(
        seed: UInt64, markets: Int = 20, periods: Int = 105, memory: Double, lift: Double = 0, length: Int = 15
    ) -> (panel: Panel, effect: Double) {
        var random = Xoshiro256StarStar(seed: seed)
        let week = (0..<7).map { _ in 0.1 * random.standardNormal() }
        func walk(_ memory: Double, _ size: Double) -> [Double] {
            var value = 0.0
            return (0..<periods).map { _ in
                value = memory * value + size * random.standardNormal()
                return value
            }
        }
        let (trend, other) = (walk(0.8, 0.05), walk(0.9, 0.04))
        var matrix = Matrix(rows: periods, columns: markets)
        var effect = 0.0
        for market in 0..<markets {
            let (level, one, two) = (
                500 + 2500 * random.unit(), 0.6 + 0.8 * random.unit(), 0.7 * random.standardNormal()
            )
            let noise = walk(memory, 0.03 * (1 - memory * memory).squareRoot())
            for period in 0..<periods {
                let value = level * (1 + one * (trend[period] + week[period % 7]) + two * other[period] + noise[period])
                let isLifted = market < 2 && period >= periods - length
                matrix[period, market] = value * (isLifted ? 1 + lift : 1)
                if isLifted { effect += lift * value / Double(2 * length) }
            }
        }
        let panel = Panel(
            units: (0..<markets).map { "m\($0)" },
            periods: (0..<periods).map { .init(label: "\($0)", position: Double($0)) },
            isDated: false, outcome: matrix)
        return (panel, effect)
    }

    @Test("GeoLift's walkthrough, plain: every published digit")
    func plain() throws {
        guard let panel = try Self.walkthrough() else { return }
        let result = try Self.test(panel).run()[0]
        #expect(String(format: "%.3f", result.fit.effect) == "155.556")
        #expect(String(format: "%.1f", result.fit.lift * 100) == "5.4")
        #expect(String(format: "%.0f", result.incremental.estimate) == "4667")
        #expect(String(format: "%.2f", result.pValue) == "0.01")
        #expect(String(format: "%.3f", result.fit.imbalance) == "909.489")
        #expect(String(format: "%.4f", result.fit.scaledImbalance) == "0.1636")
        let weights = Dictionary(uniqueKeysWithValues: zip(result.donors.map { panel.units[$0] }, result.fit.weights))
        for (market, weight) in [("cincinnati", 0.2272), ("miami", 0.2028), ("baton rouge", 0.1335), ("reno", 0.0306)] {
            #expect(abs(weights[market]! - weight) < 6e-5)
        }
        #expect(result.effect.contains(result.effect.estimate) && result.pointwise.count == 15)
    }

    @Test("GeoLift's walkthrough, augmented with ridge: every published digit")
    func ridge() throws {
        guard let panel = try Self.walkthrough() else { return }
        var test = Self.test(panel)
        test.method = .ridge(penalty: nil)
        let result = try test.run()[0]
        #expect(String(format: "%.3f", result.fit.effect) == "156.805")
        #expect(String(format: "%.1f", result.fit.lift * 100) == "5.5")
        #expect(String(format: "%.0f", result.incremental.estimate) == "4704")
        #expect(String(format: "%.2f", result.pValue) == "0.01")
        #expect(String(format: "%.3f", result.fit.imbalance) == "903.525")
        #expect(String(format: "%.4f", result.fit.scaledImbalance) == "0.1626")
    }

    @Test("Nominal 95 % intervals of the average hold a known lift in at least 93 % of 200 tests", arguments: [0, 0.4])
    func coverage(memory: Double) throws {
        var held = 0
        for seed in UInt64(1)...200 {
            let world = Self.simulated(seed: seed, memory: memory, lift: 0.03)
            held += try Self.quick(world.panel, ["m0", "m1"], start: "90").effect.contains(world.effect) ? 1 : 0
        }
        #expect(held >= 186)
    }

    @Test("Without any effect, few tests find one", arguments: [0, 0.4])
    func falseAlarms(memory: Double) throws {
        var (any, average) = (0, 0)
        for seed in UInt64(1)...100 {
            let world = Self.simulated(seed: seed + 5_000, markets: 12, periods: 60, memory: memory, length: 8)
            let result = try Self.quick(world.panel, ["m0", "m1"], start: "52")
            any += result.pValue < 0.05 ? 1 : 0
            average += result.averagePValue < 0.05 ? 1 : 0
        }
        // 5 of 100 expected; 12 would happen by chance in less than 1 of 200 suites. Random orders take residuals as without
        // memory, so the test of any effect is held to that only where they are.
        #expect(average <= 11 && (any <= 11 || memory > 0), "\(any) and \(average)")
    }

    @Test("An effect added to the treated series moves estimate and interval by itself")
    func shift() throws {
        let world = Self.simulated(seed: 3, memory: 0)
        let before = try Self.test(world.panel, ["m0"], start: "90").run()[0]
        var moved = world.panel
        for period in 90..<105 { moved.outcome[period, 0] += 40 }
        let after = try Self.test(moved, ["m0"], start: "90").run()[0]
        #expect(abs(after.effect.estimate - before.effect.estimate - 40) < 1e-8)
        #expect(abs(after.effect.lower - before.effect.lower - 40) < 0.05)
        #expect(abs(after.effect.upper - before.effect.upper - 40) < 0.05)
        #expect(after.averagePValue < before.averagePValue)
    }

    @Test("An interval ends where an effect begins to be rejected", arguments: [UInt64(3), 8], [0.9, 0.95])
    func ends(seed: UInt64, confidence: Double) throws {
        let world = Self.simulated(seed: seed, memory: 0)
        func result(without effect: Double) throws -> GeoTest.Result {
            var moved = world.panel
            for period in 90..<105 { moved.outcome[period, 0] -= effect }
            var test = Self.test(moved, ["m0"], start: "90")
            test.confidence = confidence
            test.hasPointwise = false
            return try test.run()[0]
        }
        let effect = try result(without: 0).effect
        let step = 0.01 * (effect.upper - effect.lower)
        for (end, outwards) in [(effect.lower, -step), (effect.upper, step)] {
            #expect(try result(without: end - outwards).averagePValue >= 1 - confidence)
            #expect(try result(without: end + outwards).averagePValue < 1 - confidence)
        }
    }

    @Test("Of random orders the observed one is counted too, so that no p-value is below one of all")
    func smallestPValue() throws {
        var panel = Self.simulated(seed: 3, memory: 0).panel
        for period in 90..<105 { panel.outcome[period, 0] += 2_000 }
        var test = Self.test(panel, ["m0"], start: "90")
        test.permutations = .random(count: 99, seed: 1)
        test.hasPointwise = false
        #expect(try test.run()[0].averagePValue == 0.01)
    }

    @Test("Cells do not serve each other as donors, and share no market")
    func cells() throws {
        let panel = Self.simulated(seed: 4, memory: 0).panel
        var test = Self.test(panel, ["m0", "m1"], start: "90")
        test.cells.append(GeoTest.Cell(name: "b", markets: ["m5"]))
        let results = try test.run()
        #expect(results.allSatisfy { Set($0.donors).isDisjoint(with: [0, 1, 5]) && $0.donors.count == 17 })
        let report = try test.report(GeoTest.Wording(outcome: "Y", source: "made"))
        #expect(report.figures.contains { $0.name == "b_lift" } && report.tables.contains { $0.name == "cells" })
        #expect(Set(report.tables.map(\.name)).count == report.tables.count)
        test.cells[1].markets.append("m1")
        #expect(throws: MeasurementError("“m1” is in two cells; a market can get one treatment only.")) {
            try test.run()
        }
    }

    @Test(
        "Markets near a treated one are no donors: 343.5 km from London to Paris",
        arguments: [(343.0, 19), (344.5, 18)])
    func distance(kilometres: Double, donors: Int) throws {
        let (london, paris) = (
            Spillover.Place(latitude: 51.5074, longitude: -0.1278),
            Spillover.Place(latitude: 48.8566, longitude: 2.3522)
        )
        #expect(abs(london.kilometres(to: paris) - 343.56) < 0.1)
        var test = Self.test(Self.simulated(seed: 5, memory: 0).panel, ["m0"], start: "90")
        test.spillover.kilometres = kilometres
        for unit in test.panel.units { test.spillover.places[unit] = .init(latitude: -30, longitude: 20) }
        test.spillover.places["m0"] = london
        test.spillover.places["m7"] = paris
        let result = try test.run()[0]
        #expect(result.donors.count == donors && result.donors.contains(7) == (donors == 19))
        #expect(result.warnings.contains { $0.contains("344 km from “m0”") } == (donors == 18))
        test.spillover.places["m9"] = nil
        #expect(throws: MeasurementError.self) { try test.run() }
    }

    @Test("A donor that got the campaign too is pointed out")
    func contaminated() throws {
        var panel = Self.simulated(seed: 6, memory: 0).panel
        let clean = try Self.test(panel, ["m0", "m1"], start: "90").run()[0]
        #expect(!clean.warnings.contains { $0.contains("itself rose") })
        let heaviest = clean.donors[clean.fit.weights.indices.max { clean.fit.weights[$0] < clean.fit.weights[$1] }!]
        for period in 90..<105 { panel.outcome[period, heaviest] *= 1.25 }
        #expect(
            try Self.quick(panel, ["m0", "m1"], start: "90").warnings.contains {
                $0.contains("“m\(heaviest)”") && $0.contains("itself rose")
            })
    }

    @Test("Too short a time before, unknown markets and incomplete treated ones are refused")
    func refusals() throws {
        let panel = Self.simulated(seed: 7, memory: 0).panel
        func said(_ part: String, _ test: GeoTest) {
            let error = #expect(throws: MeasurementError.self) { try test.run() }
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        }
        said("there is no unit “m99”", Self.test(panel, ["m99"], start: "90"))
        said("lies after the last period", Self.test(panel, ["m0"], start: "105"))
        said("52 periods before the test are too few for 53", Self.test(panel, ["m0"], start: "52"))
        #expect(throws: Never.self) { try Self.test(panel, ["m0"], start: "53").run() }
        said("0 markets are left", Self.test(panel, panel.units, start: "90"))
        var holed = panel
        holed.outcome[40, 0] = .nan
        said("“m0” was treated but has no figures in 1 periods, first 40", Self.test(holed, ["m0"], start: "90"))
        let flagged = try Self.test(holed, ["m1"], start: "90").run()[0]
        #expect(!flagged.donors.contains(0) && flagged.warnings.contains { $0.contains("“m0” is no donor: 1 of 105") })
        var ended = Self.test(panel, ["m0"], start: "60")
        ended.end = "64"
        #expect(try ended.run()[0].length == 5)
    }

    @Test("Costs follow from the spend, with an open end where the effect may be nothing")
    func cost() throws {
        guard let panel = try Self.walkthrough() else { return }
        var test = Self.test(panel)
        test.cells[0].spend = 65_000
        let report = try test.report(GeoTest.Wording(outcome: "Y", value: 20, source: "made"))
        let cost = try #require(report.figures.first { $0.name == "cost_per_incremental" }).quantity
        #expect(abs(cost.value - 65_000 / 4666.6706) < 1e-3 && cost.upper == .infinity)
        let ratio = try #require(report.figures.first { $0.name == "incremental_roas" }).quantity
        #expect(abs(ratio.value - 20 * 4666.6706 / 65_000) < 1e-5)
        #expect(report.sections.flatMap(\.charts).count == 3 && report.warnings.isEmpty)
    }
}

@Suite("Panels from tables")
struct GeoPanelTests {
    static func table(_ rows: [(String, String, Double)]) -> Table {
        func column(_ texts: [String]) -> Table.Column {
            var levels: [String] = []
            let codes = texts.map { text -> Int32 in
                if let index = levels.firstIndex(of: text) { return Int32(index) }
                levels.append(text)
                return Int32(levels.count - 1)
            }
            return .categories(codes: ContiguousArray(codes), levels: levels)
        }
        return Table(
            name: "made", names: ["location", "date", "Y"],
            columns: [column(rows.map(\.0)), column(rows.map(\.1)), .numbers(ContiguousArray(rows.map(\.2)))])
    }

    static func rows(_ dates: [String]) -> [(String, String, Double)] {
        ["b", "a"].flatMap { unit in dates.enumerated().map { (unit, $1, Double($0)) } }
    }

    static func panel(_ rows: [(String, String, Double)]) throws -> Panel {
        try Panel(table: table(rows), unit: "location", time: "date", outcome: "Y")
    }

    @Test("Days, months, weeks and numbers are put in order of time")
    func periods() throws {
        let panel = try Self.panel(Self.rows(["2021-03-01", "2021-02-28", "2021-03-02"]))
        #expect(panel.units == ["a", "b"] && panel.periods.map(\.label) == ["2021-02-28", "2021-03-01", "2021-03-02"])
        #expect(panel.outcome.column(0) == [1, 0, 2] && panel.periods[1].position == 1_614_556_800)
        let weeks = try Self.panel(Self.rows(["2020-W53", "2021-W01", "2021-W02"]))
        #expect(
            weeks.periods.map(\.position) == [1_609_113_600, 1_609_718_400, 1_610_323_200] && weeks.warnings.isEmpty)
        #expect(try Self.panel(Self.rows(["2021-01", "2021-02", "2021-03"])).warnings.isEmpty)
        #expect(try Self.panel(Self.rows(["10.0", "9"])).periods.map(\.label) == ["9", "10"])
    }

    @Test("Dates that do not exist, repeated rows and a lone unit are refused, all at once")
    func refusals() throws {
        let error = #expect(throws: MeasurementError.self) { try Self.panel(Self.rows(["2021-02-29", "soon"])) }
        #expect(error?.faults.count == 2)
        let lone = Self.rows(["2021-02-01", "2021-02-02"]).filter { $0.0 == "a" }
        let both = #expect(throws: MeasurementError.self) { try Self.panel(lone + [lone[0]]) }
        #expect(
            both?.description.contains("already given in line 2") == true
                && both?.description.contains("one unit only, “a”") == true)
    }

    @Test("Missing weeks, empty cells and negative figures are pointed out")
    func warnings() throws {
        var rows = Self.rows(["2021-01-04", "2021-01-11", "2021-01-18", "2021-02-08", "2021-02-15"])
        rows[1].2 = -3
        rows[7].2 = .nan
        let panel = try Self.panel(rows)
        #expect(
            panel.warnings.contains {
                $0.contains("2 periods are missing for all units, between 2021-01-18 and 2021-02-08")
            })
        #expect(panel.warnings.contains { $0.contains("negative in 1 rows, first in line 3") })
        #expect(panel.warnings.contains { $0.contains("1 rows have no “Y”") } && panel.outcome[2, 0].isNaN)
    }
}
