import GRDB
import Synchronization
import WeirDomain
public import WeirStorage

extension SQLiteStore {
    public func commit(_ group: RecordGroup, deriving: (_ knownEvents: [Int64]) throws -> RecordGroup) throws {
        try recentMessages.withLock { recent in
            let settlement = try write { database in
                var writer = try GroupWriter(database)
                let derived = try deriving(try writer.keep(group, recent: &recent))
                guard try writer.keep(derived, recent: &recent).isEmpty else {
                    throw StoreError.conflict(detail: "a derived event is known already")
                }
                return try writer.settle(recent) { inserted, newest in
                    recentLookups.withLock { $0.sweep(inserted: inserted, pending: inserted, newest: newest) }
                }
            }
            recent.finish(settlement.messages)
            // A lock of its own, held for this alone: requests look up what stands here.
            recentLookups.withLock { lookups in
                lookups.finish(settlement.lookups)
                for entry in settlement.newLookups { lookups.insert(entry) }
            }
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
