import WeirDecisioning
package import WeirDomain
import WeirEngine
import WeirLearning
import WeirLog
package import WeirStorage

/// Recomputes past decisions from the log, with the catalog and the models as they were.
package struct Audit {
    private let store: any Store
    private let plans: LoggedPlans

    package init(store: any Store) {
        self.store = store
        plans = LoggedPlans(store: store)
    }

    package enum Verdict: Sendable, Equatable {
        case identical
        /// Says what differs first.
        case different(String)
    }

    /// Recomputes one decision.
    ///
    /// - Throws: `EngineError.unknownDecision`, or what the store throws.
    package func replay(_ id: DecisionID) throws -> Verdict {
        guard case .decision(let stored)? = try store.decision(id)?.record else {
            throw EngineError.unknownDecision(id)
        }
        let record = try DecisionRecord(decoding: stored.body)
        guard let learner = try Recovery(store: store).learner(atOrBefore: record.situation.modelVersion) else {
            return .different("no model of version \(record.situation.modelVersion) can be rebuilt")
        }
        return try compare(record, learner)
    }

    /// Recomputes every decision of the log, once through it.
    ///
    /// - Parameter progress: Called with how many are done of how many.
    /// - Returns: How many were checked, and the first that differ.
    package func replayAll(
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> (checked: Int, different: [(DecisionID, String)]) {
        // A decision may have used models slightly older than its place in the log, so they are taken by model version.
        var order: [(version: Int64, id: DecisionID)] = []
        try store.forEachRecord(after: 0, kinds: [.decision]) { entry in
            guard case .decision(let stored) = entry.record else { return }
            order.append((try DecisionRecord(decoding: stored.body).situation.modelVersion, stored.id))
        }
        order.sort { ($0.version, $0.id) < ($1.version, $1.id) }

        let recovery = Recovery(store: store)
        var learner: Learner?
        var different: [(DecisionID, String)] = []
        var next = 0
        func check(upTo version: Int64) throws {
            while next < order.count, order[next].version < version {
                guard case .decision(let stored)? = try store.decision(order[next].id)?.record else { break }
                if case .different(let what) = try compare(DecisionRecord(decoding: stored.body), learner) {
                    different.append((stored.id, what))
                }
                next += 1
                if next % 1_000 == 0 { progress(next, order.count) }
            }
        }
        try store.forEachRecord(after: 0, kinds: [.outcome, .catalog, .stage]) { entry in
            try check(upTo: entry.sequence)
            try recovery.advance(&learner, with: entry)
        }
        try check(upTo: .max)
        progress(order.count, order.count)
        return (next, different)
    }

    /// Whether a decision saw of its person what the events before it say: consents, caps, traits and features.
    ///
    /// Takes one pass over the records up to the decision.
    ///
    /// - Throws: `EngineError.unknownDecision`, or what the store throws.
    package func replayFromEvents(_ id: DecisionID) throws -> SituationAudit.Verdict {
        guard let entry = try store.decision(id), case .decision(let stored) = entry.record else {
            throw EngineError.unknownDecision(id)
        }
        let pass = try LogPass(store: store)
        let reader = try pass.run(SituationReader(pass, only: stored), through: entry.sequence)
        guard let verdict = reader.verdict else { throw EngineError.unknownDecision(id) }
        return verdict
    }

    /// The same of every decision of the log, once through it, with everyone's profile in memory.
    ///
    /// Where a catalog declares features anew, the events before it are read once more, as the engine did.
    ///
    /// - Parameter progress: Called with how many decisions were checked.
    /// - Throws: What the store throws.
    package func replayAllFromEvents(progress: @escaping (Int) -> Void = { _ in }) throws -> SituationAudit {
        let pass = try LogPass(store: store)
        return try pass.run(SituationReader(pass, progress: progress)).audit
    }

    private func compare(_ record: DecisionRecord, _ learner: Learner?) throws -> Verdict {
        let version = record.situation.catalogVersion
        let plan = try plans.plan(version: version)
        guard let learner else { return .different("the log names no catalog before it") }
        guard learner.plan.version == version else {
            return .different(
                "its catalog is version \(version), the model of its time belongs to \(learner.plan.version)")
        }
        guard (try? record.check(against: plan)) != nil else {
            return .different("it holds not as many values as its catalog calls for: the record is damaged")
        }
        let again = decide(record.situation, plan: plan, models: learner.models)
        return again == record.decision
            ? .identical : .different(firstDifference(again, record.decision, record.offers))
    }

    private func firstDifference(_ again: Decision, _ logged: Decision, _ offers: [OfferID]) -> String {
        for (index, (one, other)) in zip(again.candidates, logged.candidates).enumerated() where one != other {
            return "candidate \(offers[index]): logged \(other), recomputed \(one)"
        }
        return "logged choice \(logged.chosen ?? -1) at \(logged.propensity), recomputed \(again.chosen ?? -1) "
            + "at \(again.propensity)"
    }
}
