import WeirDomain
package import WeirMeasuring
import WeirReporting
package import WeirTables

/// An outcome by date, evenly spaced, with series that may explain it.
package struct DatedSeries: Sendable, Equatable {
    /// How far one value is from the next.
    package enum Spacing: Sendable, Equatable {
        /// 1 for daily figures, 7 for weekly ones.
        case days(Int)
        /// 1 for monthly figures, 3 for quarterly ones, 12 for yearly ones.
        case months(Int)
    }

    /// On which the first value's time begins, since 1970-01-01.
    package var firstDay: Int
    package var spacing: Spacing
    /// NaN where there is none.
    package var values: [Double]
    /// Each as long as `values`; NaN where there is none.
    package var controls: [Control]
    /// How the file writes its dates; nil where they come from no file.
    package var column: PeriodColumn?

    package struct Control: Sendable, Equatable {
        package var name: String
        package var values: [Double]

        package init(name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    package init(firstDay: Int, step: Int = 1, values: [Double], controls: [Control] = []) {
        self.init(firstDay: firstDay, spacing: .days(step), values: values, controls: controls)
    }

    package init(firstDay: Int, spacing: Spacing, values: [Double], controls: [Control] = []) {
        precondition(
            spacing.length > 0 && controls.allSatisfy { $0.values.count == values.count }, "evenly spaced, equally long"
        )
        self.firstDay = firstDay
        self.spacing = spacing
        self.values = values
        self.controls = controls
    }

    package func day(_ index: Int) -> Int {
        switch spacing {
        case .days(let days): return firstDay + index * days
        case .months(let months):
            let first = Timestamp.civil(fromDay: firstDay)
            let month = 12 * first.year + first.month - 1 + index * months
            return Timestamp.day(year: month / 12, month: month % 12 + 1, day: 1)
        }
    }

    /// The first value whose time begins on or after a day.
    package func index(from day: Int) -> Int {
        let index = index(holding: day)
        return self.day(index) < day ? index + 1 : index
    }

    /// The value whose time holds a day; negative before the first.
    package func index(holding day: Int) -> Int {
        func floored(_ distance: Int, _ length: Int) -> Int { Int((Double(distance) / Double(length)).rounded(.down)) }
        switch spacing {
        case .days(let days): return floored(day - firstDay, days)
        case .months(let months):
            let (first, then) = (Timestamp.civil(fromDay: firstDay), Timestamp.civil(fromDay: day))
            return floored(12 * (then.year - first.year) + then.month - first.month, months)
        }
    }

    package func date(_ index: Int) -> String { label(ofDay: day(index)) }

    /// A day as reports name it: `2025-03` where figures are of months.
    func label(ofDay day: Int) -> String {
        switch spacing {
        case .days: dateText(ofDay: day)
        case .months(let months): String(dateText(ofDay: day).prefix(months % 12 == 0 ? 4 : 7))
        }
    }

    /// Steps after which a season repeats that one effect per place can tell: 7 days, 12 months, 4 quarters.
    var seasonLength: Int? {
        switch spacing {
        case .days(1): 7
        case .months(let months) where 12 % months == 0 && months < 12: 12 / months
        default: nil
        }
    }

    /// What one step is called.
    var stepName: String {
        switch spacing {
        case .days(1): "day"
        case .days(7): "week"
        case .days(let days): "step of \(days) days"
        case .months(1): "month"
        case .months(3): "quarter"
        case .months(12): "year"
        case .months(let months): "step of \(months) months"
        }
    }
}

extension DatedSeries.Spacing {
    var length: Int {
        switch self {
        case .days(let length), .months(let length): length
        }
    }
}

/// `2025-03-01`.
func dateText(ofDay day: Int) -> String { Timestamp(microseconds: Int64(day) * TimeSpan.day.microseconds).isoDate }

extension DatedSeries {
    /// Reads one row per date; the dates may stand in any order and some may be missing.
    ///
    /// - Parameters:
    ///   - table: With days, weeks, months, quarters or years, as `PeriodColumn` reads them, and numbers.
    ///   - controls: Names of columns.
    /// - Throws: `MeasurementError`, or `TableError` where a column is missing or holds text.
    package init(_ table: Table, date: String, outcome: String, controls: [String] = []) throws {
        let (codes, levels) = try table.categories(date)
        let column = try PeriodColumn(levels: levels, column: date)
        var faults = Self.faults(codes, column, table, date)
        let outcomes = try table.numbers(outcome)
        let columns = try controls.map { try table.numbers($0) }
        if Set([outcome] + controls).count < controls.count + 1 {
            faults.append("An outcome or control is named twice. Name each column once.")
        }
        for (name, numbers) in zip([outcome] + controls, [outcomes] + columns) {
            if let row = numbers.firstIndex(where: \.isInfinite) {
                faults.append("line \(table.line(ofRow: row)), column “\(name)”: the value is infinite. Correct it.")
            }
        }
        guard let first = column.periods.first, column.periods.count > 1 else {
            throw MeasurementError(faults + ["column “\(date)”: there are fewer than two dates. Give a series."])
        }
        guard let spacing = Self.spacing(column) else {
            faults.append(
                column.frequency == .moment
                    ? "column “\(date)” holds moments of the day. Give one row per day, such as its sum."
                    : "column “\(date)” holds plain numbers, such as \(first.label). Write dates as 2025-03-01, 2025-03 or 2025-Q1."
            )
            throw MeasurementError(faults)
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        let count = column.spanned
        guard count <= 100_000 else {
            throw MeasurementError("column “\(date)”: \(count) dates from first to last. Check for a mistyped year.")
        }
        let step = Double(column.step)
        func spread(_ numbers: ContiguousArray<Double>) -> [Double] {
            var values = [Double](repeating: .nan, count: count)
            for (row, code) in codes.enumerated() where code >= 0 {
                let position = column.periods[column.places[Int(code)]].position
                values[Int(((position - first.position) / step).rounded())] = numbers[row]
            }
            return values
        }
        self.init(
            firstDay: first.firstDay, spacing: spacing, values: spread(outcomes),
            controls: zip(controls, columns).map { Control(name: $0, values: spread($1)) })
        self.column = column
    }

    private static func spacing(_ column: PeriodColumn) -> Spacing? {
        switch column.frequency {
        case .day: .days(column.step)
        case .week: .days(7 * column.step)
        case .month: .months(column.step)
        case .quarter: .months(3 * column.step)
        case .year: .months(12 * column.step)
        case .number, .moment: nil
        }
    }

    /// Rows without a date, and dates with several rows.
    private static func faults(
        _ codes: ContiguousArray<Int32>, _ column: PeriodColumn, _ table: Table, _ name: String
    ) -> [String] {
        var faults: [String] = []
        var rows = [Int](repeating: 0, count: column.periods.count)
        for (row, code) in codes.enumerated() {
            if code >= 0 {
                rows[column.places[Int(code)]] += 1
            } else if faults.count < 20 {
                faults.append(
                    "line \(table.line(ofRow: row)), column “\(name)”: “” is no date. Write it as 2025-03-01.")
            }
        }
        for (period, count) in zip(column.periods, rows).filter({ $0.1 > 1 }).prefix(10) {
            faults.append(
                "column “\(name)”: \(period.label) stands in more than one row (\(count)). Give one row per date, such as its sum."
            )
        }
        return faults
    }

    /// The day on which the first step begins that a text means, or that comes next; nil where it is no date.
    func startDay(_ text: String) -> Int? {
        place(column?.position(of: text), text).map { day(Int($0.rounded(.up))) }
    }

    /// The day on which the last step begins that a text means.
    func endDay(_ text: String) -> Int? {
        place(column?.lastPosition(of: text), text).map { day(Int($0.rounded(.down))) }
    }

    /// In steps from the first value on.
    private func place(_ position: Double?, _ text: String) -> Double? {
        guard let column, let position, let first = column.periods.first else { return nil }
        let place = (position - first.position) / Double(column.step)
        return abs(place) < 1e6 ? place : nil
    }
}

/// A column of dates, as days since 1970-01-01.
struct CalendarColumn {
    /// By row; rows with faults have 0.
    var days: [Int] = []
    var faults: [String] = []
    /// Dates that stand in more than one row.
    var repeated: [String] = []

    init(_ table: Table, _ name: String) throws {
        let (codes, levels) = try table.categories(name)
        let parsed = levels.map { Timestamp(iso8601: $0)?.day }
        var seen = Set<Int>()
        for (row, code) in codes.enumerated() {
            guard code >= 0, let day = parsed[Int(code)] else {
                let value = code < 0 ? "" : levels[Int(code)]
                if faults.count < 20 {
                    faults.append(
                        "line \(table.line(ofRow: row)), column “\(name)”: “\(value)” is no date. Write it as 2025-03-01."
                    )
                }
                days.append(0)
                continue
            }
            if !seen.insert(day).inserted { repeated.append(dateText(ofDay: day)) }
            days.append(day)
        }
        repeated = Array(Set(repeated)).sorted()
    }
}
