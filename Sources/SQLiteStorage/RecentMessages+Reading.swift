import GRDB
import WeirDomain
import WeirStorage

extension RecentMessages {
    /// Reads the keys that the index may not have, from the events themselves.
    init(unindexedIn database: Database, capacity: Int) throws {
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
