import Synchronization
import WeirDecisioning
import WeirDomain
import WeirProfiles
import WeirStorage

/// Some of the customers, with their profiles in memory.
///
/// A lock rather than an actor: a decision holds it for a few microseconds and never across a suspension, while a hop to
/// an actor and back costs more than the decision itself. Customers of different shards never wait for each other.
final class Shard: Sendable {
    struct Entry {
        /// What the log says of the person, never more: a stored profile can then be brought up to date from the log.
        var profile: Profile
        /// Whether the stored profile lacks something; such a profile must stay in memory.
        var isDirty = false
        /// Offers given by decisions that are not committed yet: the caps see them, the profile does not.
        var pending: [(decision: DecisionID, offer: RecentDecision)] = []
        /// For the second chance at eviction.
        var wasUsed = true

        /// What the frequency caps look at.
        var recentDecisions: [RecentDecision] {
            pending.isEmpty ? profile.recentDecisions : profile.recentDecisions + pending.map(\.offer)
        }
    }

    struct State {
        var entries: [CustomerID: Entry] = [:]
        /// Customers in the order of their arrival, for the hand of the eviction clock.
        var ring: [CustomerID] = []
        var hand = 0

        /// The entry of a customer, loaded where it is not in memory.
        mutating func withEntry<Result>(
            of customer: CustomerID, capacity: Int, load: (CustomerID) throws -> Profile,
            _ body: (inout Entry) throws -> Result
        ) rethrows -> Result {
            if let index = entries.index(forKey: customer) {
                entries.values[index].wasUsed = true
                return try body(&entries.values[index])
            }
            insert(customer, try load(customer), capacity: capacity)
            return try body(&entries[customer]!)
        }

        mutating func insert(_ customer: CustomerID, _ profile: Profile, capacity: Int) {
            // Two for one, so that what had to stay beyond the capacity for a while shrinks again.
            for _ in 0..<2 where entries.count >= capacity { evictOne() }
            entries[customer] = Entry(profile: profile)
            ring.append(customer)
        }

        /// Drops one profile that is saved and was not used since the hand last passed; none where all are needed.
        private mutating func evictOne() {
            for _ in 0..<min(2 * ring.count, 64) {
                if hand >= ring.count { hand = 0 }
                if let index = entries.index(forKey: ring[hand]) {
                    let isNeeded = entries.values[index].isDirty || !entries.values[index].pending.isEmpty
                    if isNeeded || entries.values[index].wasUsed {
                        entries.values[index].wasUsed = false
                        hand += 1
                        continue
                    }
                    entries.remove(at: index)
                    return dropFromRing()
                }
                dropFromRing()  // Merged into someone else since.
            }
        }

        private mutating func dropFromRing() {
            ring.swapAt(hand, ring.count - 1)
            ring.removeLast()
        }
    }

    private let state = Mutex(State())

    func withLock<Result: Sendable, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { state throws(Failure) in try body(&state) }
    }
}

/// Which of 256 partitions a customer belongs to; never changes for a customer.
func partition(of customer: CustomerID) -> Int {
    Int(truncatingIfNeeded: StableHash.of(customer.rawValue, salt: 0x9a27) & 255)
}
