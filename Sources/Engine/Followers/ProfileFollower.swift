import WeirDecisioning
import WeirDomain
import WeirLimits
import WeirLog
import WeirProfiles
import WeirStorage

/// Keeps everybody's profile: what events say of them, and which offers they were given.
struct ProfileFollower: Follower {
    /// Names the snapshot whose sequence says: all records up to it are in the stored profiles. Its body says under which
    /// declarations of features they were stored.
    static let watermark = "profiles"

    static let follows: [RecordKind] = [.event, .decision, .link, .catalog]

    private let shared: SharedState
    /// Whether a profile has changed since a checkpoint last began.
    private var hasChanged = false
    /// Of the checkpoint under way.
    private var checkpoint: Progress?
    /// Into whom somebody was merged in this group, and who is gone.
    private var merged: Set<CustomerID> = []
    private var removed: [CustomerID] = []
    /// Profiles under features declared anew, to be put in force when their catalog is durable.
    private var rebuilt: (FeatureRebuild, CatalogPlan)?

    /// How far a checkpoint has come.
    private struct Progress {
        /// The record after which it began: all up to it are in the store when it ends.
        var since: Int64
        var shard = 0
        /// Who of the shard is still to be saved, last first.
        var customers: [CustomerID] = []
    }

    init(_ shared: SharedState) { self.shared = shared }

    private var profiles: HotProfiles { shared.profiles }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        // Kept in the log; profiles begin with a catalog.
        guard let plan = context.plan else { return [] }
        switch entry.record {
        case .event(let event):
            guard let customer = context.customer(of: event) else { return [] }
            var isFull = false
            try change(customer, entry.sequence, plan) { entry in
                entry.profile.apply(event, schema: plan.schema)
                isFull = entry.profile.isFull
            }
            if isFull { shared.limitCounts.countHit(of: .person) }
        case .decision(let decision):
            try change(context.customer(of: decision), entry.sequence, plan) { entry in
                guard let index = entry.pending.firstIndex(where: { $0.decision == decision.id }) else { return }
                entry.profile.remember(entry.pending.remove(at: index).offer, keeping: plan.longestCap)
            }
        case .link(let link): try merge(link.old, into: link.customer, entry.sequence, plan)
        case .catalog:
            if case .catalog(let change) = attachment, let rebuild = change.part(FeatureRebuild.self) {
                rebuilt = (rebuild, change.plan)
                // A checkpoint under way would save some profiles in the old form, some in the new.
                checkpoint = nil
                hasChanged = true
            }
        default: break
        }
        return []
    }

    private mutating func change(
        _ customer: CustomerID, _ sequence: Int64, _ plan: CatalogPlan, _ body: (inout Shard.Entry) -> Void
    ) throws {
        hasChanged = true
        try profiles.change(customer, sequence, plan) { entry in
            body(&entry)
            return true
        }
    }

    private mutating func merge(
        _ old: CustomerID, into new: CustomerID, _ sequence: Int64, _ plan: CatalogPlan
    ) throws {
        let gone = try profiles.remove(old, plan)
        removed.append(old)
        try change(new, sequence, plan) { entry in
            entry.profile.merge(gone.profile, schema: plan.schema)
            entry.pending += gone.pending
        }
        // Saved with this group: from now on the log knows only one of the two.
        merged.remove(old)
        merged.insert(new)
    }

    // MARK: Saving

    var unsaved: Unsaved { checkpoint != nil ? .underWay : hasChanged ? .some : .nothing }

    mutating func save(into saving: inout Checkpoint, _ context: FollowerContext) {
        saving.removedProfiles = removed
        removed = []
        guard let plan = context.plan, rebuilt == nil else { return merged = [] }
        if saving.saving == .all || (saving.saving == .some && checkpoint == nil) {
            // What a checkpoint under way has not saved yet is dirty still, and comes again.
            if let interrupted = checkpoint { profiles.changeAgain(interrupted.customers) }
            checkpoint = Progress(since: saving.sequence)
            hasChanged = false
        }
        var due = merged
        merged = []
        if saving.saving != .none, var progress = checkpoint {
            let limit = saving.saving == .all ? Int.max : saving.profilesPerGroup
            var count = 0
            while count < limit {
                if let next = progress.customers.popLast() {
                    if due.insert(next).inserted { count += 1 }
                } else if progress.shard < profiles.shards.count {
                    progress.customers = profiles.takeChanged(inShard: progress.shard, plan)
                    progress.shard += 1
                } else {
                    break
                }
            }
            let isDone = progress.customers.isEmpty && progress.shard == profiles.shards.count
            checkpoint = isDone ? nil : progress
            saving.isComplete = isDone
            if isDone {
                saving.snapshots.append(
                    StoredSnapshot(name: Self.watermark, sequence: progress.since, body: plan.schemaMark))
            }
        }
        saving.profiles = due.sorted().compactMap { profiles.unsaved($0, plan) }
    }

    mutating func confirm(_ saved: RecordGroup) {
        for profile in saved.profiles { profiles.saved(profile.customer) }
        if let (rebuild, plan) = rebuilt { profiles.stage(rebuild.parts, plan.schema) }
        rebuilt = nil
    }

    // MARK: Starting

    /// Brings the profiles up to date with the log, and loads those used last.
    mutating func restore(from recovery: inout Recovery) throws {
        guard let plan = try recovery.plan() else { return }
        let watermark = try recovery.store.snapshot(named: Self.watermark, atOrBefore: .max)
        if let watermark, watermark.body == plan.schemaMark {
            var replay = ProfileReplay(store: recovery.store, plan: plan)
            let (identities, profiles) = (shared.identities, shared.profiles)
            var hasChanged = false
            try recovery.store.forEachRecord(after: watermark.sequence, kinds: [.event, .decision]) { entry in
                guard let customer = identities.withLock({ $0.customer(of: entry.record) }) else { return }
                try profiles.change(customer, entry.sequence, plan) { old in
                    guard old.profile.lastSequence < entry.sequence else { return false }
                    try replay.apply(entry, to: &old.profile)
                    hasChanged = true
                    return true
                }
            }
            self.hasChanged = hasChanged
        } else {
            // None has been saved yet, or the process ended between a change of the features and the next checkpoint.
            var preparation = CatalogPreparation(FeatureRebuild(plan, at: recovery.now, shared))
            try preparation.catchUp(shared)
            if let rebuild = preparation.part(FeatureRebuild.self) { profiles.stage(rebuild.parts, plan.schema) }
            hasChanged = true
        }
        if shared.settings.warmsProfiles { try profiles.warm(plan, limit: shared.settings.hotProfiles) }
    }

    static func preparation(
        for plan: CatalogPlan, instead previous: CatalogPlan?, given figures: Void, at now: Timestamp,
        _ shared: SharedState
    ) throws -> (any PreparedPart)? {
        previous?.schema.fingerprint == plan.schema.fingerprint ? nil : FeatureRebuild(plan, at: now, shared)
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
