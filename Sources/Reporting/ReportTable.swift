/// Figures in rows and columns.
public struct ReportTable: Sendable, Equatable {
    public struct Column: Sendable, Equatable {
        /// In JSON and CSV; lower case with underscores.
        public var name: String
        /// For people.
        public var label: String

        public init(_ name: String, _ label: String) {
            self.name = name
            self.label = label
        }
    }

    public enum Cell: Sendable, Equatable {
        case text(String)
        case quantity(Quantity)
        case empty
    }

    /// Letters and hyphens, unique within a report.
    public var name: String
    /// Said above it.
    public var caption: String
    public var columns: [Column]
    /// Each as long as `columns`.
    public var rows: [[Cell]]

    public init(name: String, caption: String = "", columns: [Column], rows: [[Cell]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "A row of table \(name) has too many or few cells.")
        self.name = name
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}

extension ReportTable.Cell {
    /// A number with its unit; empty where it is not finite.
    public static func number(_ value: Double?, _ unit: Quantity.Unit = .number()) -> ReportTable.Cell {
        guard let value, value.isFinite else { return .empty }
        return .quantity(Quantity(value, unit))
    }

    public static func count(_ count: Int) -> ReportTable.Cell { .quantity(Quantity(Double(count), .count)) }
}
