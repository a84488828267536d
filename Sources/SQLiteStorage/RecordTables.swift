import WeirStorage

/// The changes to tables that follow from the types of records and the versions that brought them and their columns.
struct RecordTables: RecordTypeVisitor {
    private let version: Int
    private var changes: [String] = []

    /// The statements that lead from the version before to `version`.
    static func changes(of version: Int) -> [String] {
        var tables = RecordTables(version: version)
        Record.forEachType(&tables)
        return tables.changes
    }

    static let newestVersion: Int = {
        struct Newest: RecordTypeVisitor {
            var version = 0
            mutating func visit<Row: StoredRow>(_ type: Row.Type) {
                version = max(version, Row.since, Row.columns.compactMap(\.since).max() ?? 0)
            }
        }
        var newest = Newest()
        Record.forEachType(&newest)
        return newest.version
    }()

    private init(version: Int) { self.version = version }

    mutating func visit<Row: StoredRow>(_ type: Row.Type) {
        if Row.since == version { changes.append(Self.creation(of: Row.self)) }
        for column in Row.columns where column.since == version {
            changes.append("ALTER TABLE \(Row.table) ADD COLUMN \(Self.declaration(of: column))")
        }
    }

    /// A table without the columns that came later.
    static func creation<Row: StoredRow>(of type: Row.Type) -> String {
        let columns = Row.columns.filter { $0.since == nil }.map(declaration)
        return """
            CREATE TABLE \(Row.table) (\((["sequence INTEGER PRIMARY KEY"] + columns).joined(separator: ", "))) STRICT
            """
    }

    private static func declaration(of column: RowColumn) -> String {
        let value =
            switch column.value {
            case .integer: "INTEGER"
            case .text: "TEXT"
            case .bytes: "BLOB"
            }
        return "\(column.name) \(value)\(column.isOptional ? "" : " NOT NULL")"
    }
}
