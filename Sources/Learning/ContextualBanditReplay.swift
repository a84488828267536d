import WeirStatistics

/// What a bandit got on a stream: it chose for each decision in turn and learned the chosen action's reward, no other.
public struct ContextualBanditReplay: Sendable, Equatable {
    public var decisions = 0
    public var averageReward = 0.0
    /// Average of the later half of the decisions.
    public var secondHalf = 0.0
    /// Share of decisions that fell on the action of the highest expected reward.
    public var greedyShare = 0.0
    public var smallestPropensity = 1.0
    /// What the logged propensities promise for all actions' rewards; the average differs from it by luck alone.
    public var promised = 0.0
    /// The same policy's value estimated off-policy, from actions that a uniform policy drew beside it: inverse propensity
    /// scoring with the bandit's propensities as the evaluated policy.
    public var offPolicy = 0.0
    public var offPolicyError = 0.0
    /// The average minus what was promised, in deviations of the draws; beyond ±4 the propensities are not exact.
    public var surprise = 0.0
    public var choosingNanoseconds: UInt64 = 0
    public var learningNanoseconds: UInt64 = 0
}

extension ContextualBandit {
    /// Plays through a stream.
    ///
    /// - Parameters:
    ///   - seed: Of the draws.
    ///   - nanoseconds: A clock that times choosing and learning; the default times nothing.
    ///   - progress: Told every 4096 decisions how many are done.
    public mutating func replay(
        _ stream: ContextualBanditStream, seed: UInt64, nanoseconds: () -> UInt64 = { 0 },
        progress: (Int) -> Void = { _ in }
    ) -> ContextualBanditReplay {
        var random = Xoshiro256StarStar(seed: seed)
        var uniform = Xoshiro256StarStar(seed: ~seed)
        var replay = ContextualBanditReplay(decisions: stream.decisions)
        var choice = Choice()
        var sum = 0.0
        var lateSum = 0.0
        var greedy = 0
        var promises = 0.0
        var weighted = RunningMoments()
        var drawVariance = 0.0
        let nameBuckets = stream.names.map { Self.bucket(action: $0) }
        let buckets = stream.actions.map { nameBuckets[$0] }
        for decision in 0..<stream.decisions {
            let rows = stream.starts[decision]..<stream.starts[decision + 1]
            let shared = stream.shared.span.extracting(
                decision * sharedFeatures..<(decision + 1) * sharedFeatures)
            let features = stream.features.span.extracting(
                rows.lowerBound * actionFeatures..<rows.upperBound * actionFeatures)

            let before = nanoseconds()
            choose(shared: shared, features: features, actions: buckets.span.extracting(rows), into: &choice)
            let chosen = choice.draw(random.unit())
            let between = nanoseconds()
            let reward = stream.rewards[rows.lowerBound + chosen]
            learn(
                shared: shared,
                features: features.extracting(chosen * actionFeatures..<(chosen + 1) * actionFeatures),
                action: buckets[rows.lowerBound + chosen], reward: reward)
            let after = nanoseconds()

            replay.choosingNanoseconds += between - before
            replay.learningNanoseconds += after - between
            sum += reward
            if decision >= stream.decisions / 2 { lateSum += reward }
            if chosen == choice.best { greedy += 1 }
            replay.smallestPropensity = min(replay.smallestPropensity, choice.propensities[chosen])

            // From here on the other rewards are read, for the check alone.
            var promised = 0.0
            var square = 0.0
            for (propensity, reward) in zip(choice.propensities, stream.rewards[rows]) {
                promised += propensity * reward
                square += propensity * reward * reward
            }
            promises += promised
            drawVariance += max(square - promised * promised, 0)
            let other = Int.random(in: 0..<rows.count, using: &uniform)
            weighted.include(
                choice.propensities[other] * Double(rows.count) * stream.rewards[rows.lowerBound + other])
            if decision & 4095 == 4095 { progress(decision + 1) }
        }
        let count = Double(stream.decisions)
        replay.averageReward = sum / count
        replay.secondHalf = lateSum / Double(stream.decisions - stream.decisions / 2)
        replay.greedyShare = Double(greedy) / count
        replay.promised = promises / count
        replay.offPolicy = weighted.mean
        replay.offPolicyError = (weighted.variance / count).squareRoot()
        if drawVariance > 0 {
            replay.surprise = (sum - promises) / drawVariance.squareRoot()
        }
        return replay
    }
}
