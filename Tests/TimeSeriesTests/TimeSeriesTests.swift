import WeirTimeSeries
import Foundation
import Testing
import WeirDomain
import WeirReporting
import WeirStatistics
import WeirTables

/// 150 days, an effect of 5 from day 120 on; a control that it follows.
private func made(seed: UInt64 = 1, count: Int = 150, start: Int = 120, effect: Double = 5, isReached: Bool = false)
    -> DatedSeries
{
    var random = SplitMix64(seed: seed)
    let week: [Double] = [1, -2, 0, 1, -1, 3, -2]
    var (level, market) = (0.0, 0.0)
    var (values, controls): ([Double], [Double]) = ([], [])
    for day in 0..<count {
        level += 0.1 * random.standardNormal()
        market += random.standardNormal()
        let moved = day >= start && isReached ? market + 30 : market
        controls.append(200 + moved)
        values.append(
            100 + level + week[day % 7] + 0.5 * market + random.standardNormal() + (day >= start ? effect : 0))
    }
    return DatedSeries(
        firstDay: 20_000, values: values, controls: [.init(name: "market", values: controls)])
}

@Suite("Interrupted series")
struct TimeSeriesTests {
    let setting = InterruptedSeries.Setting(start: 20_120)

    @Test("The effect is found, and the control narrows the range")
    func found() throws {
        let series = made()
        let result = try InterruptedSeries(series, setting)
        #expect(result.countedSteps == 30 && result.learntSteps == 120)
        #expect(try #require(result.average.lower) > 3 && #require(result.average.upper) < 7)
        #expect(result.probability < 0.001)
        #expect(abs(result.cumulative.value - 30 * result.average.value) < 1e-9)
        #expect(abs(result.observedSum - result.expectedSum.value - result.cumulative.value) < 1e-9)
        #expect(abs(result.steps.last!.cumulative.value - result.cumulative.value) < 1e-9)
        #expect(abs(result.influences[0].quantity.value - 0.5) < 0.1)
        var alone = series
        alone.controls = []
        let wider = try InterruptedSeries(alone, setting)
        #expect(wider.average.upper! - wider.average.lower! > 1.5 * (result.average.upper! - result.average.lower!))
    }

    @Test("Adding a constant or scaling the outcome moves the effect accordingly")
    func scaling() throws {
        let series = made()
        let result = try InterruptedSeries(series, setting)
        var scaled = series
        scaled.values = series.values.map { 1000 * $0 + 7 }
        let other = try InterruptedSeries(scaled, setting)
        #expect(abs(other.average.value / result.average.value / 1000 - 1) < 1e-6)
        #expect(abs(other.average.upper! / result.average.upper! / 1000 - 1) < 1e-4)
    }

    @Test("The lift's range is the effect's over what was expected")
    func lift() throws {
        let result = try InterruptedSeries(made(), setting)
        #expect(abs(result.lift.value - result.cumulative.value / result.expectedSum.value) < 1e-12)
        #expect(abs(result.lift.lower! - (result.observedSum / result.expectedSum.upper! - 1)) < 1e-12)
    }

    @Test("Missing days are unknown, not zero, and said")
    func missing() throws {
        var series = made()
        for day in [10, 50, 51, 130] { series.values[day] = .nan }
        let result = try InterruptedSeries(series, setting)
        #expect(result.countedSteps == 29 && result.learntSteps == 117)
        #expect(result.average.value > 3)
        #expect(result.warnings.contains { $0.contains("4 of 150 dates have no value") })
    }

    @Test(
        "An event known from before is taken out; one that comes only after excludes its days; both near the start are said"
    )
    func events() throws {
        var series = made()
        for day in [30, 90, 125] { series.values[day] += 40 }
        series.values[140] += 70
        var setting = setting
        setting.events = [
            CalendarEvent(name: "sale", days: [20_030, 20_090, 20_125]), CalendarEvent(name: "storm", days: [20_140]),
            CalendarEvent(name: "strike", days: [20_060, 20_122]),
        ]
        let result = try InterruptedSeries(series, setting)
        #expect(abs(result.influences.first { $0.name == "sale" }!.quantity.value - 40) < 4)
        #expect(result.countedSteps == 29)
        #expect(result.average.value > 3 && result.average.value < 7)
        #expect(result.warnings.contains { $0.contains("“storm” comes only after the start") })
        #expect(result.warnings.contains { $0.contains("“strike”") && $0.contains("within 3 steps") })
        #expect(!result.warnings.contains { $0.contains("“sale”") && $0.contains("within 3 steps") })
    }

    @Test("Events that are the same cannot be told apart; the second is left out")
    func dependent() throws {
        var setting = setting
        setting.events = [CalendarEvent(name: "a", days: [20_030]), CalendarEvent(name: "b", days: [20_030])]
        let result = try InterruptedSeries(made(), setting)
        #expect(result.influences.map(\.name) == ["market", "a"])
        #expect(result.warnings.contains { $0.contains("“b” cannot be told apart") })
    }

    @Test("A control that the intervention reached is flagged, one that it did not is not", arguments: [true, false])
    func contaminated(isReached: Bool) throws {
        let report = try InterruptedSeries(made(isReached: isReached), setting).report(outcome: "orders")
        #expect(report.warnings.contains { $0.contains("may be contaminated") } == isReached)
    }

    @Test("Weekdays that are always closed stay out, without harm")
    func closedDays() throws {
        var series = made()
        for day in series.values.indices where day % 7 == 3 { series.values[day] = .nan }
        let result = try InterruptedSeries(series, setting)
        #expect(result.average.value > 3 && result.average.value < 7)
        series.values[122] = 100  // Day 122 falls on the closed weekday.
        let again = try InterruptedSeries(series, setting)
        #expect(again.countedSteps == result.countedSteps)
        #expect(again.warnings.contains { $0.contains("without any value before") })
    }

    @Test("Residual correlation and outliers are said")
    func doubts() throws {
        var random = SplitMix64(seed: 4)
        // A wave of 5 days, which neither the level nor the week explains.
        let values = (0..<200).map { day in
            100 + 3 * sin(Double(day) * 2 * .pi / 5) + 0.3 * random.standardNormal() + (day == 77 ? 60 : 0)
        }
        let result = try InterruptedSeries(DatedSeries(firstDay: 0, values: values), .init(start: 170))
        #expect(result.doubts.contains { $0.text.contains("4 standard deviations") && $0.text.contains("1970-03-19") })
        let smooth = DatedSeries(firstDay: 0, values: values.enumerated().map { $0 == 77 ? 100 : $1 })
        #expect(try InterruptedSeries(smooth, .init(start: 170)).doubts.contains { $0.text.contains("Ljung–Box") })
    }

    @Test("What cannot be measured is refused with the remedy")
    func refused() {
        let series = made()
        func fault(_ series: DatedSeries, _ setting: InterruptedSeries.Setting) -> String {
            do {
                _ = try InterruptedSeries(series, setting)
                return "nothing"
            } catch { return "\(error)" }
        }
        #expect(fault(series, .init(start: 19_999)).contains("lies outside the series, which goes from 2024-10-04"))
        #expect(fault(series, .init(start: 20_150)).contains("lies outside"))
        #expect(fault(series, .init(start: 20_012)).contains("at least"))
        #expect(fault(series, .init(start: 20_120, end: 20_110)).contains("The end lies before the start"))
        #expect(fault(series, .init(start: 20_120, yearlyWaves: 1)).contains("needs a year before"))
        var flat = DatedSeries(firstDay: 0, values: [Double](repeating: 3, count: 100))
        #expect(fault(flat, .init(start: 80)).contains("never changes before the start"))
        flat.values = (0..<100).map { $0 >= 80 ? .nan : Double($0 * $0 % 17) }
        #expect(fault(flat, .init(start: 80)).contains("no values from the start on"))
        var still = series
        still.controls[0].values = still.controls[0].values.map { _ in 1 }
        #expect(fault(still, .init(start: 20_120)).contains("control “market” does not vary"))
    }

    @Test("A file's duplicated dates, wrong dates and missing columns are refused together, naming line and column")
    func reading() throws {
        let levels = ["2025-01-01", "2025-01-02", "01.03.2025"]
        let table = Table(
            name: "sales.csv", names: ["date", "orders"],
            columns: [.categories(codes: [0, 1, 1, 2, -1], levels: levels), .numbers([1, 2, 3, .infinity, 4])])
        let error = try #require(throws: MeasurementError.self) {
            try DatedSeries(table, date: "date", outcome: "orders")
        }
        #expect(error.faults.count == 3)
        #expect(error.description.contains("line 6, column “date”: “” is no date"))
        #expect(error.description.contains("2025-01-02 stands in more than one row"))
        #expect(error.description.contains("line 5, column “orders”: the value is infinite"))
        #expect(throws: TableError.self) { try DatedSeries(table, date: "date", outcome: "order") }
        let soon = Table(
            name: "sales.csv", names: ["date", "orders"],
            columns: [.categories(codes: [0, 1], levels: ["2025-01-01", "soon"]), .numbers([1, 2])])
        #expect(throws: MeasurementError.self) { try DatedSeries(soon, date: "date", outcome: "orders") }
    }

    /// Five years of months with a season and a rise of 40 in the last six.
    private func months(_ noise: Double = 2) -> DatedSeries {
        var random = Xoshiro256StarStar(seed: 3)
        let values = (0..<60).map { month in
            300 + 50 * sin(Double(month) * Double.pi / 6) + noise * (random.unit() - 0.5) + (month >= 54 ? 40.0 : 0)
        }
        return DatedSeries(firstDay: 18_262, spacing: .months(1), values: values)
    }

    @Test("Months are months: their season is the year's, and steps have the names of months")
    func monthly() throws {
        let series = months()
        #expect(series.date(0) == "2020-01" && series.date(59) == "2024-12")
        for index in series.values.indices {
            #expect(
                series.index(from: series.day(index)) == index && series.index(holding: series.day(index) + 27) == index
            )
        }
        let result = try InterruptedSeries(series, .init(start: series.day(54)))
        #expect(result.seasonPeriod == 12 && result.countedSteps == 6)
        #expect(abs(result.average.value - 40) < 4 && (result.average.lower ?? 0) > 30)
        #expect(result.report(outcome: "y").understood.contains("a season of 12 months"))
    }

    @Test("A series that repeats itself to the last digit is refused: nothing tells an effect from chance")
    func noNoise() {
        let weekly = DatedSeries(firstDay: 0, values: (0..<84).map { Double($0 % 7) * 3 + ($0 >= 70 ? 5 : 0) })
        #expect(throws: MeasurementError.self) { try InterruptedSeries(weekly, .init(start: 70)) }
    }

    @Test("What voids the answer leaves no advice in the headline", arguments: [20.0, 0])
    func voiding(before: Double) throws {
        // A rise on the last days before the start, which the method finds too.
        var random = Xoshiro256StarStar(seed: 9)
        let values = (0..<140).map { day in
            100 + 3 * (random.unit() - 0.5) + (day >= 100 && day < 120 ? before : 0) + (day >= 120 ? 30.0 : 0)
        }
        let report = try InterruptedSeries(
            DatedSeries(firstDay: 0, values: values), .init(start: 120, weekly: .none)
        ).report(outcome: "y")
        #expect(report.isVoid == (before > 0))
        #expect(report.conclusion[0].hasPrefix("Do not act on this yet") == (before > 0))
        #expect(report.conclusion.contains { $0.hasPrefix("It worked") } == (before == 0))
    }

    @Test("Dates may be unordered, with gaps, or weekly")
    func spacing() throws {
        func series(_ dates: [String]) throws -> DatedSeries {
            try DatedSeries(
                Table(
                    name: "t", names: ["date", "y"],
                    columns: [
                        .categories(codes: .init(dates.indices.map(Int32.init)), levels: dates),
                        .numbers(.init(dates.indices.map(Double.init))),
                    ]), date: "date", outcome: "y")
        }
        let daily = try series(["2025-01-04", "2025-01-01", "2025-01-02"])
        #expect(daily.spacing == .days(1) && daily.values[0] == 1 && daily.values[2].isNaN && daily.values[3] == 0)
        let weekly = try series(["2025-01-01", "2025-01-08", "2025-01-22"])
        #expect(weekly.spacing == .days(7) && weekly.values.count == 4 && weekly.values[2].isNaN)
    }

    @Test("The report says answer, figures with ranges, checks and pictures")
    func report() throws {
        let result = try InterruptedSeries(made(), setting)
        let report = result.report(outcome: "orders", unit: .named("orders"))
        #expect(report.conclusion[0].hasPrefix("Since the start orders came higher than expected by"))
        #expect(report.figures.map(\.name).prefix(3) == ["cumulative_effect", "average_effect", "lift"])
        #expect(report.sections.flatMap(\.charts).map(\.name) == ["observed-expected", "cumulative-effect"])
        #expect(report.tables.map(\.name) == ["checks", "deviations", "influences", "days"])
        let nothing = try InterruptedSeries(made(effect: 0), setting).report(outcome: "orders")
        #expect(nothing.conclusion[0].hasPrefix("No effect on orders is proved"))
    }
}
