package import WeirStatistics

/// How an off-policy evaluation is made.
package struct OffPolicySettings: Sendable, Hashable {
    /// Larger weights are cut to it; nil cuts none.
    package var weightLimit: Double?
    /// Of SWITCH-DR; nil has it chosen by `switchThreshold`.
    package var switchThreshold: Double?
    /// 0 leaves the bootstrap out.
    package var bootstrapSamples = 1_000
    package var seed: UInt64 = 0
    /// In 0 < confidence < 1.
    package var confidence = 0.95

    package init() {}
}

/// An estimate of what a policy earns per decision, or of the difference of two.
package struct OffPolicyEstimate: Sendable, Hashable, Codable {
    package var estimator: OffPolicyEstimator
    /// The asymptotic interval with its skewness removed: the one to use.
    package var interval: Interval
    /// Estimate ± 1.96 standard errors: too low at its upper end where rewards are rare and weights large.
    package var normal: Interval
    /// Percentiles over resampled decisions (customers, where they are known); nil where it was left out.
    package var bootstrap: Interval?

    package var value: Double { interval.estimate }
    /// Whether the log tells a range at all: from one unit, or from units that are all the same, there is none, and its ends
    /// are infinite.
    package var hasRange: Bool { interval.lower.isFinite && interval.upper.isFinite }
}

/// What a log says of a policy.
package struct OffPolicyEvaluation: Sendable, Hashable, Codable {
    /// In the order of `OffPolicyEstimator.allCases`, without those that lack expected rewards.
    package var estimates: [OffPolicyEstimate]
    package var diagnostics: OffPolicyDiagnostics
    /// Of SWITCH-DR; nil without expected rewards.
    package var switchThreshold: Double?

    /// Whether nothing forbids to act on the estimates.
    package var allowsVerdict: Bool { diagnostics.warnings.isEmpty }

    package subscript(_ estimator: OffPolicyEstimator) -> OffPolicyEstimate? {
        estimates.first { $0.estimator == estimator }
    }
}

extension LoggedRounds {
    /// Estimates what the evaluated policy earns per decision, in every way that the log allows.
    ///
    /// - Complexity: O(rounds × (20 + bootstrap samples)).
    package func evaluated(_ settings: OffPolicySettings = OffPolicySettings()) -> OffPolicyEvaluation {
        let prepared = Prepared(self, settings)
        let estimators = OffPolicyEstimator.allCases.filter { expected != nil || !$0.needsExpectedRewards }
        let (unit, units) = independentUnits
        let means = estimators.map { RatioMean([prepared.part($0)], unit: unit, units: units) }
        return OffPolicyEvaluation(
            estimates: estimates(estimators, means, settings),
            diagnostics: OffPolicyDiagnostics(self, weights: prepared.weights, settings: settings),
            switchThreshold: expected == nil ? nil : prepared.threshold)
    }

    /// What the evaluated policy earns per decision more than another on the same log: paired, so that what both share
    /// cancels.
    ///
    /// - Parameter other: The same decisions, with another evaluated policy.
    package func difference(
        to other: LoggedRounds, _ settings: OffPolicySettings = OffPolicySettings()
    ) -> [OffPolicyEstimate] {
        precondition(rewards == other.rewards, "both must be about the same decisions")
        let hasExpected = expected != nil && other.expected != nil
        let estimators = OffPolicyEstimator.allCases.filter { hasExpected || !$0.needsExpectedRewards }
        let (one, two) = (Prepared(self, settings), Prepared(other, settings))
        let (unit, units) = independentUnits
        let means = estimators.map { RatioMean([one.part($0), two.part($0)], unit: unit, units: units) }
        return estimates(estimators, means, settings)
    }

    private func estimates(
        _ estimators: [OffPolicyEstimator], _ means: [RatioMean], _ settings: OffPolicySettings
    ) -> [OffPolicyEstimate] {
        var random = Xoshiro256StarStar(seed: settings.seed)
        let bootstraps =
            settings.bootstrapSamples > 0
            ? RatioMean.bootstrapIntervals(
                means, samples: settings.bootstrapSamples, confidence: settings.confidence, using: &random) : nil
        return estimators.indices.map { index in
            let mean = means[index]
            let moments = Moments(mean.influences)
            // Two policies that act alike differ by nothing, surely; all else that never varied has only been lucky so far.
            guard mean.units > 1 && moments.variance > 0 || mean.isOfTheSame else {
                let open = Interval(estimate: mean.value, lower: -.infinity, upper: .infinity)
                return OffPolicyEstimate(estimator: estimators[index], interval: open, normal: open, bootstrap: nil)
            }
            return OffPolicyEstimate(
                estimator: estimators[index],
                interval: mean.skewnessCorrectedInterval(moments, confidence: settings.confidence),
                normal: mean.normalInterval(moments, confidence: settings.confidence),
                bootstrap: bootstraps?[index])
        }
    }

    /// Customers numbered in order of appearance; nil where each decision stands alone.
    var independentUnits: (unit: [Int]?, units: Int) {
        guard let customers else { return (nil, count) }
        var numbers: [Int: Int] = [:]
        let unit = customers.map { customer in
            if let number = numbers[customer] { return number }
            numbers[customer] = numbers.count
            return numbers.count - 1
        }
        return (unit, numbers.count)
    }
}

/// A log with its weights and threshold.
private struct Prepared {
    let rounds: LoggedRounds
    let weights: [Double]
    let threshold: Double

    init(_ rounds: LoggedRounds, _ settings: OffPolicySettings) {
        self.rounds = rounds
        weights = rounds.weights(clippedAt: settings.weightLimit)
        threshold =
            settings.switchThreshold
            ?? (rounds.expected == nil ? .infinity : switchThreshold(rounds, weights: weights))
    }

    func part(_ estimator: OffPolicyEstimator) -> (numerators: [Double], denominators: [Double]?) {
        (
            estimator.terms(rounds, weights: weights, threshold: threshold),
            estimator == .selfNormalised ? weights : nil
        )
    }
}
