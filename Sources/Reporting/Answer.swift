package import WeirJSON

/// A command's answer that is no measurement: sentences for people, the same for programs, and rows where there are some.
package struct Answer: Presentable, Sendable, Equatable {
    /// Without their line ends.
    package var lines: [String]
    package var json: JSON
    package var tables: [ReportTable]

    package init(_ lines: [String], json: JSON, tables: [ReportTable] = []) {
        self.lines = lines
        self.json = json
        self.tables = tables
    }

    /// Rows, for people either in sentences of their own or as they are.
    ///
    /// - Parameters:
    ///   - empty: Said where there is no row.
    ///   - lines: Of all rows; nil aligns the columns.
    package init(_ table: ReportTable, empty: String, lines: [String]? = nil) {
        let shown = lines ?? table.lines
        self.init(
            table.rows.isEmpty ? [empty] : shown,
            json: .object([JSON.Member(table.name.replacing("-", with: "_"), table.json)]), tables: [table])
    }

    package var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }
}

extension ReportTable {
    /// A table of what a program wrote as an array of objects; what is nested stands as JSON.
    ///
    /// - Parameter columns: The members that are shown, with their labels; one that is missing is an empty cell.
    package init(name: String, columns: [Column], of objects: [JSON]) {
        self.init(
            name: name, columns: columns,
            rows: objects.map { object in
                columns.map { column in
                    guard let value = object.present(column.name) else { return .empty }
                    return value.string.map(Cell.text) ?? value.double.map { .number($0) } ?? .text(value.text)
                }
            })
    }
}
