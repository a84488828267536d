import Logging
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirProfiles
import WeirStorage

/// The profiles in memory, in shards: what decisions read and the committer changes.
final class HotProfiles: Sendable {
    let shards: [Shard]
    private let store: any Store
    private let identities: Guarded<IdentityMap>
    private let logger: Logger
    /// Per shard.
    let capacity: Int

    init(store: any Store, settings: EngineSettings, identities: Guarded<IdentityMap>, logger: Logger) {
        self.store = store
        self.identities = identities
        self.logger = logger
        shards = (0..<max(1, settings.shards)).map { _ in Shard() }
        capacity = max(1, settings.hotProfiles / shards.count)
    }

    func place(of customer: CustomerID) -> Int { partition(of: customer) % shards.count }
    func shard(of customer: CustomerID) -> Shard { shards[place(of: customer)] }

    /// How many profiles are in memory.
    var count: Int { shards.reduce(0) { sum, shard in sum + shard.withLock(\.entries.count) } }

    // MARK: Loading

    /// The profile of a customer as the store has it; a new one for somebody unknown.
    ///
    /// - Throws: What the store throws: taking someone for unknown because the disk failed would forget what they refused.
    func load(_ customer: CustomerID, _ plan: CatalogPlan) throws -> Profile {
        guard let stored = try store.profile(of: customer) else { return Profile() }
        do {
            return try decode(stored.body, plan)
        } catch {
            logger.error(
                "A stored profile cannot be read; it is rebuilt from the log.", metadata: ["customer": "\(customer)"])
            return try rebuiltProfile(of: customer, plan)
        }
    }

    private func decode(_ body: [UInt8], _ plan: CatalogPlan) throws(DamagedRecord) -> Profile {
        var reader = ByteReader(body)
        switch try Profile.decode(&reader, schema: plan.schema) {
        case .current(let profile), .outdated(let profile): return profile
        }
    }

    private func rebuiltProfile(of customer: CustomerID, _ plan: CatalogPlan) throws -> Profile {
        var replay = ProfileReplay(store: store, plan: plan)
        var profile = Profile()
        try store.forEachRecord(after: 0, kinds: [.event, .decision]) { entry in
            guard identities.withLock({ $0.customer(of: entry.record) }) == customer else { return }
            try replay.apply(entry, to: &profile)
        }
        return profile
    }

    /// Loads those used last, up to the capacity, so that the first decisions need no disk.
    func warm(_ plan: CatalogPlan, limit: Int) throws {
        try store.forEachProfile(limit: limit) { stored in
            // One that cannot be read is rebuilt when it is needed.
            guard let profile = try? decode(stored.body, plan) else { return }
            shard(of: stored.customer).withLock { shard in
                if shard.entries[stored.customer] == nil, shard.entries.count < capacity {
                    shard.insert(stored.customer, profile, capacity: capacity)
                }
            }
        }
    }

    // MARK: Changing; by the committer only

    /// Changes a customer's profile because of a record.
    ///
    /// - Parameter body: Answers whether the profile has changed; then it must be saved.
    func change(
        _ customer: CustomerID, _ sequence: Int64, _ plan: CatalogPlan, _ body: (inout Shard.Entry) throws -> Bool
    ) throws {
        try shard(of: customer).withLock { shard in
            let features = shard.follow(plan.schema)
            precondition(features == .current, "The committer knows the newest features.")
            let isChanged = try shard.withEntry(of: customer, capacity: capacity, load: { try load($0, plan) }) {
                entry in
                guard try body(&entry) else { return false }
                // What follows from a group is numbered after all of its records.
                entry.profile.lastSequence = max(entry.profile.lastSequence, sequence)
                defer { entry.isDirty = true }
                return !entry.isDirty
            }
            if isChanged { shard.changed.append(customer) }
        }
    }

    /// What a customer's profile knows of an order; to be asked by the committer, who knows the newest features.
    func order(_ id: String, of customer: CustomerID, _ plan: CatalogPlan) throws -> KnownOrder? {
        try shard(of: customer).withLock { shard in
            _ = shard.follow(plan.schema)
            return try shard.withEntry(of: customer, capacity: capacity, load: { try load($0, plan) }) {
                $0.profile.order(id)
            }
        }
    }

    /// Takes a profile out, because its customer turned out to be someone else.
    func remove(_ customer: CustomerID, _ plan: CatalogPlan) throws -> Shard.Entry {
        try shard(of: customer).withLock { shard in
            _ = shard.follow(plan.schema)
            return try shard.entries.removeValue(forKey: customer) ?? Shard.Entry(profile: load(customer, plan))
        }
    }

    // MARK: Saving; by the committer only

    /// Whose profile in a shard has changed since this was last asked, sorted from the last to the first.
    func takeChanged(inShard place: Int, _ plan: CatalogPlan) -> [CustomerID] {
        let changed = shards[place].withLock { shard in
            _ = shard.follow(plan.schema)
            defer { shard.changed = [] }
            return shard.changed
        }
        return changed.sorted(by: >)
    }

    /// Gives back customers who were taken and have not been saved.
    func changeAgain(_ customers: [CustomerID]) {
        for customer in customers { shard(of: customer).withLock { $0.changed.append(customer) } }
    }

    /// The form in which a profile is stored; nil where it is not in memory or the store has it already.
    func unsaved(_ customer: CustomerID, _ plan: CatalogPlan) -> WeirStorage.StoredProfile? {
        shard(of: customer).withLock { shard in
            _ = shard.follow(plan.schema)
            guard let entry = shard.entries[customer], entry.isDirty else { return nil }
            var writer = ByteWriter(reserving: 512)
            entry.profile.encode(into: &writer, schema: plan.schema)
            return WeirStorage.StoredProfile(
                customer: customer, sequence: entry.profile.lastSequence, body: writer.bytes)
        }
    }

    /// The store has a profile as it is in memory; only after the commit, since a profile that leaves memory is read from
    /// the store again.
    func saved(_ customer: CustomerID) {
        shard(of: customer).withLock { $0.entries[customer]?.isDirty = false }
    }

    // MARK: Features declared anew

    /// Puts profiles under other features beside those of now; who asks for them by the new catalog gets them.
    ///
    /// - Parameter rebuilt: One part per shard.
    func stage(_ rebuilt: [FeatureRebuild.Part], _ schema: FeatureSchema) {
        for (shard, part) in zip(shards, rebuilt) { shard.withLock { $0.stage(part, schema) } }
    }
}

/// Applies records of the log to profiles, as the committer did when they were written.
struct ProfileReplay {
    let store: any Store
    let plan: CatalogPlan
    private var plans: [Int: CatalogPlan]

    init(store: any Store, plan: CatalogPlan) {
        self.store = store
        self.plan = plan
        plans = [plan.version: plan]
    }

    mutating func apply(_ entry: Sequenced, to profile: inout Profile) throws {
        switch entry.record {
        case .event(let event): profile.apply(event, schema: plan.schema)
        case .decision(let decision):
            let record = try DecisionRecord(decoding: decision.body)
            // A decision under another catalog counts for the caps too.
            let version = record.situation.catalogVersion
            if plans[version] == nil { plans[version] = try Recovery(store: store).plan(version: version) }
            try record.check(against: plans[version]!)
            if let recent = record.recentDecision(plans[version]!) {
                profile.remember(recent, keeping: plan.longestCap)
            }
        default: break
        }
        profile.lastSequence = entry.sequence
    }
}
