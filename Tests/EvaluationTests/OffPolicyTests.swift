import Foundation
import Testing
import WeirEvaluation
import WeirStatistics

@Suite("Off-policy estimators")
struct OffPolicyTests {
    /// Two rounds done by hand: weights 2 and 0.5.
    func small() throws -> LoggedRounds {
        try LoggedRounds(
            rewards: [1, -4], propensities: [0.25, 0.8], probabilities: [0.5, 0.4],
            expected: .init(logged: [0.5, -1], evaluated: [0.6, 0.2]))
    }

    @Test("Each estimator is its formula, also with negative rewards")
    func formulas() throws {
        var settings = OffPolicySettings()
        settings.switchThreshold = 1
        let result = try small().evaluated(settings)
        func value(_ estimator: OffPolicyEstimator) -> Double { result[estimator]!.value }
        #expect(abs(value(.inversePropensity) - (2 * 1 + 0.5 * -4) / 2) < 1e-12)
        #expect(abs(value(.selfNormalised) - (2 * 1 + 0.5 * -4) / 2.5) < 1e-12)
        #expect(abs(value(.directMethod) - 0.4) < 1e-12)
        #expect(abs(value(.doublyRobust) - (0.6 + 2 * 0.5 + 0.2 + 0.5 * -3) / 2) < 1e-12)
        #expect(abs(value(.switchDoublyRobust) - (0.6 + 0.2 + 0.5 * -3) / 2) < 1e-12)
    }

    @Test("The self-normalised estimate divides by the sum of weights, the plain one by the number of rounds")
    func selfNormalised() throws {
        let result = try LoggedRounds(
            rewards: [1, 2], propensities: [0.25, 0.8], probabilities: [0.5, 0.4]
        ).evaluated()
        #expect(abs(result[.selfNormalised]!.value - (2 * 1 + 0.5 * 2) / 2.5) < 1e-12)
        #expect(abs(result[.inversePropensity]!.value - (2 * 1 + 0.5 * 2) / 2) < 1e-12)
    }

    @Test(
        "A weight on the threshold counts, one above it does not",
        arguments: [(2.0, 0.15), (1.999_999, -0.35)])
    func threshold(_ threshold: Double, _ value: Double) throws {
        var settings = OffPolicySettings()
        settings.switchThreshold = threshold
        #expect(abs(try small().evaluated(settings)[.switchDoublyRobust]!.value - value) < 1e-12)
    }

    @Test("Clipping cuts weights above the limit and says for how many")
    func clipping() throws {
        var settings = OffPolicySettings()
        settings.weightLimit = 1.5
        let result = try small().evaluated(settings)
        #expect(abs(result[.inversePropensity]!.value - (1.5 - 2) / 2) < 1e-12)
        #expect(result.diagnostics.clippedShare == 0.5)
        settings.weightLimit = 2
        #expect(try small().evaluated(settings).diagnostics.clippedShare == 0)
    }

    @Test("Of few rounds without skewness the interval is Student's, with one degree of freedom less than rounds")
    func fewRounds() throws {
        let log = try LoggedRounds(
            rewards: [1, 2, 3, 4, 5], propensities: [Double](repeating: 0.5, count: 5),
            probabilities: [Double](repeating: 0.5, count: 5))
        let interval = try #require(log.evaluated()[.inversePropensity]).interval
        // scipy 1.17.1: stats.t.interval(0.95, 4, 3, stats.sem([1, 2, 3, 4, 5])).
        #expect(abs(interval.lower - 1.0367568385224393) < 1e-9)
        #expect(abs(interval.upper - 4.9632431614775605) < 1e-9)
    }

    @Test("Without expected rewards only the estimators that need none are given")
    func withoutModel() throws {
        let log = try LoggedRounds(rewards: [1, 0], propensities: [0.5, 0.5], probabilities: [0.5, 0.5])
        #expect(log.evaluated().estimates.map(\.estimator) == [.inversePropensity, .selfNormalised])
        #expect(log.evaluated().switchThreshold == nil)
    }

    @Test("The same policy has weight one, the log's own mean, and no difference to itself")
    func samePolicy() throws {
        let world = LoggedWorld(rate: 0.2, explored: 0.5, seed: 1)
        let log = try world.log(count: 3_000, seed: 2, evaluating: world.logging)
        let result = log.evaluated()
        let mean = log.rewards.reduce(0, +) / 3_000
        #expect(abs(result[.inversePropensity]!.value - mean) < 1e-12)
        #expect(abs(result.diagnostics.effectiveSampleSize - 3_000) < 1e-6)
        #expect(result.diagnostics.meanWeight.contains(1))
        #expect(result.diagnostics.warnings == [])
        for estimate in log.difference(to: log) {
            #expect(estimate.interval == Interval(estimate: 0, lower: 0, upper: 0))
        }
    }

    @Test(
        "A paired difference is far sharper than two separate estimates, and holds the truth", arguments: UInt64(0)..<5)
    func pairing(seed: UInt64) throws {
        var near = LoggedWorld(rate: 0.2, explored: 0.5, seed: seed)
        let far = near
        // Nearly the same policy.
        for kind in near.evaluated.indices {
            near.evaluated[kind] = zip(far.evaluated[kind], far.logging[kind]).map { 0.9 * $0 + 0.1 * $1 }
        }
        let one = try near.log(count: 5_000, seed: seed + 100)
        let two = try far.log(count: 5_000, seed: seed + 100)
        var settings = OffPolicySettings()
        settings.bootstrapSamples = 200
        let difference = one.difference(to: two, settings)[3]
        let alone = one.evaluated(settings)[.doublyRobust]!
        func width(_ interval: Interval) -> Double { interval.upper - interval.lower }
        #expect(difference.estimator == .doublyRobust)
        #expect(width(difference.interval) < 0.3 * width(alone.interval))
        // Three times the interval: five seeds at 95 % would fail one time in four.
        let truth = near.truth - far.truth
        #expect(abs(difference.value - truth) < 1.5 * width(difference.interval))
        #expect(abs(width(difference.bootstrap!) / width(difference.interval) - 1) < 0.25)
    }

    @Test("Resampling customers widens the interval where their decisions go together")
    func clusters() throws {
        let world = LoggedWorld(rate: 0.2, explored: 0.6, seed: 3)
        let log = try world.log(count: 6_000, seed: 4, repeats: 6, evaluating: world.logging)
        let alone = try LoggedRounds(
            rewards: log.rewards, propensities: log.propensities, probabilities: log.probabilities)
        let together = log.evaluated()[.inversePropensity]!
        let apart = alone.evaluated()[.inversePropensity]!
        func width(_ interval: Interval) -> Double { interval.upper - interval.lower }
        #expect(together.value == apart.value)
        #expect(width(together.interval) > 1.3 * width(apart.interval))
        #expect(width(together.bootstrap!) > 1.3 * width(apart.bootstrap!))
        #expect(log.evaluated().diagnostics.units == 1_000)
    }

    @Test("The bootstrap repeats with its seed and changes with another")
    func seeded() throws {
        let log = try LoggedWorld(rate: 0.1, explored: 0.5, seed: 5).log(count: 500, seed: 6)
        var settings = OffPolicySettings()
        #expect(log.evaluated(settings) == log.evaluated(settings))
        let first = log.evaluated(settings)[.doublyRobust]!.bootstrap
        settings.seed = 1
        #expect(log.evaluated(settings)[.doublyRobust]!.bootstrap != first)
    }

    @Test("A rare huge weight is left to the model, moderate weights are not", arguments: [(100.0, 0.8), (2.0, 2.0)])
    func chosenThreshold(_ heavy: Double, _ chosen: Double) throws {
        let count = 2_000
        let isHeavy = (0..<count).map { $0 == 700 }
        // A hundredth of the policy's choices fall on actions of the heavy weight; the model is off by 0.8 there.
        var policyWeights = PolicyWeights()
        policyWeights.weigh(probability: 0.01, propensity: 0.01 / heavy)
        policyWeights.weigh(probability: 0.99, propensity: 0.99 / 0.8)
        let log = try LoggedRounds(
            rewards: isHeavy.map { $0 ? 1 : 0.1 }, propensities: isHeavy.map { $0 ? 0.01 / heavy : 0.5 },
            probabilities: isHeavy.map { $0 ? 0.01 : 0.4 },
            expected: .init(logged: isHeavy.map { $0 ? 0.2 : 0.1 }, evaluated: [Double](repeating: 0.1, count: count)),
            policyWeights: policyWeights)
        #expect(abs(switchThreshold(log, weights: log.weights()) - chosen) < 1e-12)
    }

    @Test("Where only logged actions are known, SWITCH-DR is doubly robust")
    func unknownWeights() throws {
        let result = try LoggedWorld(rate: 0.2, explored: 0.3, seed: 7).log(count: 2_000, seed: 8).evaluated()
        #expect(result[.switchDoublyRobust]!.interval == result[.doublyRobust]!.interval)
    }

    // MARK: Diagnostics

    @Test(
        "The effective sample size follows its formula, on both sides of the warning",
        arguments: [(99, true), (100, false)])
    func effectiveSampleSize(_ count: Int, _ warns: Bool) throws {
        let log = try LoggedRounds(
            rewards: [Double](repeating: 1, count: count), propensities: [Double](repeating: 0.5, count: count),
            probabilities: [Double](repeating: 0.5, count: count))
        let diagnostics = log.evaluated().diagnostics
        #expect(abs(diagnostics.effectiveSampleSize - Double(count)) < 1e-9)
        #expect(diagnostics.warnings.contains { $0.contains("do not trust this") } == warns)
    }

    @Test("A policy that acts outside the log is found out")
    func withoutSupport() throws {
        let world = LoggedWorld(rate: 0.3, explored: 0.5, seed: 9)
        let log = try world.log(count: 4_000, seed: 10)
        // A fifth of the policy's choices lie on an action that nobody ever logged.
        let outside = try LoggedRounds(
            rewards: log.rewards, propensities: log.propensities, probabilities: log.probabilities.map { $0 * 0.8 },
            unsupported: log.rewards.map { _ in 0.2 })
        let diagnostics = outside.evaluated().diagnostics
        #expect(abs(diagnostics.unsupportedShare! - 0.2) < 1e-9)
        #expect(diagnostics.meanWeight.upper < 1)
        #expect(diagnostics.warnings.contains { $0.hasPrefix("20.0 % of the policy's choices were never tried") })
        #expect(diagnostics.warnings.contains { $0.hasPrefix("mean weight") && $0.contains("not 1") })
        #expect(!log.evaluated().diagnostics.warnings.contains { $0.hasPrefix("mean weight") })
    }

    @Test("A value that cannot be used is named with its round")
    func faults() {
        func error(_ rewards: [Double], _ propensities: [Double], _ probabilities: [Double]) -> LoggedRoundsError? {
            do {
                _ = try LoggedRounds(rewards: rewards, propensities: propensities, probabilities: probabilities)
                return nil
            } catch { return error }
        }
        #expect(error([], [], []) == .empty)
        #expect(error([1], [0.5, 0.5], [1])?.description.contains("2 values of “propensity” for 1 rewards") == true)
        #expect(error([1, 1], [0.5, 0], [1, 1])?.description.hasPrefix("Round 2: propensity 0.0") == true)
        #expect(error([1], [0.5], [1.1])?.description.hasPrefix("Round 1: policy probability") == true)
        #expect(error([.nan], [0.5], [1])?.description.hasPrefix("Round 1: reward") == true)
        #expect(error([1], [1], [0]) == nil)
    }
}
