import GRDB
import WeirDomain
import WeirStorage

extension RecentKeys {
    /// Reads the keys of messages that their index may not have, from the events themselves.
    init(messagesIn database: Database, capacity: Int) throws {
        let store = try SQLStatement(database, "SELECT last_sequence, indexed_through FROM store")
        guard try store.next() else { throw StoreDamage(detail: "table store is empty") }
        self.init(from: store.integer(), capacity: capacity)
        let events = try SQLStatement(
            database, "SELECT sequence, source, message_id FROM events WHERE sequence > ? ORDER BY sequence")
        events.bind(store.integer())
        while try events.next() {
            let sequence = events.integer()
            let source = StableHash.of(events.text())
            insert(Entry(key: StableHash.of(events.text(), salt: source), sequence: sequence))
        }
    }
}

extension RecentKeys {
    /// Reads the keys of lookups that their index may not have, from the records themselves.
    init(lookupsIn database: Database, capacity: Int) throws {
        let store = try SQLStatement(database, "SELECT last_sequence, lookups_through FROM store")
        guard try store.next() else { throw StoreDamage(detail: "table store is empty") }
        self.init(from: store.integer(), capacity: capacity)
        var reader = LookupReader(database: database, after: store.integer(), keys: self)
        try Record.forEachType(&reader)
        self = reader.keys
    }
}

/// Reads what records of all types are found by.
private struct LookupReader: RecordTypeVisitor {
    let database: Database
    let sequence: Int64
    private(set) var keys: RecentKeys

    init(database: Database, after sequence: Int64, keys: RecentKeys) {
        self.database = database
        self.sequence = sequence
        self.keys = keys
    }

    mutating func visit<Row: StoredRow>(_ type: Row.Type) throws {
        guard let column = Row.lookupColumn else { return }
        let rows = try SQLStatement(
            database, "SELECT sequence, \(column) FROM \(Row.table) WHERE sequence > ? AND \(column) IS NOT NULL")
        rows.bind(sequence)
        while try rows.next() {
            let sequence = rows.integer()
            keys.insert(RecentKeys.Entry(key: Row.lookupKey(of: rows.text()), sequence: sequence))
        }
    }
}
