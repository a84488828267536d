import GRDB
import Synchronization
public import WeirDomain

extension SQLiteStore {
    public func commit(_ group: RecordGroup, deriving: (_ knownEvents: [Int64]) throws -> RecordGroup) throws {
        try recentMessages.withLock { recent in
            let sweep = try write { database in
                var writer = try GroupWriter(database)
                let derived = try deriving(try writer.keep(group, recent: &recent))
                guard try writer.keep(derived, recent: &recent).isEmpty else {
                    throw StoreError.conflict(detail: "a derived event is known already")
                }
                return try writer.settle(recent)
            }
            recent.finish(sweep)
        }
        checkpointIfDue()
    }

    public func removeFromQuarantine(_ numbers: [Int64]) throws {
        try write {
            let delete = try SQLStatement($0, "DELETE FROM quarantine WHERE sequence = ?")
            for number in numbers {
                delete.bind(number)
                try delete.run()
            }
        }
    }

    public func save(_ key: StoredKey) throws {
        try write {
            let upsert = try SQLStatement(
                $0,
                """
                INSERT INTO keys (name, hash, scopes, created_time) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
                SET hash = excluded.hash, scopes = excluded.scopes, created_time = excluded.created_time
                """)
            upsert.bind(key.name.rawValue)
            upsert.bind(key.hash)
            upsert.bind(key.scopes.map(\.rawValue).sorted().joined(separator: " "))
            upsert.bind(key.createdTime.microseconds)
            try upsert.run()
        }
    }

    public func removeKey(named name: SourceID) throws {
        try write {
            let delete = try SQLStatement($0, "DELETE FROM keys WHERE name = ?")
            delete.bind(name.rawValue)
            try delete.run()
        }
    }

    public func pruneSnapshots(named name: String, keeping count: Int) throws {
        try write {
            let delete = try SQLStatement(
                $0,
                """
                DELETE FROM snapshots WHERE name = ?1 AND sequence NOT IN
                (SELECT sequence FROM snapshots WHERE name = ?1 ORDER BY sequence DESC LIMIT ?2)
                """)
            delete.bind(name)
            delete.bind(Int64(count))
            try delete.run()
        }
    }
}

/// Writes one group, and what follows from it, inside its transaction.
private struct GroupWriter {
    private let database: Database
    private let event, decision, open, close, closed, outcome, ledger, link, quarantine, catalog, model,
        stage, armStop: SQLStatement
    private let sequencesOfKey, message: SQLStatement
    private var movements = Balances()
    private var newEvents = 0
    private var lastSequence, lastDecision: Int64

    init(_ database: Database) throws {
        self.database = database
        let store = try SQLStatement(database, "SELECT last_sequence, last_decision FROM store")
        guard try store.next() else { throw StoreDamage(detail: "table store is empty") }
        (lastSequence, lastDecision) = (store.integer(), store.integer())
        event = try SQLStatement(database, SQL.event)
        decision = try SQLStatement(database, SQL.decision)
        open = try SQLStatement(database, "INSERT INTO open_decisions (id) VALUES (?)")
        close = try SQLStatement(database, "DELETE FROM open_decisions WHERE id = ?")
        closed = try SQLStatement(database, SQL.close)
        outcome = try SQLStatement(database, SQL.outcome)
        ledger = try SQLStatement(database, SQL.ledger)
        link = try SQLStatement(database, SQL.link)
        quarantine = try SQLStatement(database, SQL.quarantine)
        catalog = try SQLStatement(database, SQL.catalog)
        model = try SQLStatement(database, SQL.model)
        stage = try SQLStatement(database, SQL.stage)
        armStop = try SQLStatement(database, SQL.armStop)
        sequencesOfKey = try SQLStatement(database, "SELECT sequence FROM message_keys WHERE key = ?")
        message = try SQLStatement(database, "SELECT source, message_id FROM events WHERE sequence = ?")
    }

    /// - Returns: The sequence numbers of events that were known already.
    mutating func keep(_ group: RecordGroup, recent: inout RecentMessages) throws -> [Int64] {
        lastSequence = try group.checkOrder(after: lastSequence)
        var known: [Int64] = []
        for record in group.records where try !keep(record.record, at: record.sequence, recent: &recent) {
            known.append(record.sequence)
        }
        try keep(group.profiles, removing: group.removedProfiles)
        try keep(group.snapshots)
        return known
    }

    /// - Returns: False for an event that is known already.
    private mutating func keep(
        _ record: Record, at sequence: Int64, recent: inout RecentMessages
    ) throws -> Bool {
        switch record {
        case .event(let row):
            let key = row.messageKey
            guard try !isKnown(row, key: key, recent: recent) else { return false }
            try insert(row, at: sequence, with: event)
            // Should the group fail, this entry leads to no event or to another one, as a foreign hash would.
            recent.insert(RecentMessages.Entry(key: key, sequence: sequence))
            newEvents += 1
        case .decision(let row):
            try insert(row, at: sequence, with: decision)
            lastDecision = max(lastDecision, row.id.number)
            guard row.closesAt != nil else { break }
            open.bind(row.id.number)
            try open.run()
        case .close(let id):
            try insert(Close(id), at: sequence, with: closed)
            close.bind(id.number)
            try close.run()
        case .ledger(let row):
            try insert(row, at: sequence, with: ledger)
            do { try movements.post(row) } catch { throw StoreError.conflict(detail: "budget \(row.budget): \(error)") }
        case .outcome(let row): try insert(row, at: sequence, with: outcome)
        case .link(let row): try insert(row, at: sequence, with: link)
        case .quarantine(let row): try insert(row, at: sequence, with: quarantine)
        case .catalog(let row): try insert(row, at: sequence, with: catalog)
        case .model(let row): try insert(row, at: sequence, with: model)
        case .stage(let row): try insert(row, at: sequence, with: stage)
        case .armStop(let row): try insert(row, at: sequence, with: armStop)
        }
        return true
    }

    private func insert(_ row: some StoredRow, at sequence: Int64, with statement: SQLStatement) throws {
        statement.bind(sequence)
        row.bind(to: statement)
        try statement.run()
    }

    private func isKnown(_ event: Event, key: UInt64, recent: RecentMessages) throws -> Bool {
        for sequence in recent.sequences(of: key) where try isSame(event, at: sequence) { return true }
        sequencesOfKey.bind(Int64(bitPattern: key))
        while try sequencesOfKey.next() {
            if try isSame(event, at: sequencesOfKey.integer()) {
                sequencesOfKey.reset()
                return true
            }
        }
        return false
    }

    /// Whether the event that is kept at `sequence` is the same message, rather than one with the same hash.
    private func isSame(_ event: Event, at sequence: Int64) throws -> Bool {
        message.bind(sequence)
        defer { message.reset() }
        return try message.next() && message.text() == event.source.rawValue && message.text() == event.messageID
    }

    private func keep(_ profiles: [StoredProfile], removing removed: [CustomerID]) throws {
        let upsert = try SQLStatement(database, SQL.profile)
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
        let upsert = try SQLStatement(database, SQL.snapshot)
        for snapshot in snapshots {
            upsert.bind(snapshot.name)
            upsert.bind(snapshot.sequence)
            upsert.bind(snapshot.body)
            try upsert.run()
        }
    }

    /// Carries over to the balances what was moved, once per account; writes part of the keys and the highest numbers.
    ///
    /// - Returns: The keys that were written.
    func settle(_ recent: RecentMessages) throws -> RecentMessages.Sweep {
        let update = try SQLStatement(database, SQL.account)
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

        let sweep = recent.sweep(inserted: newEvents, newest: lastSequence)
        let index = try SQLStatement(database, "INSERT OR IGNORE INTO message_keys (key, sequence) VALUES (?, ?)")
        for entry in sweep.entries {
            index.bind(Int64(bitPattern: entry.key))
            index.bind(entry.sequence)
            try index.run()
        }

        let note = try SQLStatement(database, SQL.note)
        note.bind(lastSequence)
        note.bind(lastDecision)
        note.bind(Int64(newEvents))
        note.bind(sweep.indexedThrough)
        try note.run()
        return sweep
    }
}

/// The longer statements, put together once.
private enum SQL {
    static let event = Event.insertion
    static let decision = StoredDecision.insertion
    static let outcome = Outcome.insertion
    static let ledger = LedgerEntry.insertion
    static let link = IdentifierLink.insertion
    static let close = Close.insertion
    static let quarantine = QuarantinedMessage.insertion
    static let catalog = StoredCatalog.insertion
    static let model = RegisteredModel.insertion
    static let stage = StageChange.insertion
    static let armStop = ArmStop.insertion
    /// The column refuses a sum that does not fit 64 bits, since SQLite then makes it a real number.
    static let account = """
        INSERT INTO accounts (budget, account, balance, currency) VALUES (?, ?, ?, ?) ON CONFLICT (budget, account)
        DO UPDATE SET balance = balance + excluded.balance WHERE currency = excluded.currency
        """
    /// In place, so that only the row's own page changes.
    static let profile = """
        INSERT INTO profiles (customer, sequence, body) VALUES (?, ?, ?) ON CONFLICT (customer)
        DO UPDATE SET sequence = excluded.sequence, body = excluded.body
        """
    static let note = """
        UPDATE store SET last_sequence = ?, last_decision = ?, event_count = event_count + ?,
        indexed_through = coalesce(?, indexed_through)
        """
    static let snapshot = """
        INSERT INTO snapshots (name, sequence, body) VALUES (?, ?, ?) ON CONFLICT (name, sequence)
        DO UPDATE SET body = excluded.body
        """
}
