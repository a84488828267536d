/// A way to tell from logged decisions what another policy would have earned per decision.
package enum OffPolicyEstimator: String, Sendable, CaseIterable, Codable {
    /// Mean of weight × reward: unbiased, of large variance (Horvitz, Thompson, 1952).
    case inversePropensity = "ips"
    /// The same divided by the mean weight: a little bias, less variance (Swaminathan, Joachims, 2015).
    case selfNormalised = "snips"
    /// Mean of what a model expects: as good as the model.
    case directMethod = "dm"
    /// The direct method, corrected by the weighted errors of the model: unbiased, and of small variance where the model is
    /// good (Dudík, Langford, Li, 2011).
    case doublyRobust = "dr"
    /// Doubly robust where the weight is at most a threshold, the direct method elsewhere (Wang, Agarwal, Dudík, "Optimal and
    /// Adaptive Off-policy Evaluation in Contextual Bandits", ICML 2017).
    case switchDoublyRobust = "switch-dr"

    /// Whether it works without a model of the reward.
    package var needsExpectedRewards: Bool { self != .inversePropensity && self != .selfNormalised }

    package var name: String {
        switch self {
        case .inversePropensity: "IPS"
        case .selfNormalised: "self-normalised IPS"
        case .directMethod: "direct method"
        case .doublyRobust: "doubly robust"
        case .switchDoublyRobust: "SWITCH-DR"
        }
    }

    /// What each round adds to the numerator of the estimate; its denominator is the number of rounds, or for
    /// `selfNormalised` the sum of weights.
    func terms(_ rounds: LoggedRounds, weights: [Double], threshold: Double) -> [Double] {
        let rewards = rounds.rewards
        switch self {
        case .inversePropensity, .selfNormalised:
            return weights.indices.map { weights[$0] * rewards[$0] }
        case .directMethod:
            return rounds.expected!.evaluated
        case .doublyRobust, .switchDoublyRobust:
            let expected = rounds.expected!
            return weights.indices.map { row in
                let isTrusted = self == .doublyRobust || weights[row] <= threshold
                return expected.evaluated[row] + (isTrusted ? weights[row] * (rewards[row] - expected.logged[row]) : 0)
            }
        }
    }
}

/// The threshold of SWITCH-DR that makes an upper bound of the mean squared error smallest: variance of the estimate plus
/// the square of the largest bias that leaving larger weights to the model can cause.
///
/// The bias is at most R · P(the policy takes an action of weight above τ), with R the largest error of the model that was
/// seen. That probability needs the weights of all actions: estimated from logged actions alone the bound is never below
/// the variance it saves, so that without `policyWeights` nothing is left to the model.
///
/// Source: Wang, Agarwal, Dudík (ICML 2017), section 4.
///
/// - Parameter rounds: With expected rewards.
/// - Returns: One of the 5th, 10th … 100th percentiles of the weights.
/// - Complexity: O(20 × rounds).
package func switchThreshold(_ rounds: LoggedRounds, weights: [Double]) -> Double {
    guard let expected = rounds.expected else { preconditionFailure("SWITCH-DR needs expected rewards") }
    let sorted = weights.sorted()
    guard let policyWeights = rounds.policyWeights else { return sorted.last! }
    let range = weights.indices.reduce(0) { max($0, abs(rounds.rewards[$1] - expected.logged[$1])) }
    var best = (error: Double.infinity, threshold: sorted.last!)
    var previous = Double.infinity
    // From the largest down, so that of equal errors the one that trusts more of the log stays.
    for step in stride(from: 20, through: 1, by: -1) {
        let threshold = sorted[max(0, (sorted.count * step + 19) / 20 - 1)]
        guard threshold < previous else { continue }
        previous = threshold
        let moments = Moments(
            OffPolicyEstimator.switchDoublyRobust.terms(rounds, weights: weights, threshold: threshold))
        let bias = range * policyWeights.share(above: threshold)
        let error = moments.variance / Double(weights.count) + bias * bias
        if error < best.error { best = (error, threshold) }
    }
    return best.threshold
}
