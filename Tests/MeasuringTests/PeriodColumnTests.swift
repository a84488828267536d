import Testing
import WeirMeasuring
import WeirReporting

/// What texts of a column mean as periods.
@Suite struct PeriodColumnTests {
    private func column(_ levels: [String]) throws -> PeriodColumn { try PeriodColumn(levels: levels, column: "time") }

    @Test(
        "Periods are what they are written as",
        arguments: [
            (["1", "2", "3"], PeriodFrequency.number, false), (["2003", "2004", "2007"], .year, false),
            (["2004", "2004.0", "2005-01-01", "2006-01-01"], .year, false), (["2021-04-01", "2021-04-02"], .day, true),
            (["2021-01-01", "2021-02-01", "2021-03-01"], .month, true), (["2021-01", "2021-02"], .month, true),
            (["2021-01-31", "2021-02-28", "2021-03-31"], .month, true), (["202101", "202102", "202112"], .month, true),
            (["Jan 2021", "Feb 2021"], .month, true), (["Jan-21", "Feb-21"], .month, true),
            (["2021-Q1", "2021-Q2"], .quarter, true), (["Q1 2021", "Q4 2021"], .quarter, true),
            (["2021-01-01", "2021-04-01", "2021-07-01"], .quarter, true), (["2020-W53", "2021-W01"], .week, true),
            (["2021-01-04", "2021-01-11", "2021-01-25"], .week, true), (["20210401", "20210402"], .day, true),
            (["45000", "45001"], .day, true), (["31/01/2021", "01/02/2021"], .day, true),
            (["2021-01-01T08:00:00Z", "2021-01-01T09:00:00Z"], .moment, true),
            (["2021-01-01T00:00:00+02:00", "2021-01-02T00:00:00+01:00"], .day, true),
            (["1617235200", "1617321600"], .day, true),
        ])
    func frequency(levels: [String], expected: PeriodFrequency, isDated: Bool) throws {
        let column = try column(levels)
        #expect(column.frequency == expected && column.isDated == isDated)
        // Each text stands for the period it is written for, in order.
        for (level, place) in zip(levels, column.places) {
            #expect(column.firstIndex(from: level) == place)
            #expect(column.endIndex(until: level) == place + 1)
        }
        #expect(column.periods.map(\.position) == column.periods.map(\.position).sorted())
    }

    @Test("One period written in two ways is one")
    func twice() throws {
        let column = try column(["2004", "2004.0", "2004-01-01", "2005"])
        #expect(column.periods.count == 2 && column.places == [0, 0, 0, 1] && column.writtenTwice == 1)
        #expect(column.understood.contains("2 years") && column.understood.contains("two ways"))
    }

    @Test(
        "What may mean two things, or nothing, is refused with the text",
        arguments: [
            (["3/4/2025", "5/6/2025"], "3/4/2025"), (["13/4/2025", "4/13/2025"], "has both"),
            (["soon", "2025"], "soon"),
            (["2025-02-30", "2025-03-01"], "2025-02-30"), (["inf", "1"], "inf"),
            (["2025-01", "2025-01-15", "2025-03-02"], "mixes"),
        ])
    func refused(levels: [String], said: String) throws {
        let error = try #require(throws: MeasurementError.self) { try column(levels) }
        #expect(error.description.contains(said))
    }

    @Test("A coarser text means its first moment as a start and its last as an end")
    func coarse() throws {
        let days = try column((1...28).map { "2021-02-\($0 < 10 ? "0" : "")\($0)" } + ["2021-03-01"])
        #expect(days.firstIndex(from: "2021-02") == 0 && days.endIndex(until: "2021-02") == 28)
        #expect(days.firstIndex(from: "2021-03") == 28 && days.endIndex(until: "2021") == 29)
        let months = try column((1...12).map { "2021-\($0 < 10 ? "0" : "")\($0)-01" })
        #expect(months.firstIndex(from: "2021-07") == 6 && months.firstIndex(from: "2021-07-02") == 7)
        #expect(months.endIndex(until: "2021-07-31") == 7 && months.firstIndex(from: "2022") == 12)
        let ends = try column(["2021-01-31", "2021-02-28", "2021-03-31"])
        #expect(ends.firstIndex(from: "2021-02-01") == 1 && ends.periods[1].firstDay == 18_659)
    }

    @Test("Gaps are seen on the scale's own steps")
    func gaps() throws {
        let months = try column(["2021-01", "2021-02", "2021-05"])
        #expect(months.step == 1 && months.spanned == 5)
        let years = try column(["2001", "2003", "2009"])
        #expect(years.step == 2 && years.spanned == 5)
    }
}
