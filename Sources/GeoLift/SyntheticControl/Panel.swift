package import WeirMeasuring
import WeirReporting
package import WeirStatistics

/// What was measured at each unit, such as a city, in each period, such as a day.
package struct Panel: Sendable {
    /// A day, week, month or number.
    package struct Period: Sendable, Equatable {
        /// As the file has it.
        package var label: String
        /// Seconds since 1970-01-01 UTC for dates, else the number itself.
        package var position: Double

        package init(label: String, position: Double) {
            self.label = label
            self.position = position
        }
    }

    package var units: [String]
    /// In order of time.
    package var periods: [Period]
    /// Whether periods are dates rather than numbers.
    package var isDated: Bool
    /// One row per period, one column per unit; NaN where nothing was measured.
    package var outcome: Matrix
    /// Further columns of the same shape, by name.
    package var predictors: [String: Matrix]
    /// How the file writes its periods, of which `periods` are the first ones; nil where they come from no file.
    package var column: PeriodColumn?
    /// What was wrong with the data yet leaves them usable.
    package var warnings: [String]

    package init(
        units: [String], periods: [Period], isDated: Bool, outcome: Matrix, predictors: [String: Matrix] = [:],
        column: PeriodColumn? = nil, warnings: [String] = []
    ) {
        precondition(outcome.rows == periods.count && outcome.columns == units.count, "periods × units numbers")
        self.units = units
        self.periods = periods
        self.isDated = isDated
        self.outcome = outcome
        self.predictors = predictors
        self.column = column
        self.warnings = warnings
    }

    /// The columns of the units with these names.
    ///
    /// - Throws: `MeasurementError` that names each unknown one and the nearest known.
    package func indices(of names: [String], role: String) throws -> [Int] {
        var faults: [String] = []
        var found: [Int] = []
        for name in names {
            if let index = units.firstIndex(of: name)
                ?? units.firstIndex(where: { $0.lowercased() == name.lowercased() })
            {
                if !found.contains(index) { found.append(index) }
            } else {
                faults.append("\(role): there is no unit “\(name)”. \(suggestion(for: name))")
            }
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return found
    }

    /// The first period at or after a date or number as the file writes them.
    ///
    /// - Throws: `MeasurementError` where it cannot be read or lies outside the periods.
    package func index(from text: String, role: String) throws -> Int {
        let found = column.map { $0.firstIndex(from: text) } ?? place(of: text)
        guard let found else { throw unreadable(text, role) }
        guard let last = periods.last, found < periods.count else {
            throw MeasurementError(
                "\(role): “\(text)” lies after the last period, \(periods.last?.label ?? "none"). Add later periods or correct it."
            )
        }
        guard try found > 0 || end(until: text, role: role) > 0 else {
            throw MeasurementError(
                "\(role): “\(text)” lies before the first period; the file has \(periods[0].label) to \(last.label).")
        }
        return found
    }

    /// One past the last period that begins until a date or number as the file writes them; at most all.
    ///
    /// - Throws: `MeasurementError` where it cannot be read.
    package func end(until text: String, role: String) throws -> Int {
        guard let column else {
            guard let position = PeriodText.position(text, isDated: isDated) else { throw unreadable(text, role) }
            return (periods.lastIndex { $0.position <= position } ?? -1) + 1
        }
        guard let end = column.endIndex(until: text) else { throw unreadable(text, role) }
        return min(end, periods.count)
    }

    private func place(of text: String) -> Int? {
        PeriodText.position(text, isDated: isDated).map { position in
            periods.firstIndex { $0.position >= position } ?? periods.count
        }
    }

    private func unreadable(_ text: String, _ role: String) -> MeasurementError {
        MeasurementError(
            "\(role): “\(text)” is no \(isDated ? "date; write it as 2021-04-01" : "number like the file's periods").")
    }

    /// Periods and units as they were read: `8 units, 120 days, 2026-01-01 to 2026-04-30`.
    func understood(_ units: String) -> String {
        let span = column.map(\.understood) ?? "\(periods.count) periods"
        return "\(self.units.count) \(units), \(span)"
    }

    /// Only the periods up to a last one.
    package func prefix(_ count: Int) -> Panel {
        var result = self
        let rows = Array(0..<count)
        result.periods = Array(periods[..<count])
        result.outcome = outcome.selecting(rows: rows)
        result.predictors = predictors.mapValues { $0.selecting(rows: rows) }
        return result
    }

    private func suggestion(for name: String) -> String {
        let wanted = Set(name.lowercased())
        let near = units.map { unit -> (String, Int) in
            (unit, Set(unit.lowercased()).symmetricDifference(wanted).count + abs(unit.count - name.count))
        }.min { $0.1 < $1.1 }
        if let near, near.1 <= 3 { return "Did you mean “\(near.0)”?" }
        let shown = units.prefix(8).map { "“\($0)”" }.joined(separator: ", ")
        return "Known: \(shown)\(units.count > 8 ? " and \(units.count - 8) more" : "")."
    }
}

/// How files write a period.
enum PeriodText {
    /// Nil where the text is no date (2021-04-01, 2021-04 or 2021-W13), or no number where numbers are expected.
    static func position(_ text: String, isDated: Bool) -> Double? {
        isDated ? days(text).map { $0 * 86_400 } : Double(text)
    }

    /// Days since 1970-01-01.
    static func days(_ text: String) -> Double? {
        let parts = text.prefix { $0 != "T" && $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].count == 4, let year = Int(parts[0]) else { return nil }
        if parts.count == 2, parts[1].first == "W", let week = Int(parts[1].dropFirst()), (1...53).contains(week) {
            // ISO 8601: week 1 holds January 4, and weeks begin on Monday; 1970-01-01 was a Thursday.
            let fourth = civil(year, 1, 4)
            return Double(fourth - ((fourth + 3) % 7 + 7) % 7 + 7 * (week - 1))
        }
        guard let month = Int(parts[1]), (1...12).contains(month) else { return nil }
        guard parts.count == 3 else { return parts.count == 2 ? Double(civil(year, month, 1)) : nil }
        let next = month == 12 ? civil(year + 1, 1, 1) : civil(year, month + 1, 1)
        guard let day = Int(parts[2]), day >= 1, day <= next - civil(year, month, 1) else { return nil }
        return Double(civil(year, month, day))
    }

    /// Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), days_from_civil.
    private static func civil(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
