import GRDB
import WeirDomain
import WeirStorage

/// Writes one group, and what follows from it, inside its transaction.
struct GroupWriter {
    private let database: Database
    private var rows: RowInserter
    private let open, close, sequencesOfKey, message: SQLStatement
    private var movements = Balances()
    private var newEvents = 0
    private var lastSequence, lastDecision: Int64

    init(_ database: Database) throws {
        self.database = database
        let store = try SQLStatement(database, "SELECT last_sequence, last_decision FROM store")
        guard try store.next() else { throw StoreDamage(detail: "table store is empty") }
        (lastSequence, lastDecision) = (store.integer(), store.integer())
        rows = RowInserter(database)
        open = try SQLStatement(database, "INSERT INTO open_decisions (id) VALUES (?)")
        close = try SQLStatement(database, "DELETE FROM open_decisions WHERE id = ?")
        sequencesOfKey = try SQLStatement(database, "SELECT sequence FROM message_keys WHERE key = ?")
        message = try SQLStatement(database, Event.selection("WHERE sequence = ?"))
    }

    /// - Returns: The sequence numbers of events that were known already.
    mutating func keep(_ group: RecordGroup, recent: inout RecentKeys) throws -> [Int64] {
        lastSequence = try group.checkOrder(after: lastSequence)
        var known: [Int64] = []
        for record in group.records where try !keep(record, recent: &recent) { known.append(record.sequence) }
        try keep(group.profiles, removing: group.removedProfiles)
        try keep(group.snapshots)
        return known
    }

    /// - Returns: False for an event that is known already.
    private mutating func keep(_ record: Sequenced, recent: inout RecentKeys) throws -> Bool {
        // What some types need beside their row; the others are rows alone.
        var record = record
        switch record.record {
        case .event(var event):
            var key = event.messageKey
            var standing = try standing(of: event, key: key, recent: recent)
            if standing == .otherMessage {
                event = event.namedByContent
                key = event.messageKey
                record = Sequenced(record.sequence, .event(event))
                standing = try self.standing(of: event, key: key, recent: recent)
            }
            guard standing == .new else { return false }
            // Should the group fail, this entry leads to no event or to another one, as a foreign hash would.
            recent.insert(RecentKeys.Entry(key: key, sequence: record.sequence))
            newEvents += 1
        case .decision(let decision):
            lastDecision = max(lastDecision, decision.id.number)
            guard decision.closesAt != nil else { break }
            open.bind(decision.id.number)
            try open.run()
        case .close(let decision):
            close.bind(decision.number)
            try close.run()
        case .ledger(let entry):
            do { try movements.post(entry) } catch {
                throw StoreError.conflict(detail: "budget \(entry.budget): \(error)")
            }
        default: break
        }
        try rows.insert(record)
        return true
    }

    /// How an event stands to those that are kept.
    private enum Standing { case new, known, otherMessage }

    private func standing(of event: Event, key: UInt64, recent: RecentKeys) throws -> Standing {
        var standing = Standing.new
        for sequence in recent.sequences(of: key) {
            let found = try self.standing(of: event, at: sequence)
            if found == .known { return .known }
            if found == .otherMessage { standing = .otherMessage }
        }
        sequencesOfKey.bind(Int64(bitPattern: key))
        defer { sequencesOfKey.reset() }
        while try sequencesOfKey.next() {
            let found = try self.standing(of: event, at: sequencesOfKey.integer())
            if found == .known { return .known }
            if found == .otherMessage { standing = .otherMessage }
        }
        return standing
    }

    /// How an event stands to the one that is kept at `sequence`, which may be there for having the same hash.
    private func standing(of event: Event, at sequence: Int64) throws -> Standing {
        message.bind(sequence)
        defer { message.reset() }
        guard try message.next() else { return .new }
        message.skip()
        let kept = try Event(row: message)
        guard kept.source == event.source, kept.messageID == event.messageID else { return .new }
        return kept.tellsAll(of: event) ? .known : .otherMessage
    }

    private func keep(_ profiles: [StoredProfile], removing removed: [CustomerID]) throws {
        // In place, so that only the row's own page changes.
        let upsert = try SQLStatement(
            database,
            """
            INSERT INTO profiles (customer, sequence, body) VALUES (?, ?, ?) ON CONFLICT (customer)
            DO UPDATE SET sequence = excluded.sequence, body = excluded.body
            """)
        for profile in profiles {
            upsert.bind(profile.customer.rawValue)
            upsert.bind(profile.sequence)
            upsert.bind(profile.body)
            try upsert.run()
        }
        let delete = try SQLStatement(database, "DELETE FROM profiles WHERE customer = ?")
        for customer in removed {
            delete.bind(customer.rawValue)
            try delete.run()
        }
    }

    private func keep(_ snapshots: [StoredSnapshot]) throws {
        let upsert = try SQLStatement(
            database,
            """
            INSERT INTO snapshots (name, sequence, body) VALUES (?, ?, ?) ON CONFLICT (name, sequence)
            DO UPDATE SET body = excluded.body
            """)
        for snapshot in snapshots {
            upsert.bind(snapshot.name)
            upsert.bind(snapshot.sequence)
            upsert.bind(snapshot.body)
            try upsert.run()
        }
    }

    /// What is to be done in memory when the group is committed.
    struct Settlement: Sendable {
        /// The keys that were written.
        var messages, lookups: RecentKeys.Sweep
        /// The keys that the group brought.
        var newLookups: [RecentKeys.Entry]
    }

    /// Carries over to the balances what was moved, once per account; writes part of the keys and the highest numbers.
    ///
    /// - Parameter sweep: What to write of the lookups, where a group up to the second number brings so many.
    func settle(
        _ messages: RecentKeys, lookups sweep: (_ inserted: Int, _ newest: Int64) -> RecentKeys.Sweep
    ) throws -> Settlement {
        try settleBalances()
        let settlement = Settlement(
            messages: messages.sweep(inserted: newEvents, newest: lastSequence),
            lookups: sweep(rows.lookups.count, lastSequence), newLookups: rows.lookups)
        try write(settlement.messages, to: "message_keys")
        try write(settlement.lookups, to: "lookups")

        let numbers = try SQLStatement(
            database,
            """
            UPDATE store SET last_sequence = ?, last_decision = ?, event_count = event_count + ?,
            indexed_through = coalesce(?, indexed_through), lookups_through = coalesce(?, lookups_through)
            """)
        numbers.bind(lastSequence)
        numbers.bind(lastDecision)
        numbers.bind(Int64(newEvents))
        numbers.bind(settlement.messages.indexedThrough)
        numbers.bind(settlement.lookups.indexedThrough)
        try numbers.run()
        return settlement
    }

    private func write(_ sweep: RecentKeys.Sweep, to table: String) throws {
        let index = try SQLStatement(database, "INSERT OR IGNORE INTO \(table) (key, sequence) VALUES (?, ?)")
        for entry in sweep.entries {
            index.bind(Int64(bitPattern: entry.key))
            index.bind(entry.sequence)
            try index.run()
        }
    }

    private func settleBalances() throws {
        // The column refuses a sum that does not fit 64 bits, since SQLite then makes it a real number.
        let update = try SQLStatement(
            database,
            """
            INSERT INTO accounts (budget, account, balance, currency) VALUES (?, ?, ?, ?) ON CONFLICT (budget, account)
            DO UPDATE SET balance = balance + excluded.balance WHERE currency = excluded.currency
            """)
        for (budget, accounts) in movements.accounts.sorted(by: { $0.key < $1.key }) {
            for account in LedgerEntry.Account.allCases {
                guard let movement = accounts[account] else { continue }
                update.bind(budget.rawValue)
                update.bind(Int64(account.rawValue))
                update.bind(movement.minorUnits)
                update.bind(movement.currency.code)
                guard try update.run() == 1 else {
                    throw StoreError.conflict(detail: "budget \(budget) holds no \(movement.currency)")
                }
            }
        }
    }
}
