import WeirTimeSeries
import WeirReporting
import Testing
import WeirDomain
import WeirTables

@Suite("Holidays and events")
struct TimeSeriesCalendarTests {
    static func day(_ text: String) -> Int { Timestamp(iso8601: text)!.day }

    @Test(
        "Easter falls where the church has it",
        arguments: [
            "1818-03-22", "1943-04-25", "2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2024-03-31",
            "2025-04-20", "2026-04-05", "2038-04-25", "2049-04-18", "2076-04-19",
        ])
    func easter(_ date: String) {
        let year = Int(date.prefix(4))!
        #expect(HolidayRule.easterSunday(inYear: year) == Self.day(date))
    }

    @Test(
        "A rule names a day of the year",
        arguments: [
            ("12-25", "2025-12-25"), ("easter-2", "2025-04-18"), ("easter+1", "2025-04-21"),
            ("Easter", "2025-04-20"), ("11-thu-4", "2025-11-27"), ("05-mon-last", "2025-05-26"),
            ("12-wed-last", "2025-12-31"), ("01-wed-1", "2025-01-01"), ("09-mon-1", "2025-09-01"),
        ])
    func rules(_ rule: String, _ date: String) throws {
        #expect(try #require(HolidayRule(rule)).day(inYear: 2025) == Self.day(date))
    }

    @Test("29 February comes in leap years only")
    func leapDay() throws {
        let rule = try #require(HolidayRule("02-29"))
        #expect(rule.day(inYear: 2024) == Self.day("2024-02-29"))
        #expect(rule.day(inYear: 2025) == nil)
    }

    @Test(
        "What is no rule is refused",
        arguments: [
            "", "13-01", "02-30", "12-00", "eastern", "easter1", "easter+x", "11-thu-5", "11-foo-1", "12-25-", "x",
        ])
    func noRules(_ text: String) { #expect(HolidayRule(text) == nil) }

    @Test("A holiday comes in every year of the series, and not outside it")
    func expanded() throws {
        let rule = try #require(HolidayRule("12-25"))
        let event = rule.event(named: "x", in: Self.day("2023-12-25")...Self.day("2025-12-24"))
        #expect(event.days == [Self.day("2023-12-25"), Self.day("2024-12-25")])
    }

    static func table(_ columns: [(String, [String])]) -> Table {
        Table(
            name: "test", names: columns.map(\.0),
            columns: columns.map { column in
                let levels = Array(Set(column.1)).filter { !$0.isEmpty }.sorted()
                return .categories(
                    codes: .init(column.1.map { text in Int32(levels.firstIndex(of: text) ?? -1) }), levels: levels)
            })
    }

    @Test("Events of one name are one, over all their days")
    func events() throws {
        let events = try CalendarEvent.events(
            Self.table([
                ("date", ["2025-01-01", "2025-01-03", "2025-02-01"]), ("name", ["sale", "sale", "storm"]),
                ("until", ["", "2025-01-05", ""]),
            ]))
        let first = Self.day("2025-01-01")
        #expect(
            events == [
                CalendarEvent(name: "sale", days: [first, first + 2, first + 3, first + 4]),
                CalendarEvent(name: "storm", days: [first + 31]),
            ])
    }

    @Test("All faults of an event file are said at once, with line and remedy")
    func wrongEvents() throws {
        let wrong = Self.table([
            ("date", ["2025-13-01", "2025-01-03", "2025-01-03"]), ("name", ["a", "b", ""]),
            ("until", ["", "2025-01-02", ""]),
        ])
        let error = try #require(throws: MeasurementError.self) { try CalendarEvent.events(wrong) }
        #expect(error.faults.count == 3)
        #expect(error.description.contains("“2025-13-01” is no date"))
        #expect(error.description.contains("column “until”"))
        #expect(error.description.contains("column “name” is empty"))
    }
}
