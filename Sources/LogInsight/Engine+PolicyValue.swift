import WeirDecisioning
package import WeirDomain
package import WeirEngine
import WeirEvaluation
package import WeirModelGovernance
import WeirLearning
import WeirStatistics
import WeirStorage

extension Engine {
    /// What a registered model, as it was trained, would earn per decision beside what decided, from the log.
    ///
    /// Of the placements where its goal is at stake the one with the most decisions counts. Decisions from before the end
    /// of the model's training data are left out, since it knows how they ended.
    ///
    /// - Parameter limit: Looks at so many of the latest decisions at most.
    /// - Returns: Nil where no decision can be evaluated.
    package func policyValue(of entry: ModelRegistry.Entry, latest limit: Int) throws -> PolicyValue? {
        guard let plan, let goal = plan.goalIndex(entry.registered.goal) else { return nil }
        let latest = try store.latestDecisions(of: nil, limit: limit)
        let trainedUntil = entry.trained.card.period?.last.flatMap { Timestamp(iso8601: $0) }
        guard let oldest = latest.last?.time else { return nil }
        let since = max(oldest, trainedUntil ?? oldest)
        let placements = plan.catalog.placements.map(\.id).filter { id in
            plan.placement(id)!.candidates.contains { plan.offers[$0].goal == goal }
        }
        let busiest = placements.max { left, right in
            latest.count { $0.placement == left } < latest.count { $0.placement == right }
        }
        guard let busiest else { return nil }
        let comparison: PolicyComparison
        do {
            comparison = try PolicyComparison(
                store: store, placement: busiest, candidates: [.model(entry.id)], since: since,
                after: try sequence(before: latest.last))
        } catch is LoggedRoundsError {
            return nil
        }
        let candidate = comparison.candidates[0]
        let estimate = candidate.difference.first { $0.estimator == .doublyRobust } ?? candidate.difference.first
        guard let estimate else { return nil }
        return PolicyValue(
            live: comparison.realised, difference: estimate.interval,
            effectiveSampleSize: candidate.evaluation.diagnostics.effectiveSampleSize, decisions: comparison.decisions)
    }
}

extension Engine {
    /// Where to begin to read so that this decision is the first.
    private func sequence(before decision: StoredDecision?) throws -> Int64 {
        try decision.flatMap { try store.decision($0.id) }.map { $0.sequence - 1 } ?? 0
    }

    /// The live policy of a placement beside others, judged on up to `limit` of the latest decisions anywhere.
    ///
    /// - Throws: As `PolicyComparison` does.
    package func comparison(
        at placement: PlacementID, candidates: [CandidatePolicy], latest limit: Int
    ) throws -> PolicyComparison {
        let oldest = try store.latestDecisions(of: nil, limit: limit).last
        return try PolicyComparison(
            store: store, placement: placement, candidates: candidates, since: oldest?.time,
            after: try sequence(before: oldest))
    }
}
