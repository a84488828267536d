public import WeirTimeSeries
public import ArgumentParser
import WeirDomain
import WeirReporting
import WeirTables

struct InterruptedSeriesCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "interrupted-series",
        abstract: "What changed in one series since a date, against what the time before lets expect.",
        discussion: """
            The file has one row per date: a column of dates and one of the outcome, others for controls. Holidays and events
            are files with the columns date, name and, where an event lasts, until.

              weir measure interrupted-series --input sales.csv --outcome orders --start 2025-03-01
              weir measure interrupted-series --input sales.csv --outcome orders --start 2025-03-01 \\
                  --holiday easter --holiday thanksgiving=11-thu-4 --events events.csv --control market --output report.html
            """)

    static var files: [String] { ["input", "events", "holidays"] }

    @Option(help: "CSV with one row per date (packed with gzip or not).") var input: String
    @Option(help: "Column of the dates.") var date = "date"
    @Option(help: "Column of the outcome.") var outcome = "outcome"
    @Option(help: "First date of the intervention, such as 2025-03-01.") var start: String
    @Option(help: "Last date to judge (default: the last one).") var end: String?
    @Option(help: "Column of a series that the intervention cannot reach; may be repeated.") var control: [String] = []
    @Option(help: "Growth of the level: none, fixed or varying.") var slope = StructuralModel.Movement.none
    @Option(help: "Season over the week: none, fixed or varying.") var weekly = StructuralModel.Movement.fixed
    @Option(help: "Pairs of waves over the year; 0 for no yearly season.") var yearly = 0
    @Option(
        help: "A holiday by rule: easter, easter-2, name=12-25, name=11-thu-4 or name=05-mon-last; may be repeated.")
    var holiday: [String] = []
    @Option(help: "CSV of holidays: date, name, until.") var holidays: String?
    @Option(help: "CSV of events: date, name, until.") var events: String?
    @Option(help: "Share of cases in which the range holds the truth.") var confidence = 0.95
    @Option(help: "Currency of the outcome, where it is money.") var currency: String?
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard confidence > 0.5, confidence < 1 else { throw ValidationError("--confidence lies between 0.5 and 1.") }
        guard (0...10).contains(yearly) else { throw ValidationError("--yearly lies between 0 and 10.") }
    }

    func measured() throws -> Report {
        let table = try Table(path: input, mustBeNumbers: [outcome] + control, mustBeCategories: [date])
        let series = try DatedSeries(table, date: date, outcome: outcome, controls: control)
        let days = series.firstDay...series.day(series.values.count - 1)
        var declared = try holiday.map { try event($0, days) }
        for file in [holidays, events].compactMap({ $0 }) {
            declared += try CalendarEvent.events(
                Table(path: file, mustBeCategories: ["date", "name", "until"]))
        }
        let result = try InterruptedSeries(
            series,
            .init(
                start: try day(start, "--start"), end: try end.map { try day($0, "--end") }, slope: slope,
                weekly: weekly, yearlyWaves: yearly, events: declared, confidence: confidence))
        var made = result.report(
            outcome: outcome, unit: currency.map { .money($0) } ?? .number(), data: ["\(input): \(table.rows) rows."])
        made.warnings += table.faults
        return made
    }

    private func day(_ text: String, _ option: String) throws -> Int {
        guard let moment = Timestamp(iso8601: text) else {
            throw ValidationError("\(option) “\(text)” is no date. Write it as 2025-03-01.")
        }
        return moment.day
    }

    private func event(_ text: String, _ days: ClosedRange<Int>) throws -> CalendarEvent {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard let last = parts.last, let rule = HolidayRule(last) else {
            throw ValidationError(
                "--holiday “\(text)” is no rule. Write easter, easter-2, name=12-25, name=11-thu-4 or name=05-mon-last."
            )
        }
        return rule.event(named: parts[0], in: days)
    }
}

extension StructuralModel.Movement: ExpressibleByArgument {}
