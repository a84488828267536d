import GRDB
import WeirStorage

extension StoredRow {
    /// Yields the sequence number, then the columns.
    static func selection(_ condition: String) -> String { RowSQL.selection(of: Self.self, condition) }

    /// The rows that meet the condition, whose parameters are bound by `bind`.
    static func rows(
        of database: Database, where condition: String, bind: (SQLStatement) -> Void = { _ in }
    ) throws -> [(sequence: Int64, row: Self)] {
        let select = try SQLStatement(database, selection(condition))
        bind(select)
        var rows: [(Int64, Self)] = []
        while try select.next() { rows.append((select.integer(), try Self(row: select))) }
        return rows
    }
}

extension SQLStatement: RowReader {}

extension SQLStatement: RowWriter {
    func write(_ value: Int64) { bind(value) }
    func write(_ text: String) { bind(text) }
    func write(_ bytes: [UInt8]) { bind(bytes) }
    func write(utf8: [UInt8]) { bindText(utf8) }
    func writeNull() { bindNull() }
}
