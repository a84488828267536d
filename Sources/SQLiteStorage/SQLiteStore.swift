import Foundation
import GRDB
import GRDBSQLite
import Synchronization
public import WeirStorage

/// A store in one SQLite file, for one writing process and any number of readers.
///
/// The file is in WAL mode: readers see the last whole group and never wait for the writer. One connection writes *and*
/// checkpoints: before 3.51.3 SQLite can lose pages when two connections do so at the same instant
/// (sqlite.org/wal.html, "WAL-reset bug").
public final class SQLiteStore: Store {
    public let path: String
    private let pool: DatabasePool
    private let lock: Mutex<WriterLock?>
    let isReadOnly: Bool
    let recentMessages: Mutex<RecentKeys>
    let recentLookups: Mutex<RecentKeys>
    private let walPages = WALPages()
    private let files: StoreFiles
    private let nextCheckpoint = Atomic<Int>(SQLiteStore.checkpointPages)

    /// A checkpoint for every 6 MiB written: the larger, the fewer times a page is copied that many groups touch; the
    /// smaller, the shorter the wait of the group behind it.
    private static let checkpointPages = 1536

    /// Opens the store at `path`; makes it where there is none, and brings an older one up to date.
    ///
    /// - Parameters:
    ///   - path: The database. SQLite keeps `-wal` and `-shm` beside it; `.lock` marks the writing process.
    ///   - durability: What `commit` waits for.
    ///   - readOnly: For looking at a store, also while another process writes to it. Commits are then refused.
    /// - Throws: `StoreError`.
    public convenience init(path: String, durability: Durability = .fsync, readOnly: Bool = false) throws {
        try self.init(
            path: path, durability: durability, readOnly: readOnly, recentMessages: 1 << 18, recentLookups: 1 << 16)
    }

    /// - Parameters:
    ///   - recentMessages: How many keys of messages are held back from their index.
    ///   - recentLookups: How many keys of what records are found by.
    package init(
        path: String, durability: Durability, readOnly: Bool = false, recentMessages messages: Int,
        recentLookups lookups: Int
    ) throws {
        self.path = path
        isReadOnly = readOnly
        files = StoreFiles(path: path)
        let isNew = !FileManager.default.fileExists(atPath: path)
        guard !(readOnly && isNew) else { throw StoreError.missing(path: path) }
        lock = Mutex(readOnly ? nil : try WriterLock(besides: path))
        do {
            if !isNew { try Self.checkOrigin(path, readOnly: readOnly) }
            if !readOnly { files.makePrivate() }
            pool = try DatabasePool(path: path, configuration: Self.configuration(readOnly: readOnly))
            recentMessages = Mutex(RecentKeys(from: 0, capacity: messages))
            recentLookups = Mutex(RecentKeys(from: 0, capacity: lookups))
            guard !readOnly else { return }
            try Self.migrator.migrate(pool)
            let walPages = walPages
            let recent = try pool.writeWithoutTransaction {
                try Self.setUpWriter($0, durability: durability)
                walPages.follow($0)
                return (
                    try RecentKeys(messagesIn: $0, capacity: messages), try RecentKeys(lookupsIn: $0, capacity: lookups)
                )
            }
            recentMessages.withLock { $0 = recent.0 }
            recentLookups.withLock { $0 = recent.1 }
            files.remember()
        } catch {
            throw StoreError.explaining(error, path: path)
        }
    }

    /// Closes the store; safe to call again.
    public func close() throws {
        guard lock.withLock({ $0 != nil }) else { return try explained { try pool.close() } }
        guard files.moved == nil else {
            files.setLogAside()
            try explained { try pool.close() }
            return lock.withLock { $0 = nil }
        }
        // Fails where another process is reading; the store is as whole with its WAL as without.
        try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try explained { try pool.close() }
        lock.withLock { $0 = nil }
    }

    public func checkPlace() throws {
        if let file = files.moved { throw StoreError.replaced(path: path, file: file) }
    }

    // MARK: Access

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try explained { try pool.read(body) }
    }

    /// Runs one transaction, kept whole or not at all.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try explained { try pool.write(body) }
    }

    private func explained<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw StoreError.explaining(error, path: path) }
    }

    /// Copies the WAL into the database when it has grown, behind the commit that made it so.
    ///
    /// SQLite would do it before that commit returns. Here its caller has the answer at once and only the next group
    /// waits; it fills meanwhile.
    func checkpointIfDue() {
        let pages = walPages.count
        if pages < Self.checkpointPages { nextCheckpoint.store(Self.checkpointPages, ordering: .relaxed) }
        guard pages >= nextCheckpoint.load(ordering: .relaxed) else { return }
        // Where a reader holds on to an old state the WAL cannot restart and the next attempt is as far away again.
        nextCheckpoint.store(pages + Self.checkpointPages, ordering: .relaxed)
        pool.asyncWriteWithoutTransaction { database in
            // A disk that fails here fails the next commit too, and that one has a caller to tell.
            _ = try? database.checkpoint(.passive)
        }
    }

    // MARK: Opening

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.label = "weir.store"
        // Readers wait only while the WAL is recovered after a crash.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    private static func setUpWriter(_ database: Database, durability: Durability) throws {
        // FULL syncs the WAL at each commit. NORMAL syncs it only before a checkpoint: a commit is then a write to the
        // system's cache, which outlives the process but not the power.
        try database.execute(sql: "PRAGMA synchronous = \(durability == .fsync ? "FULL" : "NORMAL")")
        // On macOS a plain fsync leaves data in the drive's cache; elsewhere this does nothing.
        try database.execute(sql: "PRAGMA fullfsync = \(durability == .fsync ? 1 : 0)")
        // 128 MiB, for the indexes with random keys. No mmap: a disk error in mapped memory ends the process.
        try database.execute(sql: "PRAGMA cache_size = -131072")
        // What a long reader has made the WAL grow to is given back afterwards.
        try database.execute(sql: "PRAGMA journal_size_limit = 134217728")
    }

    /// Refuses another program's database, a newer weir's, and for reading one that must be migrated first.
    ///
    /// Opened apart from the pool, which would turn on WAL mode in a file that is not ours.
    private static func checkOrigin(_ path: String, readOnly: Bool) throws {
        let database = try DatabaseQueue(path: path, configuration: configuration(readOnly: true))
        defer { try? database.close() }
        try database.read {
            let isEmpty = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") == 0
            let isOurs = try Int.fetchOne($0, sql: "PRAGMA application_id") == applicationID
            guard isOurs || isEmpty else { throw StoreError.foreign(path: path) }
            guard try !migrator.hasBeenSuperseded($0) else { throw StoreError.newer(path: path) }
            if readOnly, try !migrator.hasCompletedMigrations($0) { throw StoreError.older(path: path) }
        }
    }
}

/// How many pages the WAL holds, as SQLite tells after each commit.
///
/// Following the count takes the place of SQLite's own automatic checkpoint.
private final class WALPages: Sendable {
    private let pages = Atomic<Int>(0)

    var count: Int { pages.load(ordering: .relaxed) }

    /// - Precondition: This object outlives the connection.
    func follow(_ database: Database) {
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                Unmanaged<WALPages>.fromOpaque(context!).takeUnretainedValue().pages.store(
                    Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
