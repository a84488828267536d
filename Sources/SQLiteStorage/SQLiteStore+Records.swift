import GRDB
public import WeirStorage

extension SQLiteStore {
    public func records(after sequence: Int64, kinds: Set<RecordKind>, limit: Int) throws -> [Sequenced] {
        try read { database in
            var opener = TableOpener(kinds: kinds, sequence: sequence, database: database)
            try Record.forEachType(&opener)
            var tables = opener.tables
            var records: [Sequenced] = []
            // Each table is read in the order of its key; the least of their next numbers is the next record.
            while records.count < limit,
                let next = tables.indices.min(by: { tables[$0].sequence < tables[$1].sequence })
            {
                records.append(Sequenced(tables[next].sequence, try tables[next].record()))
                if try !tables[next].advance() { tables.remove(at: next) }
            }
            return records
        }
    }
}

/// Opens the tables of the types that are asked for and that have further records.
private struct TableOpener: RecordTypeVisitor {
    let kinds: Set<RecordKind>
    let sequence: Int64
    let database: Database
    private(set) var tables: [any TableReading] = []

    mutating func visit<Row: StoredRow>(_ type: Row.Type) throws {
        guard kinds.contains(Row.recordKind),
            let table = try TableReader<Row>(after: sequence, in: database)
        else { return }
        tables.append(table)
    }
}

/// The records of one type, in order.
private protocol TableReading {
    /// The number of the record at hand.
    var sequence: Int64 { get }
    mutating func advance() throws -> Bool
    /// The record at hand; once only.
    func record() throws -> Record
}

private struct TableReader<Row: StoredRow>: TableReading {
    private let rows: SQLStatement
    private(set) var sequence: Int64

    /// - Returns: Nil where no such record follows.
    init?(after sequence: Int64, in database: Database) throws {
        self.sequence = sequence
        rows = try SQLStatement(database, Row.selection("WHERE sequence > ? ORDER BY sequence"))
        rows.bind(sequence)
        guard try advance() else { return nil }
    }

    mutating func advance() throws -> Bool {
        guard try rows.next() else { return false }
        sequence = rows.integer()
        return true
    }

    func record() throws -> Record { try Row(row: rows).record }
}
