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
    /// Over the year, of monthly and quarterly figures; nil for fixed where two years lie before the start.
    package var season: StructuralModel.Movement?
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
        try checkDate(required(start, "--start", "the first date of the intervention"), "--start")
        if let end { try checkDate(end, "--end") }
        if season ?? .none != .none, yearly > 0 {
            throw MeasurementError("--season and --yearly are two ways to say the same. Leave one of the two out.")
        }
        for text in holiday { _ = try rule(text) }
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeNumbers: [outcome] + control, mustBeCategories: [date])
        let series = try DatedSeries(table, date: date, outcome: outcome, controls: control)
        let days = series.firstDay...series.day(series.values.count) - 1
        try refuseUnused(series)
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
                start: try series.startDay(start) ?? unread(start, "--start"),
                end: try end.map { try series.endDay($0) ?? unread($0, "--end") }, slope: slope, weekly: weekly,
                season: season, yearlyWaves: yearly, events: declared, confidence: confidence))
        var made = result.report(
            outcome: outcome, unit: currency.map { .money($0) } ?? .number(),
            data: ["\(input.name): \(table.rows) rows."])
        made.warnings = table.faultMessages + made.warnings
        return made
    }

    private func checkDate(_ text: String, _ option: String) throws {
        if !PeriodColumn.isPeriod(text) { _ = try unread(text, option) }
    }

    private func unread(_ text: String, _ option: String) throws -> Int {
        throw MeasurementError("\(option) “\(text)” is no date. Write it as 2025-03-01.")
    }

    /// Refuses seasons that figures of this frequency cannot have.
    private func refuseUnused(_ series: DatedSeries) throws {
        let isDaily = series.spacing == .days(1)
        if !isDaily, weekly == .varying {
            throw MeasurementError(
                "--weekly varying: the figures are by the \(series.stepName), so there is no season over the week. Leave it out."
            )
        }
        if season ?? .none != .none, isDaily || series.seasonLength == nil {
            throw MeasurementError(
                "--season is of monthly and quarterly figures; these are by the \(series.stepName). Use --yearly.")
        }
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
