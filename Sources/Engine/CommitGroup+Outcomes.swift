import Synchronization
import WeirDecisioning
import WeirDomain
import WeirGovernance
import WeirStatistics
import WeirStorage

extension CommitGroup {
    mutating func note(
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

    func movements(_ verdict: OutcomeJoiner.Verdict, at time: Timestamp) throws -> [LedgerEntry] {
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
    func decision(_ id: DecisionID) throws -> StoredDecision? {
        if case .decision(let stored)? = try engine.store.decision(id)?.record { return stored }
        for case .decision(let stored) in records.records.map(\.record) where stored.id == id { return stored }
        return nil
    }

    func derivedOutcomes(of id: DecisionID) -> [Outcome] {
        derived.records.compactMap {
            if case .outcome(let outcome) = $0.record, outcome.decision == id { outcome } else { nil }
        }
    }

    mutating func learn(
        _ outcome: Outcome, body: [UInt8], _ sequence: Int64, _ committer: inout Engine.Committer
    ) {
        guard let record = try? DecisionRecord(decoding: body) else { return }
        if committer.learner?.learn(outcome, of: record, sequence: sequence) == true {
            committer.lessonsSinceSnapshot += 1
            rollBackIfAlarmed(outcome.goal, at: outcome.receivedTime, &committer)
        }
    }

    // MARK: Models

    func note(_ change: StageChange, _ sequence: Int64, _ committer: inout Engine.Committer) throws {
        let entry = committer.registry[change.model]
        try committer.learner?.change(change, trained: { try entry.orThrow(change.model).trained }, sequence: sequence)
        committer.registry.note(change)
    }

    /// Takes a champion out that live outcomes have proved worse than the built-in model.
    mutating func rollBackIfAlarmed(
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
}
