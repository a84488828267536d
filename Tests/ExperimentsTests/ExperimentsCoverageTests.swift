import WeirExperiments
import Foundation
import Testing
import WeirStatistics

/// How often nominal 95 % ranges hold a truth that is known; 2,000 runs, or 20,000 where WEIR_LONG_TESTS is 1.
@Suite("Experiment: coverage")
struct ExperimentsCoverageTests {
    static let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"

    static func coverage(
        _ name: String, seed: UInt64, _ run: (inout Xoshiro256StarStar) -> (covered: Bool, isHeld: Bool)
    ) -> (absolute: Double, relative: Double) {
        var random = Xoshiro256StarStar(seed: seed)
        let runs = isLong ? 20_000 : 2_000
        var covered = (0, 0)
        for _ in 0..<runs {
            let (absolute, relative) = run(&random)
            covered = (covered.0 + (absolute ? 1 : 0), covered.1 + (relative ? 1 : 0))
        }
        let shares = (Double(covered.0) / Double(runs), Double(covered.1) / Double(runs))
        print("Coverage, \(name): \(shares.0) absolute, \(shares.1) relative in \(runs) runs.")
        return shares
    }

    static func holds(_ control: SampleSummary, _ treatment: SampleSummary, _ absolute: Double, _ relative: Double) -> (
        Bool, Bool
    ) {
        let one = meanEffect(control, treatment)
        let two = meanEffect(control, treatment, isRelative: true)
        return (one.lower <= absolute && absolute <= one.upper, two.lower <= relative && relative <= two.upper)
    }

    static let nominal = 0.94...0.96

    @Test("Shares") func shares() {
        let found = Self.coverage("shares", seed: 11) { random in
            let control = SampleSummary(successes: (0..<800).count { _ in random.unit() < 0.2 }, trials: 800)
            let treatment = SampleSummary(successes: (0..<1_000).count { _ in random.unit() < 0.25 }, trials: 1_000)
            return Self.holds(control, treatment, 0.05, 0.25)
        }
        #expect(Self.nominal.contains(found.absolute) && Self.nominal.contains(found.relative))
    }

    @Test("Means of skewed amounts") func means() {
        let found = Self.coverage("means", seed: 12) { random in
            func amount(_ mean: Double) -> Double { -mean * log(1 - random.unit()) }
            let control = SampleSummary((0..<400).map { _ in amount(20) })
            let treatment = SampleSummary((0..<500).map { _ in amount(22) })
            return Self.holds(control, treatment, 2, 0.1)
        }
        #expect(Self.nominal.contains(found.absolute) && Self.nominal.contains(found.relative))
    }

    @Test("Ratios of two sums") func ratios() {
        let found = Self.coverage("ratios", seed: 13) { random in
            func arm(_ count: Int, _ value: Double) -> SampleSummary {
                var (amounts, orders): ([Double], [Double]) = ([], [])
                for _ in 0..<count {
                    // A buyer's taste moves all of the buyer's orders.
                    let number = Double(1 + Int(random.unit() * 4))
                    let taste = value * (0.5 + random.unit())
                    orders.append(number)
                    amounts.append(number * taste + random.standardNormal() * 5)
                }
                return SampleSummary(ratio: PairedMoments(amounts, orders))
            }
            return Self.holds(arm(400, 30), arm(400, 33), 3, 0.1)
        }
        #expect(Self.nominal.contains(found.absolute) && Self.nominal.contains(found.relative))
    }

    @Test("CUPED covers as often and is far narrower") func cuped() {
        var reach = (0.0, 0.0)
        let found = Self.coverage("CUPED", seed: 14) { random in
            func arm(_ count: Int, _ effect: Double) -> PairedMoments {
                var (after, before): ([Double], [Double]) = ([], [])
                for _ in 0..<count {
                    before.append(50 + 10 * random.standardNormal())
                    after.append(20 + effect + 0.8 * before[before.count - 1] + 5 * random.standardNormal())
                }
                return PairedMoments(after, before)
            }
            let (one, two) = (arm(300, 0), arm(300, 3))
            let theta = cupedTheta(one, two)
            let control = SampleSummary(adjusting: one, by: theta)
            let treatment = SampleSummary(adjusting: two, by: theta)
            reach.0 += meanEffect(control, treatment).standardError
            reach.1 += (one.variance / 300 + two.variance / 300).squareRoot()
            return Self.holds(control, treatment, 3, 0.05)
        }
        #expect(Self.nominal.contains(found.absolute))
        #expect(reach.0 < 0.6 * reach.1)
        // The relative form takes the means' unadjusted variances into no account but the control's own, as its peer does.
        #expect(found.relative > 0.94)
    }

    @Test("Quantiles: the arm's range at least as often, the difference about as often") func quantiles() {
        let truth = 20 * log(10.0)
        var held = 0
        let found = Self.coverage("90 % quantiles", seed: 15) { random in
            func arm(_ mean: Double) -> QuantileSummary {
                QuantileSummary(sorted: (0..<400).map { _ in -mean * log(1 - random.unit()) }.sorted(), share: 0.9)
            }
            let (one, two) = (arm(20), arm(24))
            if one.lower <= truth, truth <= one.upper { held += 1 }
            let error = (one.standardError * one.standardError + two.standardError * two.standardError).squareRoot()
            return (abs(two.value - one.value - 0.2 * truth) <= 1.96 * error, true)
        }
        #expect(Double(held) / (Self.isLong ? 20_000 : 2_000) >= 0.945)
        #expect(found.absolute > 0.93 && found.absolute < 0.97)
    }
}
