import Testing
import WeirEvaluation
import WeirStatistics

@Suite("What a log or a sample is too small to say")
struct EvidenceTests {
    @Test(
        "A shift of categories is as large whatever the size of the reference, and verdicts are the same",
        arguments: [500.0, 5_000, 200_000, 2e7])
    func referenceSize(count: Double) {
        let shifted = categoryDrift(column: "c", reference: [count / 2, count / 2], live: [450, 50])
        #expect(shifted.verdict == .drifted)
        #expect(shifted.reason.contains("0.436"))
        let slight = categoryDrift(column: "c", reference: [count / 2, count / 2], live: [2_850, 2_150])
        #expect(slight.verdict == .watch)
        #expect(categoryDrift(column: "c", reference: [count / 2, count / 2], live: [260, 240]).verdict == .stable)
    }

    @Test("Cramér's V is that of the counts where both have as many")
    func cramer() {
        let (one, two) = ([500.0, 300, 200], [350.0, 400, 250])
        let byCounts = (chiSquareTest(one, two).statistic / 2_000).squareRoot()
        #expect(abs(cramersV(one.map { $0 / 1_000 }, two.map { $0 / 1_000 }) - byCounts) < 1e-12)
        #expect(cramersV([1, 0], [0, 1]) == 1 && cramersV([0.4, 0.6], [0.4, 0.6]) == 0)
    }

    private func rounds(
        _ rewards: [Double], probability: Double = 0.9, customers: [Int]? = nil
    ) throws -> LoggedRounds {
        try LoggedRounds(
            rewards: rewards, propensities: rewards.map { _ in 0.5 }, probabilities: rewards.map { _ in probability },
            customers: customers)
    }

    @Test(
        "One decision, one customer or rewards that never differ tell no range and allow no verdict",
        arguments: [[3.0], [0, 0, 0, 0], [5, 5, 5, 5, 5]])
    func noRange(rewards: [Double]) throws {
        let log = try rounds(rewards)
        let result = log.evaluated()
        #expect(result.estimates.allSatisfy { !$0.hasRange && $0.bootstrap == nil && $0.value.isFinite })
        #expect(!result.allowsVerdict)
        let difference = log.difference(to: try rounds(rewards, probability: 0.5))
        #expect(difference.allSatisfy { !$0.hasRange || $0.value == 0 })
        let report = EvaluationReport(result, mean: 0)
        #expect(report.text.contains("cannot be told") && !report.text.contains("inf"))
        let one = try rounds([1, 2, 3, 4], customers: [7, 7, 7, 7]).evaluated()
        #expect(!one.allowsVerdict && one.estimates.allSatisfy { !$0.hasRange })
    }

    @Test("A policy beside itself differs by nothing, surely")
    func itself() throws {
        let log = try rounds([1, 2, 3, 0, 0, 1])
        #expect(log.difference(to: log).allSatisfy { $0.hasRange && $0.interval.lower == 0 && $0.interval.upper == 0 })
    }

    @Test("Every range holds its own estimate", arguments: UInt64(0)..<200)
    func ownEstimate(seed: UInt64) throws {
        var random = Xoshiro256StarStar(seed: seed)
        let count = 2 + Int(random.unit() * 12)
        let log = try LoggedRounds(
            rewards: (0..<count).map { _ in random.unit() < 0.2 ? 1 + 9 * random.unit() : 0 },
            propensities: (0..<count).map { _ in 0.02 + 0.9 * random.unit() },
            probabilities: (0..<count).map { _ in random.unit() })
        var settings = OffPolicySettings()
        settings.bootstrapSamples = 40
        for estimate in log.evaluated(settings).estimates {
            #expect(estimate.interval.contains(estimate.value) && estimate.normal.contains(estimate.value))
            if let bootstrap = estimate.bootstrap { #expect(bootstrap.contains(estimate.value)) }
        }
    }

    @Test("Weights beyond all measure are no end of the process")
    func hugeWeights() throws {
        let log = try LoggedRounds(rewards: [1, 0, 2], propensities: [1e-12, 1e-12, 0.5], probabilities: [1, 1, 1])
        #expect(!EvaluationReport(log.evaluated(), mean: 1).text.contains("nan"))
        for (reward, propensity) in [(1.0, 1e-300), (1e61, 0.5)] {
            #expect(throws: LoggedRoundsError.self) {
                try LoggedRounds(rewards: [reward], propensities: [propensity], probabilities: [1])
            }
        }
    }
}
