import Synchronization
import WeirDecisioning
import WeirDomain
import WeirProfiles
import WeirStorage

extension CommitGroup {
    mutating func adopt(
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
    mutating func save(_ committer: inout Engine.Committer, _ saving: Saving) -> Bool {
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
