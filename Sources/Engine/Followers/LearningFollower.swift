import Logging
import WeirDecisioning
import WeirDomain
import WeirLog
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
        if case .model(let model) = entry.record { registry.append(model) }
        let registry = registry
        let step = try Learner.take(
            entry, into: &learner,
            plan: { stored in
                guard case .catalog(let change) = attachment else { return try stored.compiled() }
                return change.plan
            }, decision: { try context.decision($0) }, trained: { try registry.usable($0) })
        switch (entry.record, step) {
        case (.outcome(let outcome), .learned):
            lessonsSinceSnapshot += 1
            return rollBackIfAlarmed(outcome.goal, at: outcome.receivedTime)
        case (.catalog, .adapted(let misfits)): return retire(misfits, entry.sequence, at: context.now)
        case (.stage(let change), _): self.registry.record(change)
        default: break
        }
        return []
    }

    /// Takes a champion out that live outcomes have proved worse than the built-in model.
    private func rollBackIfAlarmed(_ goal: GoalID, at time: Timestamp) -> [Effect] {
        guard let champion = learner?.alarmed(goal), let advantage = champion.watch.advantage else { return [] }
        let reason =
            "Live outcomes were better explained by the built-in model: log loss \(advantage.estimate) lower per outcome "
            + "over \(Int(champion.watch.outcomes)) outcomes, alarm \(champion.watch.alarm)."
        return registry.rollback(of: goal, at: time, actor: "breaker", reason: reason).map { .record(.stage($0)) }
    }

    /// Takes contenders out that do not fit a catalog.
    private func retire(_ misfits: [(ModelID, GoalID, String)], _ sequence: Int64, at now: Timestamp) -> [Effect] {
        let changes = misfits.map { model, goal, reason in
            StageChange(model: model, goal: goal, stage: .retired, time: now, actor: "catalog", reason: reason)
        }
        // An audit of later decisions starts from here, under the new layout.
        return changes.map { .record(.stage($0)) } + [.snapshot(sequence: sequence)]
    }

    /// Models that are not retired and cannot be asked, each with the reason: what is damaged, and what stands in the log as
    /// a shadow or the champion and does not fit the catalog.
    var unusable: [(id: ModelID, reason: String)] {
        registry.entries.compactMap { entry in
            guard entry.stage != .retired else { return nil }
            if let why = entry.setAsideBecause { return (entry.id, why) }
            guard entry.stage != .candidate, let learner, let goal = learner.plan.goalIndex(entry.registered.goal),
                !learner.goals[goal].contenders.contains(where: { $0.id == entry.id })
            else { return nil }
            do { _ = try ModelPrior(entry.trained, plan: learner.plan) } catch { return (entry.id, "\(error)") }
            return nil
        }
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
