import WeirReporting
import WeirDomain
package import WeirTables

/// Something that moves the outcome on known days: a holiday, a campaign of a competitor, an outage.
package struct CalendarEvent: Sendable, Equatable {
    package var name: String
    /// Days since 1970-01-01, ascending.
    package var days: [Int]

    package init(name: String, days: [Int]) {
        self.name = name
        self.days = Array(Set(days)).sorted()
    }

    /// Reads the columns `date`, `name` and, where there is one, `until` (the last day; empty: the same day). Rows of one
    /// name are one event that came several times.
    ///
    /// - Throws: `MeasurementError` or `TableError`.
    package static func events(_ table: Table) throws -> [CalendarEvent] {
        let starts = try CalendarColumn(table, "date")
        var faults = Array(table.faults.prefix(10)) + starts.faults
        let (codes, names) = try table.categories("name")
        let ends = table.names.contains("until") ? try table.categories("until") : nil
        var days = names.map { _ in [Int]() }
        for (row, code) in codes.enumerated() {
            let line = "line \(table.line(ofRow: row))"
            guard code >= 0 else {
                faults.append("\(line), column “name” is empty. Say what happened.")
                continue
            }
            var last = starts.days[row]
            if let ends, ends.codes[row] >= 0 {
                let text = ends.levels[Int(ends.codes[row])]
                guard let day = Timestamp(iso8601: text)?.day, (0...3660).contains(day - last) else {
                    faults.append(
                        "\(line), column “until”: “\(text)” is no date from the event's start on. Write it as 2025-03-01."
                    )
                    continue
                }
                last = day
            }
            days[Int(code)] += Array(starts.days[row]...max(last, starts.days[row]))
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return zip(names, days).map { CalendarEvent(name: $0, days: $1) }
    }
}
