import Synchronization
import WeirDecisioning
import WeirDomain
import WeirGovernance
import WeirJSON
import WeirProfiles
import WeirStatistics
import WeirStorage

/// One group on its way into the store.
struct CommitGroup {
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
    mutating func number(_ committer: inout Engine.Committer) -> [[Int64]] {
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

    mutating func derive(
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

    func goals(_ committer: Engine.Committer) -> [Goal] { committer.learner?.plan.goals ?? [] }

    mutating func append(_ record: Record, _ committer: inout Engine.Committer) -> Int64 {
        committer.sequence += 1
        derived.records.append(Sequenced(committer.sequence, record))
        return committer.sequence
    }

    mutating func take(_ event: Event, _ sequence: Int64, _ committer: inout Engine.Committer) throws {
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

    mutating func merge(
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

    mutating func take(
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

    mutating func take(
        _ report: OutcomeReport, _ committer: inout Engine.Committer
    ) throws -> OutcomeReply {
        guard let awaited = committer.joiner.awaited[report.decision] else { return try takeLate(report, &committer) }
        guard let goal = goals(committer).first(where: { $0.id == awaited.goal }) else { return .notAwaited }
        let (reply, verdict) = committer.joiner.verdict(on: report, goal: goal)
        if let verdict { try note(verdict, receivedTime: report.receivedTime, value: report.value, &committer) }
        return reply
    }

    /// A report on a decision that is no longer awaited: only a conversion can still be taken back.
    mutating func takeLate(
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
