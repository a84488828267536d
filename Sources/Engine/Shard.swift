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
    struct Entry: Sendable {
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
        /// Whose stored profile lacks something since a checkpoint last asked; some may have been saved meanwhile.
        var changed: [CustomerID] = []
        /// Fingerprint of the features that the profiles follow; nil before the first catalog.
        private var schema: UInt64?
        /// Profiles under features declared anew, until somebody asks by that catalog.
        private var next: (part: FeatureRebuild.Part, schema: UInt64)?

        // MARK: Features

        enum Features {
            case current
            /// The profiles follow features that are newer than those asked for: whoever asks has an old catalog.
            case newer
        }

        /// Sees to it that the profiles follow some features, as far as they have come.
        mutating func follow(_ wanted: FeatureSchema) -> Features {
            if schema == nil { schema = wanted.fingerprint }
            if let next, next.schema == wanted.fingerprint { takeOver() }
            return schema == wanted.fingerprint ? .current : .newer
        }

        /// Holds profiles under other features ready.
        mutating func stage(_ part: FeatureRebuild.Part, _ schema: FeatureSchema) {
            takeOver()
            next = (part, schema.fingerprint)
        }

        private mutating func takeOver() {
            guard let (part, schema) = next else { return }
            next = nil
            self.schema = schema
            let old = entries
            entries = part.entries
            ring = part.customers
            changed = part.customers
            hand = 0
            // Decisions on their way into the log are in no rebuilt profile; people without any record in the log stay.
            for (customer, entry) in old where !entry.pending.isEmpty {
                if entries[customer] == nil {
                    entries[customer] = Entry(profile: entry.profile)
                    ring.append(customer)
                }
                entries[customer]!.pending = entry.pending
            }
        }

        // MARK: Entries

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
