import GRDB
import Synchronization
public import WeirDomain
public import WeirStorage

extension StoredRow {
    /// What the index of all lookups knows a text by.
    ///
    /// Salted by the table, since customers and orders may have one name.
    static func lookupKey(of text: String) -> UInt64 { StableHash.of(text, salt: StableHash.of(table)) }
}

extension SQLiteStore {
    public func latestDecisions(of customer: CustomerID?, limit: Int) throws -> [StoredDecision] {
        guard let customer else { return try decisions("ORDER BY id DESC LIMIT ?") { $0.bind(Int64(limit)) } }
        return try newest(limit, of: StoredDecision.self, foundBy: customer.rawValue).sorted { $0.id > $1.id }
    }

    public func outcomes(ofOrder order: String) throws -> [Outcome] {
        try newest(.max, of: Outcome.self, foundBy: order).reversed()
    }

    /// The newest records of a type that have that text in the column by which they are found, newest first.
    private func newest<Row: StoredRow>(_ limit: Int, of type: Row.Type, foundBy text: String) throws -> [Row] {
        let key = Row.lookupKey(of: text)
        // Before the database is looked at: what is swept from here meanwhile is then found there.
        let recent = isReadOnly ? nil : recentLookups.withLock { $0.sequences(of: key) }
        return try read { database in
            let recent = try recent ?? Self.unindexed(Row.self, foundBy: text, in: database)
            var places = try NewestFirst(recent, key: key, database)
            let select = try SQLStatement(database, Row.selection("WHERE sequence = ?"))
            var found: [Row] = []
            while found.count < limit, let place = try places.next() {
                select.bind(place)
                // A key is a hash, so another text may have it too; so may a record of another type.
                guard try select.next() else { continue }
                select.skip()
                let row = try Row(row: select)
                if row.lookupText == text { found.append(row) }
                select.reset()
            }
            return found
        }
    }

    /// Where the records stand that the index may not have, for who does not hold their keys in memory.
    private static func unindexed<Row: StoredRow>(
        _ type: Row.Type, foundBy text: String, in database: Database
    ) throws -> [Int64] {
        let select = try SQLStatement(
            database,
            """
            SELECT sequence FROM \(Row.table)
            WHERE sequence > (SELECT lookups_through FROM store) AND \(Row.lookupColumn!) = ?
            """)
        select.bind(text)
        var sequences: [Int64] = []
        while try select.next() { sequences.append(select.integer()) }
        return sequences
    }
}

/// The places that a key leads to, in memory or in the index, each once.
private struct NewestFirst {
    /// Ascending.
    private var recent: [Int64]
    private let index: SQLStatement
    private var indexed: Int64?

    init(_ recent: [Int64], key: UInt64, _ database: Database) throws {
        self.recent = Set(recent).sorted()
        index = try SQLStatement(database, "SELECT sequence FROM lookups WHERE key = ? ORDER BY sequence DESC")
        index.bind(Int64(bitPattern: key))
        try advance()
    }

    mutating func next() throws -> Int64? {
        guard let place = [recent.last, indexed].compactMap(\.self).max() else { return nil }
        if recent.last == place { recent.removeLast() }
        if indexed == place { try advance() }
        return place
    }

    private mutating func advance() throws { indexed = try index.next() ? index.integer() : nil }
}
