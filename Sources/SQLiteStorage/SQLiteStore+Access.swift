import GRDB
public import WeirDomain
public import WeirStorage

/// Who may come in, and who did what.
extension SQLiteStore {
    public func keys() throws -> [StoredKey] {
        try read {
            let select = try SQLStatement(
                $0, "SELECT name, hash, scopes, created_time, limits, expires_time FROM keys ORDER BY name")
            var keys: [StoredKey] = []
            while try select.next() {
                var key = StoredKey(
                    name: SourceID(rawValue: select.text()), hash: select.bytes(), scopes: Self.scopes(select.text()),
                    createdTime: Timestamp(microseconds: select.integer()))
                // Without its limits a key would let in where it must not.
                if !key.read(limits: select.text()) { key.scopes = [] }
                key.expiresTime = select.optionalInteger().map { Timestamp(microseconds: $0) }
                keys.append(key)
            }
            return keys
        }
    }

    public func save(_ key: StoredKey) throws {
        try write {
            let upsert = try SQLStatement(
                $0,
                """
                INSERT INTO keys (name, hash, scopes, created_time, limits, expires_time) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, scopes = excluded.scopes,
                created_time = excluded.created_time, limits = excluded.limits, expires_time = excluded.expires_time
                """)
            upsert.bind(key.name.rawValue)
            upsert.bind(key.hash)
            upsert.bind(Self.text(key.scopes))
            upsert.bind(key.createdTime.microseconds)
            upsert.bind(key.limits)
            upsert.bind(key.expiresTime?.microseconds)
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

    public func users() throws -> [StoredUser] {
        try read {
            let select = try SQLStatement(
                $0, "SELECT name, password_hash, roles, created_time, sessions_from FROM users ORDER BY name")
            var users: [StoredUser] = []
            while try select.next() {
                users.append(
                    StoredUser(
                        name: select.text(), passwordHash: select.text(), roles: Self.scopes(select.text()),
                        createdTime: Timestamp(microseconds: select.integer()),
                        sessionsFrom: Timestamp(microseconds: select.integer())))
            }
            return users
        }
    }

    public func save(_ user: StoredUser) throws {
        try write {
            let upsert = try SQLStatement(
                $0,
                """
                INSERT INTO users (name, password_hash, roles, created_time, sessions_from) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, roles = excluded.roles,
                created_time = excluded.created_time, sessions_from = excluded.sessions_from
                """)
            upsert.bind(user.name)
            upsert.bind(user.passwordHash)
            upsert.bind(Self.text(user.roles))
            upsert.bind(user.createdTime.microseconds)
            upsert.bind(user.sessionsFrom.microseconds)
            try upsert.run()
        }
    }

    public func removeUser(named name: String) throws {
        try write {
            let delete = try SQLStatement($0, "DELETE FROM users WHERE name = ?")
            delete.bind(name)
            try delete.run()
        }
    }

    // MARK: The access log

    public func accessLog(after number: Int64, limit: Int) throws -> [SealedAccessEntry] {
        try read {
            let select = try SQLStatement(
                $0, "SELECT \(Self.accessColumns) FROM access_log WHERE number > ? ORDER BY number LIMIT ?")
            select.bind(number)
            select.bind(Int64(limit))
            var entries: [SealedAccessEntry] = []
            while try select.next() { entries.append(Self.accessEntry(select)) }
            return entries
        }
    }

    public func lastAccessEntry() throws -> SealedAccessEntry? { try read { try Self.lastAccessEntry($0) } }

    public func appendToAccessLog(
        _ entries: [AccessEntry], sealing: ([UInt8], Int64, AccessEntry) -> [UInt8]
    ) throws {
        guard !entries.isEmpty else { return }
        try write {
            let last = try Self.lastAccessEntry($0)
            var (number, seal) = (last?.number ?? 0, last?.seal ?? [])
            let insert = try SQLStatement(
                $0, "INSERT INTO access_log (\(Self.accessColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for entry in entries {
                number += 1
                seal = sealing(seal, number, entry)
                insert.bind(number)
                insert.bind(entry.time.microseconds)
                insert.bind(entry.actor)
                insert.bind(entry.action)
                insert.bind(entry.subject)
                insert.bind(entry.detail)
                insert.bind(entry.address)
                insert.bind(Int64(entry.count))
                insert.bind(seal)
                try insert.run()
            }
        }
    }

    private static let accessColumns = "number, time, actor, action, subject, detail, address, count, seal"

    private static func lastAccessEntry(_ database: Database) throws -> SealedAccessEntry? {
        let select = try SQLStatement(
            database, "SELECT \(accessColumns) FROM access_log ORDER BY number DESC LIMIT 1")
        return try select.next() ? accessEntry(select) : nil
    }

    private static func accessEntry(_ row: SQLStatement) -> SealedAccessEntry {
        let number = row.integer()
        let entry = AccessEntry(
            time: Timestamp(microseconds: row.integer()), actor: row.text(), action: row.text(), subject: row.text(),
            detail: row.text(), address: row.text(), count: Int(clamping: row.integer()))
        return SealedAccessEntry(number: number, entry: entry, seal: row.bytes())
    }

    // MARK: Parts

    /// What this version does not know is left out: it then allows nothing.
    private static func scopes(_ text: String) -> Set<StoredKey.Scope> {
        Set(text.split(separator: " ").compactMap { StoredKey.Scope(rawValue: String($0)) })
    }

    private static func text(_ scopes: Set<StoredKey.Scope>) -> String {
        scopes.map(\.rawValue).sorted().joined(separator: " ")
    }
}
