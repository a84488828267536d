import GRDB
import WeirStorage

/// Writes records as rows, with one statement for each type that occurs.
struct RowInserter {
    private let database: Database
    /// By the number of the type.
    private var statements = [SQLStatement?](repeating: nil, count: RowSQL.typeCount)
    private var sequence: Int64 = 0
    /// What the records so far are found by.
    private(set) var lookups: [RecentKeys.Entry] = []

    init(_ database: Database) { self.database = database }

    mutating func insert(_ record: Sequenced) throws {
        sequence = record.sequence
        try record.record.visit(&self)
    }
}

extension RowInserter: RecordVisitor {
    mutating func visit<Row: StoredRow>(_ row: Row) throws {
        let statement = try statement(of: Row.self)
        statement.bind(sequence)
        row.write(to: statement)
        try statement.run()
        guard let text = row.lookupText else { return }
        lookups.append(RecentKeys.Entry(key: Row.lookupKey(of: text), sequence: sequence))
    }

    private mutating func statement<Row: StoredRow>(of type: Row.Type) throws -> SQLStatement {
        let number = Int(Row.recordKind.number)
        if let statement = statements[number] { return statement }
        let statement = try SQLStatement(database, RowSQL.insertion(of: Row.self))
        statements[number] = statement
        return statement
    }
}
