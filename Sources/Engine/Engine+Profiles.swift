import Logging
import Synchronization
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirProfiles
import WeirStorage

extension Engine {
    /// Names the snapshot whose sequence says: all records up to it are in the stored profiles. Its body says under which
    /// declarations of features they were stored.
    static let profilesWatermark = "profiles"

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
        var replay = Replay(store: store, plan: plan)
        var profile = Profile()
        try store.forEachRecord(after: 0, kinds: [.event, .decision]) { entry in
            guard identities.withLock({ $0.customer(of: entry.record) }) == customer else { return }
            try replay.apply(entry, to: &profile)
        }
        return profile
    }

    // MARK: Changing

    /// Changes a customer's profile because of a record, and notes that it must be saved.
    ///
    /// Called by the committer only.
    func change(
        _ customer: CustomerID, _ sequence: Int64, _ plan: CatalogPlan, _ committer: inout Committer,
        _ body: (inout Shard.Entry) -> Void
    ) throws {
        try shard(of: customer).withLock { shard in
            try shard.withEntry(of: customer, capacity: profileCapacity, load: { try load($0, plan) }) { entry in
                body(&entry)
                // What follows from a group is numbered after all of its records.
                entry.profile.lastSequence = max(entry.profile.lastSequence, sequence)
                entry.isDirty = true
            }
        }
        committer.dirty[customer] = min(committer.dirty[customer] ?? sequence, sequence)
    }

    /// The form in which a profile is stored; nil where it is not in memory.
    func stored(_ customer: CustomerID, _ plan: CatalogPlan) -> WeirStorage.StoredProfile? {
        shard(of: customer).withLock { shard in
            guard let profile = shard.entries[customer]?.profile else { return nil }
            var writer = ByteWriter(reserving: 512)
            profile.encode(into: &writer, schema: plan.schema)
            return WeirStorage.StoredProfile(customer: customer, sequence: profile.lastSequence, body: writer.bytes)
        }
    }

    /// Notes that the store has a profile as it is in memory; only after the commit, since a profile that leaves memory
    /// is read from the store again.
    func noteSaved(_ customer: CustomerID, _ committer: inout Committer) {
        shard(of: customer).withLock { $0.entries[customer]?.isDirty = false }
        committer.dirty[customer] = nil
    }

    /// Takes a profile out, because its customer turned out to be someone else.
    func remove(_ customer: CustomerID, _ plan: CatalogPlan) throws -> Shard.Entry {
        try shard(of: customer).withLock { shard in
            try shard.entries.removeValue(forKey: customer) ?? Shard.Entry(profile: load(customer, plan))
        }
    }

    // MARK: Starting

    /// Brings the profiles up to date with the log, and loads those used last.
    func restoreProfiles() throws {
        try committer.withLock { committer in
            guard let plan = committer.learner?.plan else { return }
            if let history = try store.snapshot(named: Pulse.snapshotName, atOrBefore: .max) {
                try pulse.withLock { try $0.restore(history.body) }
            }
            let watermark = try store.snapshot(named: Self.profilesWatermark, atOrBefore: .max)
            var replay = Replay(store: store, plan: plan)
            try store.forEachRecord(after: watermark?.sequence ?? 0, kinds: [.event, .decision]) { entry in
                guard let customer = identities.withLock({ $0.customer(of: entry.record) }) else { return }
                try self.replay(entry, of: customer, &replay, &committer)
            }
            // The process ended between a change of the features and the next checkpoint.
            if watermark?.body != plan.schemaMark {
                try rebuildProfiles(plan, upTo: committer.sequence, &committer)
            }
            if plan.catalog.metric != nil { committer.comparison = try recomputedComparison(plan) }
            let tallies = try plan.catalog.experiments.map { try tally(of: $0, plan) }
            committer.experiments.replace(tallies)
            if settings.warmsProfiles { try warm(plan) }
        }
    }

    private func replay(
        _ record: Sequenced, of customer: CustomerID, _ replay: inout Replay, _ committer: inout Committer
    ) throws {
        let isNew = try shard(of: customer).withLock { shard in
            try shard.withEntry(of: customer, capacity: profileCapacity, load: { try load($0, replay.plan) }) { entry in
                guard entry.profile.lastSequence < record.sequence else { return false }
                try replay.apply(record, to: &entry.profile)
                entry.isDirty = true
                return true
            }
        }
        if isNew { committer.dirty[customer] = min(committer.dirty[customer] ?? record.sequence, record.sequence) }
    }

    private func warm(_ plan: CatalogPlan) throws {
        try store.forEachProfile(limit: settings.hotProfiles) { stored in
            // One that cannot be read is rebuilt when it is needed.
            guard let profile = try? decode(stored.body, plan) else { return }
            shard(of: stored.customer).withLock { shard in
                if shard.entries[stored.customer] == nil, shard.entries.count < profileCapacity {
                    shard.insert(stored.customer, profile, capacity: profileCapacity)
                }
            }
        }
    }

    private func recomputedComparison(_ plan: CatalogPlan) throws -> HoldoutComparison {
        var comparison = HoldoutComparison()
        try store.forEachRecord(after: 0, kinds: [.event, .decision]) { entry in
            guard let customer = identities.withLock({ $0.customer(of: entry.record) }) else { return }
            switch entry.record {
            case .event(let event):
                guard let value = plan.catalog.metric?.value(of: event) else { return }
                comparison.add(value, of: customer, isHeldOut: plan.isHeldOut(customer))
            case .decision: comparison.enter(customer, isHeldOut: plan.isHeldOut(customer))
            default: break
            }
        }
        return comparison
    }

    // MARK: Rebuilding

    /// Computes the features of everyone anew from the log, because they are declared differently now.
    ///
    /// The committer waits meanwhile, so decisions go on with the old catalog until the new one is complete.
    func rebuildProfiles(_ plan: CatalogPlan, upTo sequence: Int64, _ committer: inout Committer) throws {
        committer.unsaved = []  // A checkpoint under way would save some profiles in the old form, some in the new.
        var rebuilt: [CustomerID: Profile] = [:]
        try store.forEachRecord(after: 0, kinds: [.event]) { entry in
            guard case .event(let event) = entry.record,
                let customer = identities.withLock({ $0.customer(of: entry.record) })
            else { return }
            rebuilt[customer, default: Profile()].apply(event, schema: plan.schema)
        }
        for (customer, profile) in rebuilt.sorted(by: { $0.key < $1.key }) {
            try shard(of: customer).withLock { shard in
                try shard.withEntry(of: customer, capacity: .max, load: { try load($0, plan) }) { entry in
                    var profile = profile
                    for decision in entry.profile.recentDecisions {
                        profile.remember(decision, keeping: plan.longestCap)
                    }
                    profile.lastSequence = max(entry.profile.lastSequence, sequence)
                    entry.profile = profile
                    entry.isDirty = true
                }
            }
            committer.dirty[customer] = min(committer.dirty[customer] ?? sequence, sequence)
        }
    }
}

/// Applies records of the log to profiles, as the committer did when they were written.
private struct Replay {
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
            if let recent = record.recentDecision(plans[version]!) {
                profile.remember(recent, keeping: plan.longestCap)
            }
        default: break
        }
        profile.lastSequence = entry.sequence
    }
}

extension DecisionRecord {
    /// What the frequency caps count of it; nil where nothing was given.
    func recentDecision(_ plan: CatalogPlan) -> RecentDecision? {
        guard decision.assignment == .treated, let chosen = decision.chosen else { return nil }
        let offer = plan.offers[decision.candidates[chosen].offer]
        let campaign = plan.campaigns[offer.campaign].campaign
        return RecentDecision(
            time: situation.time, offer: offer.offer.id, campaign: campaign.id, channel: campaign.channel)
    }
}

extension IdentityMap {
    /// Whom a record is about; nil for records about nobody.
    fileprivate func customer(of record: Record) -> CustomerID? {
        switch record {
        case .event(let event): customer(userID: event.userID, anonymousID: event.anonymousID)
        case .decision(let decision): current(decision.customer)
        default: nil
        }
    }
}

extension Store {
    /// Hands over all records of some kinds after a sequence number, in order, without having them all in memory.
    func forEachRecord(after sequence: Int64, kinds: Set<RecordKind>, _ body: (Sequenced) throws -> Void) throws {
        var position = sequence
        while true {
            let page = try records(after: position, kinds: kinds, limit: 5_000)
            guard let last = page.last else { return }
            for entry in page { try body(entry) }
            position = last.sequence
        }
    }
}

extension CatalogPlan {
    /// Stands for the declarations under which profiles are stored.
    var schemaMark: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(schema.fingerprint)
        return writer.bytes
    }
}

extension Metric {
    /// What an event adds; nil where it is none of those that count.
    func value(of event: Event) -> Double? {
        guard pattern.matches(event) else { return nil }
        return value.map { event.properties[$0]?.double ?? 0 } ?? 1
    }
}
