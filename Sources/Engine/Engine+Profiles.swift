import Synchronization
import WeirDecisioning
import WeirDomain
import WeirProfiles
import WeirStorage

extension Engine {
    /// Names the snapshot whose sequence says: all records up to it are in the stored profiles.
    static let profilesWatermark = "profiles"

    /// Changes a customer's profile because of a record, and notes that it must be saved.
    ///
    /// Called by the committer only.
    func change(
        _ customer: CustomerID, _ sequence: Int64, _ plan: CatalogPlan, _ committer: inout Committer,
        isDecision: Bool = false, _ body: (inout Profile) -> Void
    ) {
        shard(of: customer).withLock { shard in
            shard.withEntry(of: customer, capacity: profileCapacity, load: { load($0, plan) }) { entry in
                body(&entry.profile)
                entry.profile.lastSequence = sequence
                if entry.dirtySince == nil { entry.dirtySince = sequence }
                if isDecision { entry.uncommitted -= 1 }
            }
        }
        if committer.dirty[customer] == nil { committer.dirty[customer] = sequence }
    }

    /// The stored form of a profile that is in step with the log, which then counts as saved; nil where a decision of
    /// the person is still on its way into the log.
    func saved(_ customer: CustomerID, _ plan: CatalogPlan) -> WeirStorage.StoredProfile? {
        shard(of: customer).withLock { shard in
            guard let index = shard.entries.index(forKey: customer), shard.entries.values[index].uncommitted == 0 else {
                return nil
            }
            shard.entries.values[index].dirtySince = nil
            let profile = shard.entries.values[index].profile
            var writer = ByteWriter(reserving: 512)
            profile.encode(into: &writer, schema: plan.schema)
            return WeirStorage.StoredProfile(customer: customer, sequence: profile.lastSequence, body: writer.bytes)
        }
    }

    /// Takes a profile out, because its customer turned out to be someone else.
    func remove(_ customer: CustomerID, _ plan: CatalogPlan) -> Profile {
        shard(of: customer).withLock { shard in
            shard.entries.removeValue(forKey: customer)?.profile ?? load(customer, plan)
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
            let watermark = try store.snapshot(named: Self.profilesWatermark, atOrBefore: .max)?.sequence ?? 0
            try replay(after: watermark, plan: plan, &committer)
            guard settings.warmsProfiles else { return }
            try store.forEachProfile(limit: settings.hotProfiles) { stored in
                let profile = decode(stored.body, of: stored.customer, plan)
                shard(of: stored.customer).withLock { shard in
                    if shard.entries[stored.customer] == nil, shard.entries.count < profileCapacity {
                        shard.insert(stored.customer, profile, capacity: profileCapacity)
                    }
                }
            }
        }
    }

    /// Applies the records that came after the profiles were last saved.
    private func replay(after watermark: Int64, plan: CatalogPlan, _ committer: inout Committer) throws {
        var position = watermark
        while true {
            let page = try store.records(after: position, kinds: [.event, .decision], limit: 5_000)
            guard let last = page.last else { return }
            for entry in page { try replay(entry, plan: plan, &committer) }
            position = last.sequence
        }
    }

    private func replay(_ entry: Sequenced, plan: CatalogPlan, _ committer: inout Committer) throws {
        switch entry.record {
        case .event(let event):
            let found = identities.withLock { $0.customer(userID: event.userID, anonymousID: event.anonymousID) }
            guard let customer = found else { return }
            try replay(entry.sequence, of: customer, plan, &committer) { $0.apply(event, schema: plan.schema) }
        case .decision(let decision):
            let record = try DecisionRecord(decoding: decision.body)
            let customer = identities.withLock { $0.current(decision.customer) }
            // A decision under another catalog still counts for the caps; its offer is found by name.
            try replay(entry.sequence, of: customer, plan, &committer) { profile in
                guard record.decision.assignment == .treated, let offer = decision.offer,
                    let index = plan.offerIndex(offer)
                else { return }
                let campaign = plan.campaigns[plan.offers[index].campaign].campaign
                profile.remember(
                    RecentDecision(time: decision.time, offer: offer, campaign: campaign.id, channel: campaign.channel),
                    keeping: plan.longestCap)
            }
        default: break
        }
    }

    private func replay(
        _ sequence: Int64, of customer: CustomerID, _ plan: CatalogPlan, _ committer: inout Committer,
        _ body: (inout Profile) -> Void
    ) throws {
        let isNew = shard(of: customer).withLock { shard in
            shard.withEntry(of: customer, capacity: profileCapacity, load: { load($0, plan) }) { entry in
                guard entry.profile.lastSequence < sequence else { return false }
                body(&entry.profile)
                entry.profile.lastSequence = sequence
                if entry.dirtySince == nil { entry.dirtySince = sequence }
                return true
            }
        }
        if isNew, committer.dirty[customer] == nil { committer.dirty[customer] = sequence }
    }

    /// Computes the features of everyone anew from the log, because they are declared differently now.
    ///
    /// The committer waits meanwhile, so decisions go on with the old catalog until the new one is complete.
    func rebuildProfiles(_ plan: CatalogPlan, upTo sequence: Int64, _ committer: inout Committer) {
        var rebuilt: [CustomerID: Profile] = [:]
        var position: Int64 = 0
        while let page = try? store.records(after: position, kinds: [.event], limit: 5_000), let last = page.last {
            for case .event(let event) in page.map(\.record) {
                let found = identities.withLock { $0.customer(userID: event.userID, anonymousID: event.anonymousID) }
                if let customer = found { rebuilt[customer, default: Profile()].apply(event, schema: plan.schema) }
            }
            position = last.sequence
        }
        for (customer, profile) in rebuilt {
            shard(of: customer).withLock { shard in
                shard.withEntry(of: customer, capacity: .max, load: { load($0, plan) }) { entry in
                    entry.profile = profile.keepingDecisions(of: entry.profile, longestCap: plan.longestCap)
                    entry.profile.lastSequence = sequence
                    entry.dirtySince = entry.dirtySince ?? sequence
                }
            }
            committer.dirty[customer] = committer.dirty[customer] ?? sequence
        }
    }
}

extension Profile {
    /// Rebuilt from events, with the decisions that another one remembers.
    fileprivate func keepingDecisions(of other: Profile, longestCap: TimeSpan) -> Profile {
        var profile = self
        for decision in other.recentDecisions { profile.remember(decision, keeping: longestCap) }
        return profile
    }
}
