import Testing
import WeirEvaluation
import WeirStatistics

@Suite("Intervals of off-policy estimates")
struct CoverageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var rate: Double
        var count: Int
        /// Of the logging policy; weights reach 5 × 0.84 ÷ explored.
        var explored: Double
        var repeats = 1

        var testDescription: String { "rate \(rate), \(count) rounds, explored \(explored), repeats \(repeats)" }
    }

    static let cases = [
        Case(rate: 0.05, count: 2_000, explored: 0.5), Case(rate: 0.1, count: 5_000, explored: 0.3),
        Case(rate: 0.2, count: 4_000, explored: 0.5), Case(rate: 0.3, count: 10_000, explored: 0.3),
        Case(rate: 0.05, count: 10_000, explored: 0.2), Case(rate: 0.1, count: 6_000, explored: 0.4, repeats: 3),
    ]

    @Test("The 95 % interval holds the truth in at least 93 % of 500 logs", arguments: cases)
    func coverage(_ item: Case) throws {
        var settings = OffPolicySettings()
        settings.bootstrapSamples = 0
        var held: [OffPolicyEstimator: Int] = [:]
        var heldPlain: [OffPolicyEstimator: Int] = [:]
        for run in UInt64(0)..<500 {
            let world = LoggedWorld(rate: item.rate, explored: item.explored, seed: run % 25)
            let log = try world.log(count: item.count, seed: 1_000 + run, repeats: item.repeats)
            for estimate in log.evaluated(settings).estimates {
                if estimate.interval.contains(world.truth) { held[estimate.estimator, default: 0] += 1 }
                if estimate.normal.contains(world.truth) { heldPlain[estimate.estimator, default: 0] += 1 }
            }
        }
        for estimator in [OffPolicyEstimator.inversePropensity, .selfNormalised, .doublyRobust, .switchDoublyRobust] {
            #expect(held[estimator, default: 0] >= 465, "\(estimator.name)")
        }
    }
}
