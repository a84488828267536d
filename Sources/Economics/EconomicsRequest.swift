import WeirJSON
package import WeirMeasuring
package import WeirReporting
import WeirTables

/// What a customer costs and brings, by a file with a row per day and campaign, channel, cohort or segment.
package struct EconomicsRequest: MeasurementRequest {
    package static let kind = "economics"

    package var input: MeasuredFile?
    /// The column with the day.
    package var date = "date"
    /// Columns to group by, each by itself or several by commas; none for all that there are of the usual ones.
    package var by: [String] = []
    /// JSON with definitions of metrics.
    package var definitions: [MeasuredFile] = []
    /// CSV with the cost of running: columns unit and rate.
    package var costs: MeasuredFile?
    /// Costs of running, such as `messages=0.004`.
    package var rate: [String] = []
    /// Margin as a share of revenue, where there is no column margin; in 0 < margin ≤ 1.
    package var margin: Double?
    /// Nil for USD.
    package var currency: String?

    package init() {}

    package func check() throws {
        if let margin, !(margin > 0 && margin <= 1) {
            throw MeasurementError("--margin must be above 0 and at most 1.")
        }
    }

    package func report() throws -> Report {
        let input = try required(input)
        let running = try runningCosts()
        let usual = ["campaign", "offer", "channel", "cohort", "segment"]
        let table = try input.table(mustBeNumbers: Self.known, mustBeCategories: [date] + (wanted ?? usual))
        try table.requireReadable()
        let rows = try EconomicRows(
            table, date: date, dimensions: wanted ?? usual.filter(table.names.contains), costs: running,
            marginShare: margin)
        var report = try EconomicsStudy(rows, registry: registry(), currency: currency ?? "USD").report
        let texts = table.names.filter { !rows.measures.contains($0) && $0 != date && !rows.dimensions.contains($0) }
        let unused = texts.isEmpty ? "" : "; not used: \(texts.prefix(12).joined(separator: ", "))"
        let left = table.rows + table.faultCount - rows.count
        report.understood =
            "date \(date) as days; \(table.kinds(of: rows.dimensions + rows.measures)); money in \(currency ?? "USD")"
            + "\(unused); \(rows.count) rows, \(left == 0 ? "none" : "\(left)") left out."
        return report
    }

    /// Columns to group by.
    package var wanted: [String]? {
        by.isEmpty ? nil : by.flatMap { ListedNames.names(in: $0) ?? $0.split(separator: ",").map(String.init) }
    }

    /// Those that were named and those of the file.
    ///
    /// - Throws: `MeasurementError` or `TableError`.
    package func runningCosts() throws -> [RunningCost] {
        var running = try rate.map { text in try RunningCost(text) }
        if let costs {
            running += try RunningCost.list(
                costs.table(mustBeNumbers: ["rate"], mustBeCategories: ["unit"], mayBeEmpty: true))
        }
        let repeated = running.map(\.column).filter { column in running.count { $0.column == column } > 1 }
        if let column = repeated.first { throw MeasurementError("“\(column)” has two rates; keep one.") }
        return running
    }

    /// The standard metrics with those defined beside them.
    ///
    /// - Throws: `MeasurementError`.
    package func registry() throws -> MetricRegistry {
        var registry = MetricRegistry.standard
        var added: [MetricDefinition] = []
        for file in definitions {
            guard let bytes = try? file.bytes() else {
                throw MeasurementError("“\(file.name)” cannot be read. Name a JSON file of definitions.")
            }
            do { added += try MetricDefinition.list(JSON(parsing: bytes), file: file.name) } catch let error
                as JSONParsingError
            {
                throw MeasurementError("“\(file.name)”: \(error)")
            }
        }
        try registry.define(added)
        return registry
    }

    /// Columns in which a text is a fault of its row.
    private static let known = [
        "spend", "incentives", "impressions", "visits", "orders", "new_customers", "revenue", "margin", "messages",
        "engaged", "churned", "active_customers", "incremental_revenue", "incremental_revenue_se", "lifetime_value",
        "incremental_lifetime_value",
    ]
}
