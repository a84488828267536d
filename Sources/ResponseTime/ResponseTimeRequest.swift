import WeirDomain
package import WeirMeasuring
package import WeirReporting
import WeirTables

/// How long it took from signal to changed treatment and what the delay cost, by a file with one row per signal.
package struct ResponseTimeRequest: MeasurementRequest {
    package static let kind = "response-time"

    package var input: MeasuredFile?
    /// When watching ended; nil for the latest moment in the file.
    package var end: String?
    /// Time in which a response loses half of its value, such as `90s`, `15min`, `6h` or `2d`.
    package var valueHalfLife: String?
    /// Delay that could be reached; nil for what a tenth stayed under.
    package var reachable: String?
    /// Of value and outcome, where they are money.
    package var currency: String?

    package init() {}

    package func check() throws {
        _ = try lastMoment()
        _ = (try seconds(valueHalfLife, "--value-half-life"), try seconds(reachable, "--reachable"))
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(
            mustBeNumbers: ["value", "outcome"], mustBeCategories: ["trigger", "signal", "treated"])
        try table.requireReadable()
        var log = try ResponseLog(table, end: try lastMoment())
        log.warnings = table.faultMessages + log.warnings
        var report = log.report(
            .init(
                halfLifeSeconds: try seconds(valueHalfLife, "--value-half-life"),
                referenceSeconds: try seconds(reachable, "--reachable"),
                unit: currency.map { .money($0) } ?? .number()),
            data: ["\(input.name): \(table.rows) rows."])
        let left = table.rows + table.faultCount - log.entries.count
        let measures = ["value", "outcome"].filter(table.names.contains)
        let numbers = measures.isEmpty ? "" : "; numbers \(measures.joined(separator: ", "))"
        report.understood =
            "trigger as a name; signal and treated as moments (\(log.momentUnit))\(numbers)\(currency.map { " in \($0)" } ?? ""); "
            + "\(log.entries.count) rows, \(left == 0 ? "none" : "\(left)") left out."
        return report
    }

    /// In seconds since 1970 UTC.
    private func lastMoment() throws -> Double? {
        try end.map { text in
            guard let moment = Timestamp(iso8601: text) else {
                throw MeasurementError("--end “\(text)” is no moment. Write 2025-03-01T00:00:00Z.")
            }
            return Double(moment.microseconds) / 1e6
        }
    }

    private func seconds(_ text: String?, _ option: String) throws -> Double? {
        guard let text else { return nil }
        let units: [(String, Double)] = [("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            if let number = Double(text.dropLast(unit.count)), number * factor >= 1e-3, number * factor <= 3.2e9 {
                return number * factor
            }
        }
        throw MeasurementError(
            "\(option) “\(text)” is no length of time up to a century. Write 90s, 15min, 6h or 2d.")
    }
}
