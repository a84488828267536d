package import WeirStatistics

/// How well a prediction finds those whom a treatment moves, judged on a randomised trial that it has not seen.
package struct UpliftEvaluation: Sendable, Equatable {
    /// The rows with the highest prediction.
    package struct Top: Sendable, Equatable {
        /// Of all rows, in 0 < share ≤ 1.
        package var share: Double
        /// Mean of the treated minus that of the controls among them; nil where a group has fewer than two rows.
        package var uplift: Interval?
    }

    /// What treating exactly the rows with the highest prediction would bring.
    package struct Policy: Sendable, Equatable {
        package var share: Double
        /// Mean outcome of all rows, by inverse propensities.
        package var value: Interval
        /// What is gained over treating as many rows drawn at random.
        package var overRandom: Interval
    }

    package var treated: Int
    package var controls: Int
    /// The area above random treatment, with its interval estimate ± 1.96 standard errors.
    package var qini: Interval
    /// Standard deviation over bootstrap resamples of the rows.
    package var qiniStandardError: Double
    package var auuc: Interval
    /// Mean of the treated minus that of the controls.
    package var averageEffect: Interval
    package var top: Top
    package var policies: [Policy]
    /// Gains at the shares of `policies`, per treated row.
    package var curve: [Double]
}

package struct UpliftEvaluationSettings: Sendable, Hashable {
    /// ≥ 2.
    package var bootstrapSamples = 200
    /// In 0 < share ≤ 1.
    package var topShare = 0.3
    /// Steps of the policy curve from treating nobody to treating all; ≥ 1.
    package var parts = 20
    package var seed: UInt64 = 0

    package init() {}
}

extension UpliftTrial {
    /// Judges the prediction; every interval has 95 % confidence.
    ///
    /// - Complexity: O(bootstrap samples × rows).
    package func evaluated(_ settings: UpliftEvaluationSettings = .init()) -> UpliftEvaluation {
        precondition(
            settings.bootstrapSamples > 1 && settings.topShare > 0 && settings.topShare <= 1 && settings.parts > 0)
        var counts = ResampleCounts(rows: count, seed: settings.seed)
        var qinis = RunningMoments()
        var auucs = RunningMoments()
        for _ in 0..<settings.bootstrapSamples {
            counts.draw()
            let areas = counts.counts.withUnsafeBufferPointer { self.areas(counts: $0) }
            qinis.include(areas.qini)
            auucs.include(areas.auuc)
        }
        let areas = areas
        let error = qinis.populationDeviation
        return UpliftEvaluation(
            treated: isTreated.count { $0 }, controls: isTreated.count { !$0 },
            qini: .normal(areas.qini, error: error), qiniStandardError: error,
            auuc: .normal(areas.auuc, error: auucs.populationDeviation),
            averageEffect: uplift(ofFirst: count) ?? .normal(areas.end, error: .infinity),
            top: .init(share: settings.topShare, uplift: uplift(ofFirst: places(settings.topShare))),
            policies: (0...settings.parts).map { policy(share: Double($0) / Double(settings.parts)) },
            curve: curve(parts: settings.parts))
    }

    /// Whole rows, rounded down.
    private func places(_ share: Double) -> Int { Int(Double(count) * share) }

    private func uplift(ofFirst places: Int) -> Interval? {
        var groups = (RunningMoments(), RunningMoments())
        for place in 0..<places {
            if isTreated[place] { groups.0.include(outcomes[place]) } else { groups.1.include(outcomes[place]) }
        }
        return Interval.difference(groups.0, groups.1)
    }

    /// Source: Horvitz, Thompson, "A Generalization of Sampling Without Replacement from a Finite Universe" (JASA 47, 1952).
    private func policy(share: Double) -> UpliftEvaluation.Policy {
        let chosen = places(share)
        let exact = Double(chosen) / Double(count)
        var value = RunningMoments()
        var overRandom = RunningMoments()
        for place in 0..<count {
            let ifTreated = isTreated[place] ? outcomes[place] / propensities[place] : 0
            let ifLeft = isTreated[place] ? 0 : outcomes[place] / (1 - propensities[place])
            let here = place < chosen ? ifTreated : ifLeft
            value.include(here)
            overRandom.include(here - exact * ifTreated - (1 - exact) * ifLeft)
        }
        return .init(share: share, value: .mean(value), overRandom: .mean(overRandom))
    }
}

/// How often each row stands in a resample.
struct ResampleCounts {
    private(set) var counts: [Int32]
    private var random: Xoshiro256StarStar

    init(rows: Int, seed: UInt64) {
        counts = [Int32](repeating: 0, count: rows)
        random = Xoshiro256StarStar(seed: seed)
    }

    /// Draws as many rows as there are, with replacement.
    mutating func draw() {
        let rows = UInt64(counts.count)
        counts.withUnsafeMutableBufferPointer { counts in
            counts.update(repeating: 0)
            for _ in counts.indices { counts[Int(random.next().multipliedFullWidth(by: rows).high)] += 1 }
        }
    }
}

extension RunningMoments {
    /// With n in the denominator, as for a full set of resamples.
    var populationDeviation: Double { (variance * Double(count - 1) / Double(count)).squareRoot() }
}

extension Interval {
    static func normal(_ estimate: Double, error: Double) -> Interval {
        let reach = StandardNormal.quantile(0.975) * error
        return Interval(estimate: estimate, lower: estimate - reach, upper: estimate + reach)
    }

    static func mean(_ moments: RunningMoments) -> Interval {
        normal(moments.mean, error: (moments.variance / Double(moments.count)).squareRoot())
    }
}
