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
        _ next: (inout Committer) -> (bundles: [Journal.Bundle], saving: CommitGroup.Saving)?
    ) throws -> Bool {
        var taken: [Journal.Bundle] = []
        let group: CommitGroup?
        do {
            group = try committer.withLock { committer in
                guard !committer.hasFailed else { throw EngineError.stopped }
                guard let (bundles, saving) = next(&committer) else { return nil }
                taken = bundles
                committer.hasFailed = true  // Unless all of the following succeeds.
                var group = CommitGroup(bundles: bundles, engine: self)
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
