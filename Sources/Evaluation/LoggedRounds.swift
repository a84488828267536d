/// Logged decisions as an off-policy evaluation sees them: what came of each, how likely the logging policy was to act so,
/// and how likely the evaluated policy is. All arrays have one entry per decision, in the order of the log.
package struct LoggedRounds: Sendable, Equatable {
    /// What a model expects, for the estimators that use one.
    package struct ExpectedRewards: Sendable, Equatable {
        /// Of the logged action.
        package var logged: [Double]
        /// The mean over the evaluated policy's choice probabilities.
        package var evaluated: [Double]

        package init(logged: [Double], evaluated: [Double]) {
            self.logged = logged
            self.evaluated = evaluated
        }
    }

    /// Any finite number.
    package let rewards: [Double]
    /// Probability with which the logging policy took its action, in 0 < p ≤ 1.
    package let propensities: [Double]
    /// Probability with which the evaluated policy takes the logged action, in 0 ... 1.
    package let probabilities: [Double]
    package let expected: ExpectedRewards?
    /// Who each decision was about, numbered in any way; decisions about one customer are not independent. Nil takes each
    /// decision for a customer of its own.
    package let customers: [Int]?
    /// How much of the evaluated policy's probability lies on actions that the logging policy never takes; nil where that is
    /// not known.
    package let unsupported: [Double]?
    /// How the evaluated policy's probability is spread over weights, of all actions; nil where only logged actions are known.
    package let policyWeights: PolicyWeights?

    package var count: Int { rewards.count }

    /// - Throws: `LoggedRoundsError`, for the first value that cannot be used.
    package init(
        rewards: [Double], propensities: [Double], probabilities: [Double], expected: ExpectedRewards? = nil,
        customers: [Int]? = nil, unsupported: [Double]? = nil, policyWeights: PolicyWeights? = nil
    ) throws(LoggedRoundsError) {
        let count = rewards.count
        guard count > 0 else { throw .empty }
        for (name, other) in [
            ("propensity", propensities.count), ("policy probability", probabilities.count),
            ("expected reward", expected?.logged.count ?? count),
            ("expected reward of the policy", expected?.evaluated.count ?? count),
            ("customer", customers?.count ?? count),
            ("unsupported share", unsupported?.count ?? count),
        ] where other != count { throw .length(name, other, rewards: count) }
        for row in 0..<count {
            guard abs(rewards[row]) <= 1e60 else { throw .value("reward", row, rewards[row], "within ±1e60") }
            // No log has so many decisions that a smaller one could be true; its weight would not be a number.
            guard propensities[row] >= 1e-12, propensities[row] <= 1 + 1e-9 else {
                throw .value("propensity", row, propensities[row], "from 1e-12 to 1")
            }
            guard probabilities[row] >= 0, probabilities[row] <= 1 + 1e-9 else {
                throw .value("policy probability", row, probabilities[row], "in 0 ... 1")
            }
            if let expected {
                guard expected.logged[row].isFinite, expected.evaluated[row].isFinite else {
                    throw .value(
                        "expected reward", row, expected.logged[row] + expected.evaluated[row], "a finite number")
                }
            }
        }
        self.rewards = rewards
        self.propensities = propensities
        self.probabilities = probabilities
        self.expected = expected
        self.customers = customers
        self.unsupported = unsupported
        self.policyWeights = policyWeights
    }

    /// How much more often the evaluated policy acts as logged: policy probability ÷ propensity.
    ///
    /// - Parameter limit: Larger weights are cut to it, which trades variance for bias; nil cuts nothing.
    package func weights(clippedAt limit: Double? = nil) -> [Double] {
        var weights = probabilities
        for row in weights.indices {
            weights[row] /= propensities[row]
            if let limit { weights[row] = min(weights[row], limit) }
        }
        return weights
    }
}

/// A log that cannot be evaluated.
package enum LoggedRoundsError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case length(String, Int, rewards: Int)
    /// Field, row counted from 0, value, and what it must be.
    case value(String, Int, Double, String)

    package var description: String {
        switch self {
        case .empty: "The log has no rounds. Widen the time, or name another placement."
        case .length(let name, let count, let rewards):
            "There are \(count) values of “\(name)” for \(rewards) rewards. Give one for each."
        case .value(let name, let row, let value, let must):
            "Round \(row + 1): \(name) \(value) is not \(must). Mend it or leave the round out."
        }
    }
}
