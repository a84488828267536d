public import WeirTimeSeries
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct InterruptedSeriesCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: InterruptedSeriesRequest.kind,
        abstract: "What changed in one series since a date, against what the time before lets expect.",
        discussion: """
            The file has one row per day, week, month or quarter: a column of dates and one of the outcome, others for controls. Holidays and events
            are files with the columns date, name and, where an event lasts, until.

              weir measure interrupted-series --input sales.csv --outcome orders --start 2025-03-01
              weir measure interrupted-series --input sales.csv --outcome orders --start 2025-03-01 \\
                  --holiday easter --holiday thanksgiving=11-thu-4 --events events.csv --control market --output report.html
            """)

    @Option(help: "CSV with one row per date (packed with gzip or not).") var input: String
    @Option(help: "Column of the dates.") var date = "date"
    @Option(help: "Column of the outcome.") var outcome = "outcome"
    @Option(help: "First date of the intervention, such as 2025-03-01.") var start: String
    @Option(help: "Last date to judge (default: the last one).") var end: String?
    @Option(help: "Column of a series that the intervention cannot reach; may be repeated.") var control: [String] = []
    @Option(help: "Growth of the level: none, fixed or varying.") var slope = StructuralModel.Movement.none
    @Option(help: "Season over the week, of daily figures: none, fixed or varying.")
    var weekly = StructuralModel.Movement.fixed
    @Option(
        help:
            "Season over the year, of monthly and quarterly figures: none, fixed or varying (default: fixed where two years lie before the start)."
    )
    var season: StructuralModel.Movement?
    @Option(help: "Pairs of waves over the year; 0 for no yearly season.") var yearly = 0
    @Option(
        help: "A holiday by rule: easter, easter-2, name=12-25, name=11-thu-4 or name=05-mon-last; may be repeated.")
    var holiday: [String] = []
    @Option(help: "CSV of holidays: date, name, until.") var holidays: String?
    @Option(help: "CSV of events: date, name, until.") var events: String?
    @Option(help: "Share of cases in which the range holds the truth.") var confidence = 0.95
    @Option(help: "Currency of the outcome, where it is money.") var currency: String?
    @OptionGroup var report: ReportOptions

    var request: InterruptedSeriesRequest {
        var request = InterruptedSeriesRequest()
        request.input = MeasuredFile(path: input)
        request.date = date
        request.outcome = outcome
        request.start = start
        request.end = end
        request.control = control
        request.slope = slope
        request.weekly = weekly
        request.season = season
        request.yearly = yearly
        request.holiday = holiday
        request.holidays = holidays.map { MeasuredFile(path: $0) }
        request.events = events.map { MeasuredFile(path: $0) }
        request.confidence = confidence
        request.currency = currency
        return request
    }
}

extension StructuralModel.Movement: ExpressibleByArgument {}
