import GRDB
import WeirStorage

extension SQLiteStore {
    /// Stands in the file's header, so that no other program's database is taken for a store: `WEIR` in ASCII.
    static let applicationID = 0x5745_4952

    /// The steps from an empty file to today's tables; a step that was released is never changed, only followed.
    ///
    /// Every record is a row whose key is its sequence number, so a table grows at its end. Times are microseconds
    /// since 1970 UTC; JSON is text; bodies are the binary forms of the rooms they come from.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 records") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: firstTables)
        }
        migrator.registerMigration("2 models") { database in try database.execute(sql: modelTables) }
        migrator.registerMigration("3 experiments") { database in try database.execute(sql: experimentTables) }
        // From here on the tables of records follow from their types.
        for version in 4...newestVersion {
            migrator.registerMigration("\(version)") { database in
                for change in RecordTables.changes(of: version) { try database.execute(sql: change) }
                try otherChanges[version]?(database)
            }
        }
        return migrator
    }

    private static let newestVersion = max(RecordTables.newestVersion, otherChanges.keys.max()!)

    /// What a version changed beside the tables of records.
    private static let otherChanges: [Int: @Sendable (Database) throws -> Void] = [
        // Was never used.
        4: { try $0.execute(sql: "DROP TABLE jobs") },
        5: {
            try $0.execute(sql: lookupTables)
            try indexDecisions(in: $0)
        },
        7: { try $0.execute(sql: accessTables) },
    ]

    private static let accessTables = """
        ALTER TABLE keys ADD COLUMN expires_time INTEGER;
        -- What a key is limited to, as JSON; empty where it is not.
        ALTER TABLE keys ADD COLUMN limits TEXT NOT NULL DEFAULT '';

        CREATE TABLE users (
            name TEXT PRIMARY KEY,
            password_hash TEXT NOT NULL,
            roles TEXT NOT NULL,
            created_time INTEGER NOT NULL,
            sessions_from INTEGER NOT NULL
        ) STRICT;

        -- Numbers without gaps; each seal is a hash over the one before and the entry.
        CREATE TABLE access_log (
            number INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL,
            address TEXT NOT NULL,
            count INTEGER NOT NULL,
            seal BLOB NOT NULL
        ) STRICT;
        """

    private static let lookupTables = """
        -- Finds the records that have a text in the column by which their type is found, such as a customer's decisions,
        -- by the stable hash of the text. Filled in passing: an index of the column itself would dirty a page of its own
        -- for each decision, which cost a third of the throughput. Two texts may have one hash, so the record itself is
        -- looked at too.
        CREATE TABLE lookups (
            key INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (key, sequence)
        ) STRICT, WITHOUT ROWID;

        -- Records up to here stand in lookups, later ones perhaps.
        ALTER TABLE store ADD COLUMN lookups_through INTEGER NOT NULL DEFAULT 0;
        """

    /// Brings into the index what older versions wrote: sorted, a million at a time, about two seconds for each.
    private static func indexDecisions(in database: Database) throws {
        let decisions = try SQLStatement(database, "SELECT sequence, customer FROM decisions")
        let index = try SQLStatement(database, "INSERT INTO lookups (key, sequence) VALUES (?, ?)")
        var entries: [RecentKeys.Entry] = []
        var isMore = true
        while isMore {
            isMore = try decisions.next()
            if isMore {
                let sequence = decisions.integer()
                entries.append(
                    RecentKeys.Entry(key: StoredDecision.lookupKey(of: decisions.text()), sequence: sequence))
            }
            guard !isMore || entries.count == 1_000_000 else { continue }
            entries.sort { (Int64(bitPattern: $0.key), $0.sequence) < (Int64(bitPattern: $1.key), $1.sequence) }
            for entry in entries {
                index.bind(Int64(bitPattern: entry.key))
                index.bind(entry.sequence)
                try index.run()
            }
            entries.removeAll(keepingCapacity: true)
        }
        try database.execute(sql: "UPDATE store SET lookups_through = last_sequence")
    }

    private static let experimentTables = """
        CREATE TABLE arm_stops (
            sequence INTEGER PRIMARY KEY,
            experiment TEXT NOT NULL,
            arm TEXT NOT NULL,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """

    private static let modelTables = """
        CREATE TABLE models (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            goal TEXT NOT NULL,
            registered_time INTEGER NOT NULL,
            file BLOB NOT NULL
        ) STRICT;

        CREATE TABLE stages (
            sequence INTEGER PRIMARY KEY,
            model TEXT NOT NULL,
            goal TEXT NOT NULL,
            stage TEXT NOT NULL,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        """

    private static let firstTables = """
        -- The highest numbers ever used, also by records that are gone; always one row.
        CREATE TABLE store (
            number INTEGER PRIMARY KEY CHECK (number = 1),
            last_sequence INTEGER NOT NULL,
            last_decision INTEGER NOT NULL,
            event_count INTEGER NOT NULL,
            -- Events up to here stand in message_keys, later ones perhaps.
            indexed_through INTEGER NOT NULL
        ) STRICT;
        INSERT INTO store VALUES (1, 0, 0, 0, 0);

        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            message_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            user_id TEXT,
            anonymous_id TEXT,
            event_time INTEGER NOT NULL,
            received_time INTEGER NOT NULL,
            properties TEXT NOT NULL,
            context TEXT NOT NULL
        ) STRICT;

        -- Finds a message again by the stable hash of its id and source: a third of the size of an index of texts. Two
        -- messages may have one hash, so the event itself is looked at too.
        CREATE TABLE message_keys (
            key INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (key, sequence)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY,
            id INTEGER NOT NULL UNIQUE,
            customer TEXT NOT NULL,
            placement TEXT NOT NULL,
            time INTEGER NOT NULL,
            offer TEXT,
            goal TEXT,
            coupon TEXT,
            closes_at INTEGER,
            idempotency_key TEXT,
            fingerprint INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX decisions_by_key ON decisions (idempotency_key) WHERE idempotency_key IS NOT NULL;

        -- Decisions whose outcome is awaited. A table of its own rather than a column: closing then rewrites a page of
        -- numbers, not a page of bodies.
        CREATE TABLE open_decisions (id INTEGER PRIMARY KEY) STRICT;

        CREATE TABLE closes (
            sequence INTEGER PRIMARY KEY,
            decision INTEGER NOT NULL
        ) STRICT;

        -- kind, joined, lesson, reason and accounts are the raw values of Outcome and LedgerEntry.
        CREATE TABLE outcomes (
            sequence INTEGER PRIMARY KEY,
            decision INTEGER NOT NULL,
            customer TEXT NOT NULL,
            goal TEXT NOT NULL,
            kind INTEGER NOT NULL,
            joined INTEGER NOT NULL,
            event_time INTEGER NOT NULL,
            received_time INTEGER NOT NULL,
            value INTEGER,
            currency TEXT,
            lesson INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX outcomes_by_decision ON outcomes (decision);

        CREATE TABLE ledger (
            sequence INTEGER PRIMARY KEY,
            budget TEXT NOT NULL,
            reason INTEGER NOT NULL,
            from_account INTEGER NOT NULL,
            to_account INTEGER NOT NULL,
            amount INTEGER NOT NULL,
            currency TEXT NOT NULL,
            decision INTEGER,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX ledger_by_decision ON ledger (decision) WHERE decision IS NOT NULL;

        CREATE TABLE accounts (
            budget TEXT NOT NULL,
            account INTEGER NOT NULL,
            balance INTEGER NOT NULL,
            currency TEXT NOT NULL,
            PRIMARY KEY (budget, account)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE identifiers (
            sequence INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            value TEXT NOT NULL,
            customer TEXT NOT NULL
        ) STRICT;

        CREATE TABLE quarantine (
            sequence INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            received_time INTEGER NOT NULL,
            pointer TEXT NOT NULL,
            reason TEXT NOT NULL,
            raw BLOB NOT NULL
        ) STRICT;

        CREATE TABLE catalogs (
            sequence INTEGER PRIMARY KEY,
            version INTEGER NOT NULL UNIQUE,
            applied_time INTEGER NOT NULL,
            files TEXT NOT NULL
        ) STRICT;

        -- No index on sequence: it is asked for once, at the start, but would be written at every change.
        CREATE TABLE profiles (
            number INTEGER PRIMARY KEY,
            customer TEXT NOT NULL UNIQUE,
            sequence INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE snapshots (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (name, sequence)
        ) STRICT;

        CREATE TABLE keys (
            name TEXT PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created_time INTEGER NOT NULL
        ) STRICT;

        -- Work to be done later, by name.
        CREATE TABLE jobs (
            name TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            due INTEGER NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        """
}
