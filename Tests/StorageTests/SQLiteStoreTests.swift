import Foundation
import GRDB
import Testing
import WeirDomain
import WeirSQLiteStorage
import WeirStorage

@Suite("A store in a SQLite file", .serialized)
struct SQLiteStoreTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("Fills an empty file with its tables")
    func emptyFile() throws {
        try Data().write(to: URL(filePath: folder.database))
        let store = try SQLiteStore(path: folder.database)
        try store.commit(group(from: 1, [event("m1")]))
        #expect(try store.counts().events == 1)
    }

    @Test("Keeps what was committed when the process ends without closing", arguments: Durability.allCases)
    func abandoned(_ durability: Durability) throws {
        for number in Int64(1)...3 {
            // Each turn finds a WAL that nobody has checkpointed.
            let store = try SQLiteStore(path: folder.database, durability: durability)
            #expect(try store.lastSequence() == number - 1)
            #expect(try store.keep(group(from: number, [event("m\(number)")])) == [])
        }
        #expect(try SQLiteStore(path: folder.database).everything().count == 3)
    }

    @Test("Is for its owner only, with its log and lock, also where an older one was everybody's")
    func modes() throws {
        func modes() throws -> [Int] {
            try ["", "-wal", "-shm", ".lock"].map { suffix in
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.database + suffix)
                return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            }
        }
        for _ in 0..<2 {
            let store = try SQLiteStore(path: folder.database)
            try store.commit(group(from: try store.lastSequence() + 1, [event("m1")]))
            #expect(try modes() == [0o600, 0o600, 0o600, 0o600])
            try store.close()
            for suffix in ["", ".lock"] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: folder.database + suffix)
            }
        }
    }

    @Test("Notices that one of its files was deleted or replaced", arguments: ["", "-wal"])
    func replaced(suffix: String) throws {
        let store = try SQLiteStore(path: folder.database)
        try store.commit(group(from: 1, [event("m1")]))
        try store.checkPlace()
        let file = folder.database + suffix
        try FileManager.default.moveItem(atPath: file, toPath: file + ".moved")
        #expect(throws: StoreError.replaced(path: folder.database, file: file)) { try store.checkPlace() }
        try Data().write(to: URL(filePath: file))
        #expect(throws: StoreError.replaced(path: folder.database, file: file)) { try store.checkPlace() }
    }

    @Test("Leaves no log beside another store that has taken its place, and loses nothing of its own")
    func replacedByAnother() throws {
        let other = try SQLiteStore(path: folder.path("other.db"))
        try other.commit(group(from: 1, [event("a"), event("b")]))
        try other.close()
        let store = try SQLiteStore(path: folder.database)
        try store.commit(group(from: 1, [event("m1")]))
        try FileManager.default.moveItem(atPath: folder.database, toPath: folder.path("old.db"))
        try FileManager.default.moveItem(atPath: folder.path("other.db"), toPath: folder.database)
        try store.close()
        #expect(try SQLiteStore(path: folder.database).counts().events == 2)
        try FileManager.default.moveItem(
            atPath: folder.database + "-wal.of-the-replaced", toPath: folder.path("old.db-wal"))
        #expect(try SQLiteStore(path: folder.path("old.db")).counts().events == 1)
    }

    @Test("Has one writer; its lock goes with it")
    func secondWriter() throws {
        let first = try SQLiteStore(path: folder.database)
        #expect(throws: StoreError.locked(path: folder.database)) { try SQLiteStore(path: folder.database) }
        try first.commit(group(from: 1, [event("m1")]))
        try first.close()
        #expect(try SQLiteStore(path: folder.database).counts().events == 1)
    }

    @Test("Can be read while another writes, and sees each group when it is whole")
    func readers() throws {
        let writer = try SQLiteStore(path: folder.database)
        let reader = try SQLiteStore(path: folder.database, readOnly: true)
        #expect(try reader.lastSequence() == 0)
        var halfway: [Sequenced] = []
        try writer.commit(group(from: 1, [event("m1"), .ledger(entry(5))])) { _ in
            halfway = try reader.everything() + writer.everything()
            return group(from: 3, [.ledger(entry(6))])
        }
        #expect(halfway == [])
        #expect(try reader.everything().count == 3)
        #expect(throws: StoreError.readOnly(path: folder.database)) {
            try reader.commit(group(from: 4, [event("m2")]))
        }
        try writer.close()
        #expect(try reader.everything().count == 3)
        try reader.close()
        #expect(try SQLiteStore(path: folder.database, readOnly: true).everything().count == 3)
    }

    @Test("Is not made for reading alone")
    func missing() throws {
        #expect(throws: StoreError.missing(path: folder.database)) {
            try SQLiteStore(path: folder.database, readOnly: true)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.database))
        let nowhere = folder.path("nowhere/weir.db")
        #expect(throws: StoreError.missing(path: nowhere)) { try SQLiteStore(path: nowhere) }
    }

    @Test("Says so where the file is no database")
    func noDatabase() throws {
        try Data(
            "not a database, but long enough for a header of a hundred bytes. ".utf8
                + [UInt8](repeating: 65, count: 4096)
        )
        .write(to: URL(filePath: folder.database))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(path: folder.database) }
        guard case .damaged = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("Says so where pages were overwritten")
    func overwritten() throws {
        let store = try SQLiteStore(path: folder.database)
        try store.commit(group(from: 1, (0..<500).map { event("m\($0)") }))
        try store.close()
        let file = try FileHandle(forUpdating: URL(filePath: folder.database))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 200 * 1024)
        try file.write(contentsOf: [UInt8](repeating: 0xa5, count: Int(size) - 200 * 1024))
        try file.close()

        let error = #expect(throws: StoreError.self) { try SQLiteStore(path: folder.database).everything() }
        guard case .damaged = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test(
        "Says so where a row holds nonsense",
        arguments: [
            "UPDATE events SET kind = 'dance'", "UPDATE events SET context = '{'", "UPDATE ledger SET reason = 300",
        ])
    func nonsense(_ change: String) throws {
        try SQLiteStore(path: folder.database).commit(group(from: 1, [event("m1"), .ledger(entry(1))]))
        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: change) }
        let error = #expect(throws: StoreError.self) { try SQLiteStore(path: folder.database).everything() }
        guard case .damaged = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("Leaves another program's database untouched")
    func foreign() throws {
        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: "CREATE TABLE recipes (name TEXT)") }
        let before = try Data(contentsOf: URL(filePath: folder.database))
        #expect(throws: StoreError.foreign(path: folder.database)) { try SQLiteStore(path: folder.database) }
        #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
    }

    @Test("Refuses a newer store, and reads no older one", arguments: [false, true])
    func versions(readOnly: Bool) throws {
        try SQLiteStore(path: folder.database).close()
        func change(_ sql: String) throws {
            try DatabaseQueue(path: folder.database).write { try $0.execute(sql: sql) }
        }

        try change("INSERT INTO grdb_migrations VALUES ('99 of the future')")
        #expect(throws: StoreError.newer(path: folder.database)) {
            try SQLiteStore(path: folder.database, readOnly: readOnly)
        }
        try change("DELETE FROM grdb_migrations")
        if readOnly {
            #expect(throws: StoreError.older(path: folder.database)) {
                try SQLiteStore(path: folder.database, readOnly: true)
            }
        }
    }

    @Test("Finds two messages with one hash to be two messages")
    func collision() throws {
        try SQLiteStore(path: folder.database).commit(group(from: 1, [event("other")]))
        let key = Int64(bitPattern: StableHash.of("m1", salt: StableHash.of("shop")))
        try DatabaseQueue(path: folder.database).write {
            try $0.execute(sql: "INSERT INTO message_keys VALUES (?, 1)", arguments: [key])
        }
        let store = try SQLiteStore(path: folder.database)
        #expect(try store.keep(group(from: 2, [event("m1"), event("m1"), event("other")])) == [3, 4])
    }

    @Test("Knows every message again, wherever its key stands and however often it starts", arguments: UInt64(0)..<20)
    func knownMessages(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func open() throws -> SQLiteStore {
            try SQLiteStore(
                path: folder.database, durability: .process, recentMessages: Int.random(in: 0...300, using: &random),
                recentLookups: 100)
        }
        var store = try open()
        var ids: [String] = []
        var sequence: Int64 = 0
        for _ in 0..<60 {
            let new = (0..<Int.random(in: 0...60, using: &random)).map { "m\(ids.count + $0)" }
            let old = (0..<5).compactMap { _ in ids.randomElement(using: &random) }
            let group = group(from: sequence + 1, (new + old).map { event($0) })
            let firstOld = sequence + Int64(new.count) + 1
            sequence += Int64(group.records.count)
            try #require(try store.keep(group) == Array(firstOld..<firstOld + Int64(old.count)))
            ids += new
            // What is in memory alone goes with the process.
            if Int.random(in: 0..<8, using: &random) == 0 {
                try store.close()
                store = try open()
            }
        }
        #expect(try store.keep(group(from: sequence + 1, ids.map { event($0) })).count == ids.count)
        #expect(try store.counts().events == ids.count)
        let indexed = try DatabaseQueue(path: folder.database).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM message_keys")
        }
        #expect(try #require(indexed) > 0)
    }

    @Test(
        "Finds every decision of a customer and outcome of an order, wherever its key stands and however often it starts",
        arguments: UInt64(0)..<20)
    func lookups(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        func open() throws -> SQLiteStore {
            try SQLiteStore(
                path: folder.database, durability: .process, recentMessages: 100,
                recentLookups: Int.random(in: 0...200, using: &random))
        }
        var store = try open()
        var byCustomer: [CustomerID: [StoredDecision]] = [:]
        var byOrder: [String: [Outcome]] = [:]
        var (sequence, number): (Int64, Int64) = (0, 0)
        for _ in 0..<60 {
            var records: [WeirStorage.Record] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                // Customers and orders have the same names.
                let name = "n\(Int.random(in: 0..<50, using: &random))"
                if Bool.random(using: &random) {
                    number += 1
                    let decision = decision(number, customer: CustomerID(name))
                    byCustomer[decision.customer, default: []].append(decision)
                    records.append(.decision(decision))
                } else {
                    let order = Bool.random(using: &random) ? name : nil
                    let outcome = outcome(of: max(1, number), order: order)
                    if let order { byOrder[order, default: []].append(outcome) }
                    records.append(.outcome(outcome))
                }
            }
            try store.commit(group(from: sequence + 1, records))
            sequence += Int64(records.count)
            // What is in memory alone goes with the process.
            if Int.random(in: 0..<8, using: &random) == 0 {
                try store.close()
                store = try open()
            }
        }
        let reader = try SQLiteStore(path: folder.database, readOnly: true)
        for name in (0...50).map({ "n\($0)" }) {
            let decisions = Array((byCustomer[CustomerID(name)] ?? []).reversed())
            for store in [store, reader] {
                try #require(try store.latestDecisions(of: CustomerID(name), limit: .max) == decisions)
                try #require(try store.latestDecisions(of: CustomerID(name), limit: 3) == Array(decisions.prefix(3)))
                try #require(try store.outcomes(ofOrder: name) == byOrder[name] ?? [])
            }
        }
        let indexed = try DatabaseQueue(path: folder.database).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM lookups")
        }
        #expect(try #require(indexed) > 0)
    }

    @Test("Finds with one hash only what was asked for")
    func lookupCollision() throws {
        let store = try SQLiteStore(path: folder.database)
        try store.commit(group(from: 1, [.decision(decision(1, customer: "eve")), .outcome(outcome(of: 1))]))
        try store.close()
        // As if the records had the hash of another customer.
        let key = Int64(bitPattern: StableHash.of("ada", salt: StableHash.of("decisions")))
        try DatabaseQueue(path: folder.database).write {
            for sequence in 1...3 {
                try $0.execute(sql: "INSERT INTO lookups VALUES (?, ?)", arguments: [key, sequence])
            }
        }
        #expect(try SQLiteStore(path: folder.database).latestDecisions(of: "ada", limit: 9) == [])
    }

    @Test("Copies its log into the database as it grows, and begins the log anew")
    func checkpoints() throws {
        let store = try SQLiteStore(path: folder.database, durability: .process)
        let body = [UInt8](repeating: 7, count: 1 << 20)
        for number in Int64(1)...96 {
            try store.commit(snapshots(StoredSnapshot(name: "model", sequence: number, body: body)))
        }
        func size(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        }
        #expect(try size(folder.database) > 60 << 20)
        #expect(try size(folder.database + "-wal") < 40 << 20)
        #expect(try store.snapshot(named: "model", atOrBefore: 50)?.body == body)
        try store.close()
    }

    @Test(
        "Explains each refusal with its remedy",
        arguments: [
            (ResultCode.SQLITE_FULL, StoreError.full(path: "p")), (.SQLITE_BUSY, .locked(path: "p")),
            (.SQLITE_READONLY, .readOnly(path: "p")), (.SQLITE_CORRUPT, .damaged(path: "p", detail: "why")),
            (.SQLITE_IOERR, .failed(path: "p", detail: "why")), (.SQLITE_CONSTRAINT, .conflict(detail: "why")),
        ])
    func errors(code: ResultCode, expected: StoreError) {
        let explained = StoreError.explaining(DatabaseError(resultCode: code, message: "why"), path: "p") as? StoreError
        #expect(explained == expected)
        #expect(expected.description.split(separator: ".").count >= 2)
    }
}
