import WeirReporting
import WeirDomain
package import WeirTables

/// An outcome by date, evenly spaced, with series that may explain it.
package struct DatedSeries: Sendable, Equatable {
    /// Days since 1970-01-01.
    package var firstDay: Int
    /// Days from one value to the next: 1 for daily figures, 7 for weekly ones.
    package var step: Int
    /// NaN where there is none.
    package var values: [Double]
    /// Each as long as `values`; NaN where there is none.
    package var controls: [Control]

    package struct Control: Sendable, Equatable {
        package var name: String
        package var values: [Double]

        package init(name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    package init(firstDay: Int, step: Int = 1, values: [Double], controls: [Control] = []) {
        precondition(step > 0 && controls.allSatisfy { $0.values.count == values.count }, "evenly spaced, equally long")
        self.firstDay = firstDay
        self.step = step
        self.values = values
        self.controls = controls
    }

    package func day(_ index: Int) -> Int { firstDay + index * step }
    /// The first value on or after a day.
    func index(from day: Int) -> Int { (day - firstDay + step - 1) / step }
    func date(_ index: Int) -> String { dateText(ofDay: day(index)) }
}

/// `2025-03-01`.
func dateText(ofDay day: Int) -> String { Timestamp(microseconds: Int64(day) * TimeSpan.day.microseconds).isoDate }

extension DatedSeries {
    /// Reads one row per date; the dates may stand in any order and some may be missing.
    ///
    /// - Parameters:
    ///   - table: With dates as `2025-03-01` and numbers.
    ///   - controls: Names of columns.
    /// - Throws: `MeasurementError`, or `TableError` where a column is missing or holds text.
    package init(_ table: Table, date: String, outcome: String, controls: [String] = []) throws {
        let days = try CalendarColumn(table, date)
        var faults = days.faults
        for name in days.repeated.prefix(10) {
            faults.append(
                "column “\(date)”: \(name) stands in more than one row. Give one row per date, such as its sum.")
        }
        let outcomes = try table.numbers(outcome)
        let columns = try controls.map { try table.numbers($0) }
        for (name, column) in zip([outcome] + controls, [outcomes] + columns) {
            if let row = column.firstIndex(where: \.isInfinite) {
                faults.append("line \(table.line(ofRow: row)), column “\(name)”: the value is infinite. Correct it.")
            }
            if Set([outcome] + controls).count < controls.count + 1 {
                faults.append("column “\(name)” is named twice. Name each once.")
            }
        }
        guard let first = days.days.min(), let last = days.days.max(), first < last else {
            throw MeasurementError(faults + ["column “\(date)”: there are fewer than two dates. Give a series."])
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        let step = days.days.reduce(0) { greatestCommonDivisor($0, $1 - first) }
        let count = (last - first) / step + 1
        guard count <= 100_000 else {
            throw MeasurementError("column “\(date)”: \(count) dates from first to last. Check for a mistyped year.")
        }
        func spread(_ numbers: ContiguousArray<Double>) -> [Double] {
            var values = [Double](repeating: .nan, count: count)
            for (row, day) in days.days.enumerated() { values[(day - first) / step] = numbers[row] }
            return values
        }
        self.init(
            firstDay: first, step: step, values: spread(outcomes),
            controls: zip(controls, columns).map { Control(name: $0, values: spread($1)) })
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

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
