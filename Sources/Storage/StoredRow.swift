/// A type of record: its number, and how it is a row of a table that is keyed by the sequence number.
///
/// Stores write and read rows through this alone, so a type that is named in `Record` is kept by every store.
package protocol StoredRow: Sendable, Equatable {
    static var recordKind: RecordKind { get }
    static var table: String { get }
    /// The version of the tables that brought this one.
    static var since: Int { get }
    /// In the order in which they are written and read, without `sequence`.
    static var columns: [RowColumn] { get }

    /// The column by whose text records are found beside their numbers; nil for most types.
    static var lookupColumn: String? { get }

    var record: Record { get }
    /// What stands in that column.
    var lookupText: String? { get }
    func write(to row: some RowWriter)
    /// - Throws: `StoreDamage`.
    init(row: some RowReader) throws
}

extension StoredRow {
    package static var lookupColumn: String? { nil }
    package var lookupText: String? { nil }
}
