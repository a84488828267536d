import Synchronization
import WeirDomain
import WeirStatistics
import WeirStorage

extension Engine {
    /// Commits one group: what has been handed in, and what follows from it.
    ///
    /// Events are joined to decisions, money moves, models learn and profiles change in the order in which things came
    /// in, all inside the transaction that makes them durable. Models and figures are published and callers hear back
    /// after it.
    ///
    /// - Returns: Whether there was anything to do.
    /// - Throws: What the store throws. Memory is then ahead of the store: the process must stop and start anew.
    @discardableResult
    public func commitOnce() throws -> Bool {
        try commit { committer in
            let isDue = isCheckpointDue(committer)
            let bundles = journal.take(limit: settings.groupBound, shared: committer.pace.most)
            return bundles.isEmpty && !isDue ? nil : (bundles, isDue ? .some : .none)
        }
    }

    /// Saves everything that is only in memory, so that the next start has nothing to replay.
    public func checkpoint() throws {
        _ = try commit { committer in committer.followers.unsaved == .nothing ? nil : ([], .all) }
    }

    /// - Parameter next: Says what to commit and how much to save with it; nil where there is nothing to do.
    private func commit(
        _ next: (Committer) -> (bundles: [Journal.Bundle], saving: Checkpoint.Saving)?
    ) throws -> Bool {
        var taken: [Journal.Bundle] = []
        let group: CommitGroup?
        do {
            group = try committer.withLock { committer in
                guard !hasFailed.load(ordering: .relaxed) else { throw EngineError.stopped }
                guard let (bundles, saving) = next(committer) else { return nil }
                taken = bundles
                let start = ContinuousClock.now
                let spent = GroupPace.processorSeconds
                let now = clock.now
                var group = CommitGroup(bundles, &committer, at: now, shared)
                let isComplete: Bool
                do { isComplete = try group.commit(saving: saving) } catch {
                    hasFailed.store(true, ordering: .relaxed)
                    group.finish(&committer)
                    throw error
                }
                group.finish(&committer)
                if isComplete {
                    committer.lastCheckpoint = now
                    committer.recordsSinceCheckpoint = 0
                    try pruneSnapshots()
                }
                committer.pace.record(
                    weight: bundles.reduce(0) { $0 + $1.weight }, seconds: GroupPace.processorSeconds - spent)
                let figures = Published(committer.plan, committer.followers)
                published.withLock { $0 = figures }
                let took = nanoseconds(since: start)
                latencies.withLock { $0.commit.record(nanoseconds: took) }
                return group
            }
        } catch {
            hasFailed.store(true, ordering: .relaxed)
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
        for name in [ProfileFollower.watermark, BudgetHistory.snapshotName, Treasury.snapshotName] {
            try store.pruneSnapshots(named: name, keeping: 1)
        }
    }

    /// Hands the time to the committer, so that windows close.
    public func tick() { journal.append([.clock(clock.now)]) { _ in } }

    private func isCheckpointDue(_ committer: Committer) -> Bool {
        let unsaved = committer.followers.unsaved
        if unsaved == .underWay { return true }
        guard unsaved == .some else { return false }
        let elapsed = clock.now.since(committer.lastCheckpoint)
        // A clock that jumped back must not put the checkpoint off for ever.
        return committer.recordsSinceCheckpoint >= settings.recordsPerCheckpoint
            || elapsed >= settings.checkpointInterval || elapsed < .zero
    }
}
