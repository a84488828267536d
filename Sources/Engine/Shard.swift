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
        var profile: Profile
        /// Sequence of the first record that the stored profile does not include; nil where it includes all.
        var dirtySince: Int64?
        /// Decisions handed to the journal but not yet committed: such a profile is ahead of the log and is not saved.
        var uncommitted = 0
        /// For the second chance at eviction.
        var wasUsed = true
    }

    struct State {
        var entries: [CustomerID: Entry] = [:]
        /// Customers in the order of their arrival, for the hand of the eviction clock.
        var ring: [CustomerID] = []
        var hand = 0

        /// The entry of a customer, loaded where it is not in memory.
        mutating func withEntry<Result>(
            of customer: CustomerID, capacity: Int, load: (CustomerID) -> Profile, _ body: (inout Entry) -> Result
        ) -> Result {
            if let index = entries.index(forKey: customer) {
                entries.values[index].wasUsed = true
                return body(&entries.values[index])
            }
            insert(customer, load(customer), capacity: capacity)
            return body(&entries[customer]!)
        }

        mutating func insert(_ customer: CustomerID, _ profile: Profile, capacity: Int) {
            if entries.count >= capacity { evictOne() }
            entries[customer] = Entry(profile: profile)
            ring.append(customer)
        }

        /// Drops one profile that is saved and was not used since the hand last passed; none where all are needed.
        private mutating func evictOne() {
            for _ in 0..<min(2 * ring.count, 64) {
                if hand >= ring.count { hand = 0 }
                let customer = ring[hand]
                if let index = entries.index(forKey: customer) {
                    let entry = entries.values[index]
                    let isSaved = entry.dirtySince == nil && entry.uncommitted == 0
                    if isSaved, !entry.wasUsed {
                        entries.remove(at: index)
                        ring.swapAt(hand, ring.count - 1)
                        ring.removeLast()
                        return
                    }
                    entries.values[index].wasUsed = false
                } else {
                    ring.swapAt(hand, ring.count - 1)
                    ring.removeLast()
                    continue
                }
                hand += 1
            }
        }
    }

    private let state = Mutex(State())

    func withLock<Result: Sendable>(_ body: (inout State) -> sending Result) -> Result {
        state.withLock { body(&$0) }
    }
}

/// Which of 256 partitions a customer belongs to; never changes for a customer.
func partition(of customer: CustomerID) -> Int {
    Int(truncatingIfNeeded: StableHash.of(customer.rawValue, salt: 0x9a27) & 255)
}
