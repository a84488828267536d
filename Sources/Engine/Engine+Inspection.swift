import Synchronization
package import WeirBudgeting
import WeirDecisioning
package import WeirDomain
import WeirLearning
import WeirLog
package import WeirProfiles
package import WeirStorage

/// What the engine has in memory, for tests that compare it with what the store would give.
extension Engine {
    /// The profile of whoever a customer is by now, as decisions would see it.
    package func profile(of customer: CustomerID) throws -> Profile? {
        guard let plan else { return nil }
        let current = identities.withLock { $0.current(customer) }
        let profiles = shared.profiles
        return try profiles.shard(of: current).withLock { shard in
            _ = shard.follow(plan.schema)
            return try shard.withEntry(
                of: current, capacity: profiles.capacity, load: { try profiles.load($0, plan) }, { $0.profile })
        }
    }

    package func current(_ customer: CustomerID) -> CustomerID { identities.withLock { $0.current(customer) } }

    package var ledger: Ledger { treasury.withLock(\.ledger) }

    /// The stored form of what has been learned; nil before the first catalog.
    package var learned: [UInt8]? { committer.withLock { $0.followers[LearningFollower.self].learner?.bytes } }

    package var awaited: [OutcomeJoiner.Awaited] {
        committer.withLock { $0.followers[OutcomeFollower.self].joiner.awaited.values.sorted { $0.id < $1.id } }
    }

    /// How many reads a transaction has made that no follower had foreseen.
    package var unforeseenReads: Int { committer.withLock(\.unforeseenReads) }

    /// The stored form of what the log says should have been learned, from its beginning, without any snapshot.
    package static func learned(from store: any Store) throws -> [UInt8]? {
        let recovery = Recovery(store: store)
        var learner: Learner?
        try store.forEachRecord(after: 0, kinds: [.outcome, .catalog, .stage]) {
            try recovery.advance(&learner, with: $0)
        }
        return learner?.bytes
    }
}
