import WeirDecisioning
import WeirDomain
import WeirLog
import WeirProfiles
import WeirStorage

/// Everybody's features under a catalog that declares them anew, computed from the log.
struct FeatureRebuild: PreparedPart {
    /// The profiles of one shard, ready to take its place.
    struct Part: Sendable {
        var entries: [CustomerID: Shard.Entry] = [:]
        /// Those in it, in the order of their first record.
        var customers: [CustomerID] = []

        mutating func change(_ customer: CustomerID, _ body: (inout Profile) throws -> Void) rethrows {
            if entries[customer] == nil {
                entries[customer] = Shard.Entry(profile: Profile(), isDirty: true)
                customers.append(customer)
            }
            try body(&entries[customer]!.profile)
        }
    }

    let kinds: Set<RecordKind> = [.event, .decision, .link]
    private(set) var parts: [Part]
    private let plan: CatalogPlan
    private let profiles: HotProfiles
    private var replay: ProfileReplay
    /// Decisions before it are seen by no cap.
    private let oldestForCaps: Timestamp

    init(_ plan: CatalogPlan, at now: Timestamp, _ shared: SharedState) {
        self.plan = plan
        profiles = shared.profiles
        replay = ProfileReplay(store: shared.store, plan: plan)
        oldestForCaps = now - plan.longestCap
        parts = shared.profiles.shards.map { _ in Part() }
    }

    mutating func read(_ entry: Sequenced, _ identities: Guarded<IdentityMap>) throws {
        switch entry.record {
        case .link(let link): try merge(link.old, into: link.customer, entry.sequence)
        case .decision(let decision) where decision.offer == nil || decision.time < oldestForCaps: return
        default:
            guard let customer = identities.withLock({ $0.customer(of: entry.record) }) else { return }
            try parts[profiles.place(of: customer)].change(customer) { try replay.apply(entry, to: &$0) }
        }
    }

    /// Two customers turned out to be one while this went on.
    private mutating func merge(_ old: CustomerID, into new: CustomerID, _ sequence: Int64) throws {
        let place = profiles.place(of: old)
        guard let gone = parts[place].entries.removeValue(forKey: old) else { return }
        parts[place].customers.removeAll { $0 == old }
        parts[profiles.place(of: new)].change(new) { profile in
            profile.merge(gone.profile, schema: plan.schema)
            profile.lastSequence = max(profile.lastSequence, sequence)
        }
    }
}
