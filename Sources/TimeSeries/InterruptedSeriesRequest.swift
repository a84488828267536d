import WeirDomain
package import WeirMeasuring
package import WeirReporting
import WeirTables

/// What changed in one series since a date, by a file with one row per date.
package struct InterruptedSeriesRequest: MeasurementRequest {
    package static let kind = "interrupted-series"

    package var input: MeasuredFile?
    /// Columns with the date and the outcome.
    package var date = "date"
    package var outcome = "outcome"
    /// First date of the intervention and last one to judge.
    package var start = ""
    package var end: String?
    /// Columns of series that the intervention cannot reach.
    package var control: [String] = []
    package var slope = StructuralModel.Movement.none
    package var weekly = StructuralModel.Movement.fixed
    /// Pairs of waves over the year; in 0 ... 10.
    package var yearly = 0
    /// Rules such as `easter`, `name=12-25`, `name=11-thu-4`.
    package var holiday: [String] = []
    /// Files with date, name and, where a day lasts, until.
    package var holidays: MeasuredFile?
    package var events: MeasuredFile?
    package var confidence = 0.95
    /// Of the outcome, where it is money.
    package var currency: String?

    package init() {}

    package func check() throws {
        guard confidence > 0.5, confidence < 1 else { throw MeasurementError("--confidence lies between 0.5 and 1.") }
        guard (0...10).contains(yearly) else { throw MeasurementError("--yearly lies between 0 and 10.") }
        _ = try day(required(start, "--start", "the first date of the intervention"), "--start")
        if let end { _ = try day(end, "--end") }
        for text in holiday { _ = try rule(text) }
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeNumbers: [outcome] + control, mustBeCategories: [date])
        let series = try DatedSeries(table, date: date, outcome: outcome, controls: control)
        let days = series.firstDay...series.day(series.values.count - 1)
        var declared = try holiday.map { text in
            let (name, rule) = try rule(text)
            return rule.event(named: name, in: days)
        }
        for file in [holidays, events].compactMap({ $0 }) {
            declared += try CalendarEvent.events(
                file.table(mustBeCategories: ["date", "name", "until"], mayBeEmpty: true))
        }
        let result = try InterruptedSeries(
            series,
            .init(
                start: try day(start, "--start"), end: try end.map { try day($0, "--end") }, slope: slope,
                weekly: weekly, yearlyWaves: yearly, events: declared, confidence: confidence))
        var made = result.report(
            outcome: outcome, unit: currency.map { .money($0) } ?? .number(),
            data: ["\(input.name): \(table.rows) rows."])
        made.warnings = table.faultMessages + made.warnings
        return made
    }

    private func day(_ text: String, _ option: String) throws -> Int {
        guard let moment = Timestamp(iso8601: text) else {
            throw MeasurementError("\(option) “\(text)” is no date. Write it as 2025-03-01.")
        }
        return moment.day
    }

    private func rule(_ text: String) throws -> (name: String, rule: HolidayRule) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard let last = parts.last, let rule = HolidayRule(last) else {
            throw MeasurementError(
                "--holiday “\(text)” is no rule. Write easter, easter-2, name=12-25, name=11-thu-4 or name=05-mon-last."
            )
        }
        return (parts[0], rule)
    }
}
