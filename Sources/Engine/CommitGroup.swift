import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// One group on its way into the store: what was handed in, and what the followers say follows from it.
struct CommitGroup {
    private let bundles: [Journal.Bundle]
    private let shared: SharedState
    private var context: FollowerContext
    private var followers: Followers
    /// The last number that was given.
    private var sequence: Int64
    private var results: [[JournalReceipt.Result]]

    /// Takes the followers over from the committer, until `finish` hands them back.
    init(_ bundles: [Journal.Bundle], _ committer: inout Engine.Committer, at now: Timestamp, _ shared: SharedState) {
        self.bundles = bundles
        self.shared = shared
        context = FollowerContext(plan: committer.plan, now: now, identities: shared.identities)
        followers = committer.followers
        committer.followers = .none  // Held twice, they would be copied at the first change.
        sequence = committer.sequence
        results = bundles.map { bundle in bundle.entries.map { _ in .kept } }
    }

    /// Makes the group and what follows from it durable.
    ///
    /// - Returns: Whether a checkpoint is complete.
    /// - Throws: What the store throws; memory is then ahead of it.
    mutating func commit(saving: Checkpoint.Saving) throws -> Bool {
        let positions = number()
        try foresee()
        var isComplete = false
        let group = context.records
        try shared.store.commit(group) { known in
            try derive(positions, known: Set(known))
            isComplete = save(saving)
            return context.derived
        }
        for place in followers.all.indices { followers[place].confirm(context.derived) }
        return isComplete
    }

    /// Hands back what the group has changed.
    func finish(_ committer: inout Engine.Committer) {
        committer.plan = context.plan
        committer.followers = followers
        committer.sequence = sequence
        committer.recordsSinceCheckpoint += context.records.records.count + context.derived.records.count
        committer.unforeseenReads += context.reads.unforeseen
    }

    /// Tells the callers, who may ask the next thing at once.
    func complete() {
        for (bundle, results) in zip(bundles, results) { bundle.completion(.success(JournalReceipt(results: results))) }
    }

    // MARK: Before the transaction

    /// Gives each entry that is a record itself its sequence number.
    private mutating func number() -> [[Int64]] {
        bundles.map { bundle in
            bundle.entries.map { entry in
                guard case .record(let record, _) = entry else { return 0 }
                sequence += 1
                context.records.records.append(Sequenced(sequence, record))
                return sequence
            }
        }
    }

    /// Reads at once what the followers will ask for, and what a catalog needs of the past.
    private mutating func foresee() throws {
        var wanted = StoredReads.Wanted()
        for bundle in bundles {
            for case .record(.catalog, .catalog(let change)) in bundle.entries {
                try change.catchUp(followers, context, shared)
            }
            for place in followers.all.indices {
                followers[place].foresee(bundle.entries, context, wanting: &wanted)
            }
        }
        context.reads = try StoredReads(wanted, from: shared.store)
    }

    // MARK: What follows

    private mutating func derive(_ positions: [[Int64]], known: Set<Int64>) throws {
        for (bundle, entries) in bundles.map(\.entries).enumerated() {
            for (index, entry) in entries.enumerated() {
                switch entry {
                case .record(let record, let attachment):
                    let sequence = positions[bundle][index]
                    if known.contains(sequence) {
                        results[bundle][index] = .duplicate
                        context.duplicates += 1
                    } else {
                        try tell(Sequenced(sequence, record), attachment)
                    }
                case .report(let report): results[bundle][index] = .outcome(try answer(report))
                case .coupon(let request): results[bundle][index] = .coupon(try answer(request))
                case .clock(let now):
                    for place in followers.all.indices {
                        try carryOut(try followers[place].pass(to: now, &context), of: place)
                    }
                }
            }
        }
        for place in followers.all.indices { try carryOut(try followers[place].endGroup(&context), of: place) }
    }

    /// Tells a record to all who follow its kind, and carries out what each answers before the next is told.
    private mutating func tell(_ entry: Sequenced, _ attachment: Attachment) throws {
        if case .catalog(let change) = attachment { context.plan = change.plan }
        context.forgetSubject()
        for place in followers.places(following: entry.record.kind) {
            let effects = try followers[place].follow(entry, attachment, &context)
            if !effects.isEmpty {
                try carryOut(effects, of: place)
                context.forgetSubject()
            }
        }
    }

    private mutating func answer(_ report: OutcomeReport) throws -> OutcomeReply {
        for place in followers.all.indices {
            guard let (reply, effects) = try followers[place].answer(report, &context) else { continue }
            try carryOut(effects, of: place)
            return reply
        }
        preconditionFailure("No follower answers reports.")
    }

    private mutating func answer(_ request: CouponRequest) throws -> CouponReply {
        for place in followers.all.indices {
            guard let (reply, effects) = try followers[place].answer(request, &context) else { continue }
            try carryOut(effects, of: place)
            return reply
        }
        preconditionFailure("No follower answers for codes.")
    }

    private mutating func carryOut(_ effects: [Effect], of place: Int) throws {
        for effect in effects {
            switch effect {
            case .record(let record, let attachment):
                sequence += 1
                let entry = Sequenced(sequence, record)
                context.derived.records.append(entry)
                try tell(entry, attachment)
            case .snapshot(let sequence):
                guard let (name, body) = followers[place].snapshot else { continue }
                context.derived.snapshots.append(StoredSnapshot(name: name, sequence: sequence, body: body))
            }
        }
    }

    // MARK: What is saved with it

    private mutating func save(_ saving: Checkpoint.Saving) -> Bool {
        var checkpoint = Checkpoint(
            saving: saving, sequence: sequence, profilesPerGroup: shared.settings.profilesPerGroup,
            lessonsPerSnapshot: shared.settings.lessonsPerSnapshot)
        for place in followers.all.indices { followers[place].save(into: &checkpoint, context) }
        context.derived.profiles = checkpoint.profiles
        context.derived.removedProfiles = checkpoint.removedProfiles
        context.derived.snapshots += checkpoint.snapshots
        return checkpoint.isComplete
    }
}
