import Synchronization
package import WeirConsole
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirEvaluation
import WeirLogInsight
import WeirStatistics

extension ConsoleFeed {
    /// The live policies beside others, as the log lets them be judged; worked out anew at most every half minute.
    package func policiesSnapshot() throws -> PoliciesSnapshot {
        let now = SystemClock().now
        if let kept = policies.withLock({ $0 }), now.since(kept.generatedTime) < TimeSpan(microseconds: 30_000_000) {
            return kept
        }
        let plan = engine.plan
        let snapshot = PoliciesSnapshot(
            generatedTime: now, currency: plan?.catalog.currency ?? .usd,
            placements: try (plan?.catalog.placements ?? []).map { try placement($0) })
        policies.withLock { $0 = snapshot }
        return snapshot
    }

    private func placement(_ placement: Placement) throws -> PoliciesSnapshot.Placement {
        var shown = PoliciesSnapshot.Placement(
            id: placement.id, name: placement.name, policy: placement.policy.name)
        let goals = engine.plan?.placement(placement.id)?.candidates.map {
            engine.plan!.goals[engine.plan!.offers[$0].goal].id
        }
        let shadows = engine.modelRegistry.entries.filter {
            $0.stage == .shadow && (goals ?? []).contains($0.registered.goal)
        }
        let others: [CandidatePolicy] =
            [.policy(.greedy), .policy(.epsilonGreedy(epsilon: 0.1)), .policy(.thompson(draws: 256)), .never]
            .filter { $0 != .policy(placement.policy) } + shadows.map { .model($0.id) }
        let comparison: PolicyComparison
        do {
            comparison = try engine.comparison(at: placement.id, candidates: others, latest: 5_000)
        } catch is LoggedRoundsError {
            return shown
        }
        shown.decisions = comparison.decisions
        shown.period = comparison.from...comparison.to
        shown.live = comparison.live[.selfNormalised].flatMap { $0.hasRange ? Estimate($0.interval) : nil }
        shown.candidates = comparison.candidates.compactMap { candidate in
            let estimator: OffPolicyEstimator =
                candidate.evaluation[.doublyRobust] == nil ? .selfNormalised : .doublyRobust
            guard let value = candidate.evaluation[estimator],
                let difference = candidate.difference.first(where: { $0.estimator == estimator }),
                value.hasRange, difference.hasRange
            else { return nil }
            return PoliciesSnapshot.Candidate(
                name: candidate.name, value: Estimate(value.interval), difference: Estimate(difference.interval),
                estimator: estimator.name, effectiveSampleSize: candidate.evaluation.diagnostics.effectiveSampleSize,
                largestWeight: candidate.evaluation.diagnostics.largestWeight,
                warnings: candidate.evaluation.diagnostics.warnings)
        }
        .sorted { $0.difference.value > $1.difference.value }
        return shown
    }
}
