import Logging
import WeirDecisioning
import WeirDomain
import WeirModelGovernance
import WeirStatistics
import WeirStorage

/// Teaches the models what outcomes say, and keeps account of the trained models and their stages.
struct LearningFollower: Follower {
    struct Figures: Sendable {
        /// In the order of the catalog's goals.
        var goals: [Learner.GoalModels] = []
        /// Sequence number of the last lesson or change of layout or stage.
        var version: Int64 = 0
        var registry = ModelRegistry()
    }

    static let follows: [RecordKind] = [.outcome, .catalog, .model, .stage]

    private(set) var learner: Learner?
    private(set) var registry = ModelRegistry()
    private var lessonsSinceSnapshot = 0

    var figures: Figures {
        Figures(goals: learner?.goals ?? [], version: learner?.version ?? 0, registry: registry)
    }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .outcome(let outcome): return try learn(outcome, entry.sequence, &context)
        case .catalog:
            guard case .catalog(let change) = attachment else { return [] }
            return adopt(change.plan, entry.sequence, at: context.now)
        case .model(let model): try registry.append(model)
        case .stage(let change):
            let entryOfModel = registry[change.model]
            try learner?.change(
                change, trained: { try entryOfModel.orThrow(change.model).trained }, sequence: entry.sequence)
            registry.record(change)
        default: break
        }
        return []
    }

    private mutating func learn(
        _ outcome: Outcome, _ sequence: Int64, _ context: inout FollowerContext
    ) throws -> [Effect] {
        guard outcome.lesson != .none, learner != nil, let stored = try context.decision(outcome.decision) else {
            return []
        }
        // What cannot be read teaches nothing, now and at each restart alike.
        guard let record = try? DecisionRecord(decoding: stored.body) else { return [] }
        guard learner!.learn(outcome, of: record, sequence: sequence) else { return [] }
        lessonsSinceSnapshot += 1
        return rollBackIfAlarmed(outcome.goal, at: outcome.receivedTime)
    }

    /// Takes a champion out that live outcomes have proved worse than the built-in model.
    private func rollBackIfAlarmed(_ goal: GoalID, at time: Timestamp) -> [Effect] {
        guard let champion = learner?.alarmed(goal), let advantage = champion.watch.advantage else { return [] }
        let reason =
            "Live outcomes were better explained by the built-in model: log loss \(advantage.estimate) lower per outcome "
            + "over \(Int(champion.watch.outcomes)) outcomes, alarm \(champion.watch.alarm)."
        return registry.rollback(of: goal, at: time, actor: "breaker", reason: reason).map { .record(.stage($0)) }
    }

    private mutating func adopt(_ plan: CatalogPlan, _ sequence: Int64, at now: Timestamp) -> [Effect] {
        if learner == nil { learner = Learner(plan: plan, version: sequence) }
        let misfits = learner!.adapt(to: plan, sequence: sequence).map { model, goal, reason in
            StageChange(model: model, goal: goal, stage: .retired, time: now, actor: "catalog", reason: reason)
        }
        // An audit of later decisions starts from here, under the new layout.
        return misfits.map { .record(.stage($0)) } + [.snapshot(sequence: sequence)]
    }

    // MARK: Saving

    var snapshot: (name: String, body: [UInt8])? { learner.map { (Learner.snapshotName, $0.bytes) } }

    var unsaved: Unsaved { lessonsSinceSnapshot > 0 ? .atTheEnd : .nothing }

    mutating func save(into checkpoint: inout Checkpoint, _ context: FollowerContext) {
        let isDue = lessonsSinceSnapshot >= checkpoint.lessonsPerSnapshot
        guard let learner, isDue || (checkpoint.saving == .all && lessonsSinceSnapshot > 0) else { return }
        checkpoint.snapshots.append(
            StoredSnapshot(name: Learner.snapshotName, sequence: checkpoint.sequence, body: learner.bytes))
        lessonsSinceSnapshot = 0
    }

    mutating func restore(from recovery: inout Recovery) throws {
        registry = try recovery.registry()
        learner = try recovery.learner(atOrBefore: .max)
    }
}
