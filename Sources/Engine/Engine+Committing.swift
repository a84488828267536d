import Synchronization
import WeirDecisioning
import WeirDomain
import WeirGovernance
import WeirJSON
import WeirProfiles
import WeirStatistics
import WeirStorage

extension Engine {
    /// Commits one group: what has been handed in, and what follows from it.
    ///
    /// Events are joined to decisions, money moves, models learn and profiles change in the order in which things came
    /// in, all inside the transaction that makes them durable. Models are published and callers hear back after it.
    ///
    /// - Returns: Whether there was anything to do.
    /// - Throws: What the store throws. Memory is then ahead of the store: the process must stop and start anew.
    @discardableResult
    public func commitOnce() throws -> Bool {
        try commit { committer in
            let isDue = isCheckpointDue(committer)
            let bundles = journal.take(limit: settings.groupBound)
            return bundles.isEmpty && !isDue ? nil : (bundles, isDue ? .some : .none)
        }
    }

    /// Saves everything that is only in memory, so that the next start has nothing to replay.
    public func checkpoint() throws {
        _ = try commit { committer in
            guard !committer.dirty.isEmpty || committer.lessonsSinceSnapshot > 0 else { return nil }
            if committer.lessonsSinceSnapshot > 0 { committer.lessonsSinceSnapshot = settings.lessonsPerSnapshot }
            return ([], .all)
        }
    }

    /// - Parameter next: Says what to commit and which profiles to save with it; nil where there is nothing to do.
    private func commit(
        _ next: (inout Committer) -> (bundles: [Journal.Bundle], saving: Group.Saving)?
    ) throws -> Bool {
        var taken: [Journal.Bundle] = []
        let group: Group?
        do {
            group = try committer.withLock { committer in
                guard !committer.hasFailed else { throw EngineError.stopped }
                guard let (bundles, saving) = next(&committer) else { return nil }
                taken = bundles
                committer.hasFailed = true  // Unless all of the following succeeds.
                var group = Group(bundles: bundles, engine: self)
                if try group.commit(&committer, saving: saving) { try pruneSnapshots() }
                committer.hasFailed = false
                publish(committer)
                return group
            }
        } catch {
            // Whoever still waits would wait for ever.
            let failure = EngineError.storeFailed("\(error)")
            for bundle in taken { bundle.completion(.failure(failure)) }
            journal.giveUp(failure)
            throw error
        }
        // Unlocked, since a caller who hears back may ask the next thing at once.
        group?.complete()
        return group != nil
    }

    /// Of what each checkpoint saves whole, only the last counts; models stay, for audits.
    private func pruneSnapshots() throws {
        for name in [Self.profilesWatermark, Pulse.snapshotName, Treasury.snapshotName] {
            try store.pruneSnapshots(named: name, keeping: 1)
        }
    }

    /// Hands the time to the committer, so that windows close.
    public func tick() { journal.append([.clock(clock.now)]) { _ in } }

    private func isCheckpointDue(_ committer: Committer) -> Bool {
        if !committer.unsaved.isEmpty { return true }
        guard !committer.dirty.isEmpty else { return false }
        let elapsed = clock.now.since(committer.lastCheckpoint)
        // A clock that jumped back must not put the checkpoint off for ever.
        return committer.recordsSinceCheckpoint >= settings.recordsPerCheckpoint
            || elapsed >= settings.checkpointInterval || elapsed < .zero
    }

    private func publish(_ committer: Committer) {
        guard let learner = committer.learner else { return }
        published.withLock { published in
            guard
                published.modelVersion != learner.version || published.plan !== learner.plan
                    || published.registry.count != committer.registry.count
                    || published.stoppedArms.count != committer.experiments.stops.count
            else { return }
            published = Published(
                plan: learner.plan, models: learner.models, modelVersion: learner.version, registry: committer.registry,
                stoppedArms: committer.experiments.stops.map(\.stopped))
        }
    }
}

/// One group on its way into the store.
private struct Group {
    let bundles: [Journal.Bundle]
    let engine: Engine
    var records = RecordGroup()
    /// What follows from the records.
    var derived = RecordGroup()
    var results: [[JournalReceipt.Result]]
    var counted = GroupCounts()
    /// Into whom somebody was merged.
    var merged: Set<CustomerID> = []

    init(bundles: [Journal.Bundle], engine: Engine) {
        self.bundles = bundles
        self.engine = engine
        results = bundles.map { bundle in bundle.entries.map { _ in .kept } }
    }

    /// Which of the changed profiles go into the store with a group.
    enum Saving: Sendable {
        case none
        /// The next few of a checkpoint that has begun: all at once would keep the callers behind them waiting.
        case some
        case all
    }

    /// - Returns: Whether a checkpoint is complete.
    mutating func commit(_ committer: inout Engine.Committer, saving: Saving) throws -> Bool {
        let positions = number(&committer)
        let group = records
        var isComplete = false
        try engine.store.commit(group) { known in
            try derive(positions, known: known, &committer)
            isComplete = save(&committer, saving)
            return derived
        }
        for profile in derived.profiles { engine.noteSaved(profile.customer, &committer) }
        engine.note(counted)
        return isComplete
    }

    /// Gives each entry that is a record itself its sequence number.
    private mutating func number(_ committer: inout Engine.Committer) -> [[Int64]] {
        bundles.map { bundle in
            bundle.entries.map { entry in
                guard let record = entry.record else { return 0 }
                committer.sequence += 1
                records.records.append(Sequenced(committer.sequence, record))
                return committer.sequence
            }
        }
    }

    func complete() {
        for (bundle, results) in zip(bundles, results) { bundle.completion(.success(JournalReceipt(results: results))) }
    }

    // MARK: What follows

    private mutating func derive(
        _ positions: [[Int64]], known: [Int64], _ committer: inout Engine.Committer
    ) throws {
        let known = Set(known)
        for (bundle, entries) in bundles.map(\.entries).enumerated() {
            for (index, entry) in entries.enumerated() {
                let sequence = positions[bundle][index]
                switch entry {
                case .event(let event):
                    if known.contains(sequence) {
                        results[bundle][index] = .duplicate
                        counted.duplicates += 1
                    } else {
                        try take(event, sequence, &committer)
                    }
                case .decision(let decision, let reservation, let isPresumedNot):
                    try take(decision, reservation, isPresumedNot: isPresumedNot, sequence, &committer)
                case .report(let report):
                    results[bundle][index] = .outcome(try take(report, &committer))
                case .clock(let now):
                    for verdict in committer.joiner.due(at: now, goals: goals(committer)) {
                        try note(verdict, receivedTime: now, &committer)
                    }
                case .catalog(_, let plan, let entries):
                    for entry in entries { _ = append(.ledger(entry), &committer) }
                    try adopt(plan, sequence, &committer)
                case .model(let model): try committer.registry.add(model)
                case .stage(let change): try note(change, sequence, &committer)
                case .armStop(let stop): committer.experiments.note(stop)
                case .quarantine:
                    counted.quarantined += 1
                }
            }
        }
        for stop in committer.experiments.breaches(at: engine.clock.now) {
            _ = append(.armStop(stop), &committer)
            committer.experiments.note(stop)
        }
        committer.recordsSinceCheckpoint += records.records.count + derived.records.count
    }

    private func goals(_ committer: Engine.Committer) -> [Goal] { committer.learner?.plan.goals ?? [] }

    private mutating func append(_ record: Record, _ committer: inout Engine.Committer) -> Int64 {
        committer.sequence += 1
        derived.records.append(Sequenced(committer.sequence, record))
        return committer.sequence
    }

    private mutating func take(_ event: Event, _ sequence: Int64, _ committer: inout Engine.Committer) throws {
        counted.events[event.source, default: 0] += 1
        let plan = committer.learner?.plan
        for merge in engine.identities.withLock({ $0.note(event) }) { try self.merge(merge, plan, &committer) }
        let found = engine.identities.withLock { $0.customer(userID: event.userID, anonymousID: event.anonymousID) }
        guard let plan, let customer = found else { return }  // Kept in the log; profiles begin with a catalog.
        try engine.change(customer, sequence, plan, &committer) { $0.profile.apply(event, schema: plan.schema) }
        for verdict in committer.joiner.verdicts(on: event, of: customer, goals: plan.goals) {
            try note(verdict, receivedTime: event.receivedTime, &committer)
        }
        if let value = plan.catalog.metric?.value(of: event) {
            committer.comparison.add(value, of: customer, isHeldOut: plan.isHeldOut(customer))
        }
        committer.experiments.note(event, of: customer)
    }

    private mutating func merge(
        _ merge: IdentityMap.Merge, _ plan: CatalogPlan?, _ committer: inout Engine.Committer
    ) throws {
        let sequence = append(.link(merge.link), &committer)
        guard let plan else { return }
        let new = merge.link.customer
        committer.joiner.move(merge.old, to: new)
        committer.comparison.merge(
            merge.old, isHeldOut: plan.isHeldOut(merge.old), into: new, isHeldOut: plan.isHeldOut(new))
        committer.experiments.merge(merge.old, into: new)
        let old = try engine.remove(merge.old, plan)
        committer.dirty[merge.old] = nil
        derived.removedProfiles.append(merge.old)
        try engine.change(new, sequence, plan, &committer) { entry in
            entry.profile.merge(old.profile, schema: plan.schema)
            entry.pending += old.pending
        }
        // Saved with this group: from now on the log knows only one of the two.
        merged.remove(merge.old)
        merged.insert(new)
    }

    private mutating func take(
        _ decision: StoredDecision, _ reservation: JournalEntry.Reservation, isPresumedNot: Bool, _ sequence: Int64,
        _ committer: inout Engine.Committer
    ) throws {
        for entry in reservation.entries { _ = append(.ledger(entry), &committer) }
        counted.decisions += 1
        guard let plan = committer.learner?.plan else { return }
        // The person may have turned out to be someone else since it was decided.
        let customer = engine.identities.withLock { $0.current(decision.customer) }
        try engine.change(customer, sequence, plan, &committer) { entry in
            guard let index = entry.pending.firstIndex(where: { $0.decision == decision.id }) else { return }
            entry.profile.remember(entry.pending.remove(at: index).offer, keeping: plan.longestCap)
        }
        committer.comparison.enter(customer, isHeldOut: plan.isHeldOut(customer))
        if DecisionRecord.mayHoldExperiments(decision.body), let record = try? DecisionRecord(decoding: decision.body) {
            committer.experiments.note(record, of: customer)
        }
        guard let closesAt = decision.closesAt, let goalID = decision.goal else { return }
        var awaited = OutcomeJoiner.Awaited(
            id: decision.id, customer: customer, time: decision.time, closesAt: closesAt, goal: goalID,
            offer: decision.offer, coupon: decision.coupon)
        if isPresumedNot { awaited.learned = false }
        committer.joiner.await(awaited, goal: plan.goalIndex(goalID).map { plan.goals[$0] })
        if isPresumedNot {
            let outcome = Outcome(
                decision: decision.id, customer: customer, goal: goalID, kind: .presumedNot, joined: .clock,
                eventTime: decision.time, receivedTime: decision.time, lesson: .learnedNo)
            learn(outcome, body: decision.body, append(.outcome(outcome), &committer), &committer)
        }
    }

    private mutating func take(
        _ report: OutcomeReport, _ committer: inout Engine.Committer
    ) throws -> OutcomeReply {
        guard let awaited = committer.joiner.awaited[report.decision] else { return try takeLate(report, &committer) }
        guard let goal = goals(committer).first(where: { $0.id == awaited.goal }) else { return .notAwaited }
        let (reply, verdict) = committer.joiner.verdict(on: report, goal: goal)
        if let verdict { try note(verdict, receivedTime: report.receivedTime, value: report.value, &committer) }
        return reply
    }

    /// A report on a decision that is no longer awaited: only a conversion can still be taken back.
    private mutating func takeLate(
        _ report: OutcomeReport, _ committer: inout Engine.Committer
    ) throws -> OutcomeReply {
        guard let stored = try decision(report.decision) else { return .unknownDecision }
        guard let goal = stored.goal else { return .notAwaited }
        let outcomes = try engine.store.outcomes(of: report.decision) + derivedOutcomes(of: report.decision)
        let state = outcomes.last { [.converted, .reversed].contains($0.kind) }?.kind
        switch report.kind {
        case .converted: return state == .converted ? .alreadyRecorded : .outsideWindow
        case .notConverted: return .alreadyRecorded
        case .reversed: break
        }
        guard state == .converted else { return .nothingToReverse }
        let wasLearned = outcomes.contains { [.learnedYes, .turnedToYes].contains($0.lesson) }
        let awaited = OutcomeJoiner.Awaited(
            id: stored.id, customer: stored.customer, time: stored.time, closesAt: stored.closesAt ?? stored.time,
            goal: goal, offer: stored.offer, coupon: stored.coupon, state: .converted)
        let verdict = OutcomeJoiner.Verdict(
            decision: awaited, kind: .reversed, joined: .decisionID, eventTime: report.eventTime ?? report.receivedTime,
            lesson: wasLearned ? .turnedToNo : .none, money: .refund)
        try note(verdict, receivedTime: report.receivedTime, &committer)
        return .recorded
    }

    // MARK: Outcomes

    private mutating func note(
        _ verdict: OutcomeJoiner.Verdict, receivedTime: Timestamp, value: Money? = nil,
        _ committer: inout Engine.Committer
    ) throws {
        let decision = verdict.decision
        let outcome = Outcome(
            decision: decision.id, customer: decision.customer, goal: decision.goal, kind: verdict.kind,
            joined: verdict.joined, eventTime: verdict.eventTime, receivedTime: receivedTime, value: value,
            lesson: verdict.lesson)
        let sequence = append(.outcome(outcome), &committer)
        committer.experiments.note(outcome)
        counted.outcomes += 1
        if verdict.kind == .converted { counted.conversions += 1 }
        for entry in try movements(verdict, at: receivedTime) { _ = append(.ledger(entry), &committer) }
        if verdict.isClosed { _ = append(.close(decision.id), &committer) }
        guard verdict.lesson != .none, let stored = try self.decision(decision.id) else { return }
        learn(outcome, body: stored.body, sequence, &committer)
    }

    private func movements(_ verdict: OutcomeJoiner.Verdict, at time: Timestamp) throws -> [LedgerEntry] {
        let id = verdict.decision.id
        switch verdict.money {
        case .none: return []
        case .spend: return engine.treasury.withLock { $0.spend(id, at: time) }
        case .release: return engine.treasury.withLock { $0.release(id, at: time) }
        case .refund:
            var history = try engine.store.ledgerEntries(of: id)
            for case .ledger(let entry) in derived.records.map(\.record) where entry.decision == id {
                history.append(entry)
            }
            return engine.treasury.withLock { $0.refund(id, history: history, at: time) }
        }
    }

    /// A decision of the log or of this group.
    private func decision(_ id: DecisionID) throws -> StoredDecision? {
        if case .decision(let stored)? = try engine.store.decision(id)?.record { return stored }
        for case .decision(let stored) in records.records.map(\.record) where stored.id == id { return stored }
        return nil
    }

    private func derivedOutcomes(of id: DecisionID) -> [Outcome] {
        derived.records.compactMap {
            if case .outcome(let outcome) = $0.record, outcome.decision == id { outcome } else { nil }
        }
    }

    private mutating func learn(
        _ outcome: Outcome, body: [UInt8], _ sequence: Int64, _ committer: inout Engine.Committer
    ) {
        guard let record = try? DecisionRecord(decoding: body) else { return }
        if committer.learner?.learn(outcome, of: record, sequence: sequence) == true {
            committer.lessonsSinceSnapshot += 1
            rollBackIfAlarmed(outcome.goal, at: outcome.receivedTime, &committer)
        }
    }

    // MARK: Models

    private func note(_ change: StageChange, _ sequence: Int64, _ committer: inout Engine.Committer) throws {
        let entry = committer.registry[change.model]
        try committer.learner?.change(change, trained: { try entry.orThrow(change.model).trained }, sequence: sequence)
        committer.registry.note(change)
    }

    /// Takes a champion out that live outcomes have proved worse than the built-in model.
    private mutating func rollBackIfAlarmed(
        _ goal: GoalID, at time: Timestamp, _ committer: inout Engine.Committer
    ) {
        guard let champion = committer.learner?.alarmed(goal), let advantage = champion.watch.advantage else { return }
        let reason =
            "Live outcomes were better explained by the built-in model: log loss \(advantage.estimate) lower per outcome "
            + "over \(Int(champion.watch.outcomes)) outcomes, alarm \(champion.watch.alarm)."
        for change in committer.registry.rollback(of: goal, at: time, actor: "breaker", reason: reason) {
            let sequence = append(.stage(change), &committer)
            do { try note(change, sequence, &committer) } catch {
                preconditionFailure("a model that ran fits: \(error)")
            }
        }
    }

    // MARK: Catalog and saving

    private mutating func adopt(
        _ plan: CatalogPlan, _ sequence: Int64, _ committer: inout Engine.Committer
    ) throws {
        let previous = committer.learner?.plan
        if committer.learner == nil { committer.learner = Learner(plan: plan, version: sequence) }
        let misfits = committer.learner!.adapt(to: plan, sequence: sequence)
        for (model, goal, reason) in misfits {
            let change = StageChange(
                model: model, goal: goal, stage: .retired, time: engine.clock.now, actor: "catalog", reason: reason)
            let sequence = append(.stage(change), &committer)
            try note(change, sequence, &committer)
        }
        if previous?.schema.fingerprint != plan.schema.fingerprint {
            try engine.rebuildProfiles(plan, upTo: sequence, &committer)
        }
        try committer.experiments.adopt(plan) { try engine.tally(of: $0, plan) }
        // An audit of later decisions starts from here, under the new layout.
        derived.snapshots.append(
            StoredSnapshot(name: Learner.snapshotName, sequence: sequence, body: committer.learner!.bytes))
    }

    /// - Returns: Whether all profiles that had changed when the checkpoint began are in the store with this group.
    private mutating func save(_ committer: inout Engine.Committer, _ saving: Saving) -> Bool {
        guard let learner = committer.learner else { return false }
        if committer.lessonsSinceSnapshot >= engine.settings.lessonsPerSnapshot {
            derived.snapshots.append(
                StoredSnapshot(name: Learner.snapshotName, sequence: committer.sequence, body: learner.bytes))
            committer.lessonsSinceSnapshot = 0
        }
        if saving == .all || (saving == .some && committer.unsaved.isEmpty) {
            committer.unsaved = committer.dirty.keys.sorted(by: >)
            committer.unsavedSince = committer.sequence
        }
        let count =
            saving == .none
            ? 0
            : saving == .all ? committer.unsaved.count : min(engine.settings.profilesPerGroup, committer.unsaved.count)
        let due = merged.union(committer.unsaved.suffix(count))
        committer.unsaved.removeLast(count)
        derived.profiles = due.sorted().compactMap { engine.stored($0, learner.plan) }
        guard saving != .none, committer.unsaved.isEmpty else { return false }
        derived.snapshots.append(
            StoredSnapshot(
                name: Engine.profilesWatermark, sequence: committer.unsavedSince, body: learner.plan.schemaMark))
        derived.snapshots.append(
            StoredSnapshot(
                name: Pulse.snapshotName, sequence: committer.sequence, body: engine.pulse.withLock { $0.bytes }))
        let prices = engine.treasury.withLock(\.bytes)
        derived.snapshots.append(
            StoredSnapshot(name: Treasury.snapshotName, sequence: committer.sequence, body: prices))
        committer.lastCheckpoint = engine.clock.now
        committer.recordsSinceCheckpoint = 0
        return true
    }
}

/// What a group held, for the live figures.
struct GroupCounts: Sendable {
    var events: [SourceID: Int] = [:]
    var duplicates = 0
    var quarantined = 0
    var decisions = 0
    var outcomes = 0
    var conversions = 0
}

extension JournalEntry {
    /// The record that it is itself; nil for a report and the clock, which only lead to records.
    fileprivate var record: Record? {
        switch self {
        case .event(let event): .event(event)
        case .quarantine(let message): .quarantine(message)
        case .decision(let decision, _, _): .decision(decision)
        case .catalog(let catalog, _, _): .catalog(catalog)
        case .model(let model): .model(model)
        case .stage(let change): .stage(change)
        case .armStop(let stop): .armStop(stop)
        case .report, .clock: nil
        }
    }
}
