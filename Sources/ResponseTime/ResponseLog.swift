import WeirReporting
import WeirDomain
import WeirMeasuring
package import WeirTables

/// Signals and when the treatment changed after each.
package struct ResponseLog: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var trigger: String
        /// From the signal to the changed treatment or, where it has not come, to the end of watching; ≥ 0.
        package var seconds: Double
        package var isTreated: Bool
        /// What an immediate response would have been worth; NaN where not known.
        package var value: Double
        /// What came of it; NaN where not known.
        package var outcome: Double

        package init(
            trigger: String, seconds: Double, isTreated: Bool, value: Double = .nan, outcome: Double = .nan
        ) {
            self.trigger = trigger
            self.seconds = seconds
            self.isTreated = isTreated
            self.value = value
            self.outcome = outcome
        }
    }

    package var entries: [Entry]
    package var warnings: [String]
    /// How moments are written, in words.
    package var momentUnit = "dates and times, UTC where no zone is given"
    /// What counts as treated, as sentences say it.
    package var treatment = "a changed treatment"

    package init(entries: [Entry], warnings: [String] = []) {
        self.entries = entries
        self.warnings = warnings
    }

    /// Reads the columns `trigger`, `signal` and `treated` (empty: not yet), and `value` and `outcome` where there are.
    ///
    /// Moments are ISO 8601, or seconds, milliseconds or microseconds since 1970. Rows that cannot be used are left out and said.
    ///
    /// - Parameter end: When watching ended, in seconds since 1970; nil: the latest moment in the file.
    /// - Throws: `MeasurementError`, where no row can be used, or `TableError`.
    package init(_ table: Table, end: Double? = nil) throws {
        let (triggers, names) = try table.categories("trigger")
        let signals = try Self.moments(table, "signal")
        let treatments = try Self.moments(table, "treated")
        let values = table.names.contains("value") ? try table.numbers("value") : nil
        let outcomes = table.names.contains("outcome") ? try table.numbers("outcome") : nil
        if let number = signals.lazy.compactMap({ Double($0.text).flatMap { EpochNumber($0) } }).first {
            momentUnit = "\(number.unit) since 1970"
        }
        let latest = (signals + treatments).compactMap { $0.seconds }.max()
        guard let end = end ?? latest else {
            throw MeasurementError("column “signal”: no moment can be read. Write them as 2025-03-01T12:00:00Z.")
        }
        var faults: [String] = []
        var count = 0
        func fault(_ row: Int, _ text: String) {
            count += 1
            if faults.count < 5 { faults.append("line \(table.line(ofRow: row)): \(text)") }
        }
        entries = []
        for row in 0..<table.rows {
            guard triggers[row] >= 0 else { fault(row, "column “trigger” is empty. Name the trigger."); continue }
            guard let signal = signals[row].seconds else {
                fault(row, "column “signal” holds no moment (“\(signals[row].text)”). Write 2025-03-01T12:00:00Z.")
                continue
            }
            guard treatments[row].text.isEmpty || treatments[row].seconds != nil else {
                fault(row, "column “treated” holds no moment (“\(treatments[row].text)”). Leave it empty for not yet.")
                continue
            }
            guard signal <= end else {
                fault(row, "the signal comes after the end of watching. Set a later end."); continue
            }
            if let treated = treatments[row].seconds, treated < signal {
                fault(row, "the treatment comes before its signal. Check both clocks.")
                continue
            }
            let value = values?[row] ?? .nan
            guard !(value < 0), !value.isInfinite else {
                fault(row, "column “value”: \(value) is negative or infinite. Give what a quick response is worth.")
                continue
            }
            // What came after the end was not known then.
            let treated = treatments[row].seconds.flatMap { $0 <= end ? $0 : nil }
            entries.append(
                Entry(
                    trigger: names[Int(triggers[row])], seconds: (treated ?? end) - signal, isTreated: treated != nil,
                    value: value, outcome: outcomes?[row] ?? .nan))
        }
        guard !entries.isEmpty else {
            throw MeasurementError(faults.isEmpty ? ["There are no rows. Give one per signal."] : faults)
        }
        warnings = faults
        if count > faults.count { warnings.append("\(count - faults.count) more rows are left out for such reasons.") }
    }

    private static func moments(_ table: Table, _ name: String) throws -> [(seconds: Double?, text: String)] {
        let (codes, levels) = try table.categories(name)
        let parsed = levels.map { level in
            Double(level).flatMap { EpochNumber($0)?.seconds }
                ?? Timestamp(iso8601: level).map { Double($0.microseconds) / 1e6 }
        }
        return codes.map { $0 < 0 ? (nil, "") : (parsed[Int($0)], levels[Int($0)]) }
    }
}
