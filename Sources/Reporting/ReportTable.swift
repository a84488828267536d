/// Figures in rows and columns.
package struct ReportTable: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        /// In JSON and CSV; lower case with underscores.
        package var name: String
        /// For people.
        package var label: String

        package init(_ name: String, _ label: String) {
            self.name = name
            self.label = label
        }
    }

    package enum Cell: Sendable, Equatable {
        case text(String)
        case quantity(Quantity)
        case empty
    }

    /// Letters and hyphens, unique within a report.
    package var name: String
    /// Said above it.
    package var caption: String
    package var columns: [Column]
    /// Each as long as `columns`.
    package var rows: [[Cell]]

    package init(name: String, caption: String = "", columns: [Column], rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "A row of table \(name) has too many or few cells.")
        self.name = name
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}

extension ReportTable.Cell {
    /// A number with its unit; empty where it is not finite.
    package static func number(_ value: Double?, _ unit: Quantity.Unit = .number()) -> ReportTable.Cell {
        guard let value, value.isFinite else { return .empty }
        return .quantity(Quantity(value, unit))
    }

    package static func count(_ count: Int) -> ReportTable.Cell { .quantity(Quantity(Double(count), .count)) }
}
