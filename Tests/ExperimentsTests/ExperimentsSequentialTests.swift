import WeirExperiments
import Foundation
import Testing
import WeirStatistics

@Suite("Experiment: looking more than once")
struct ExperimentsSequentialTests {
    @Test(
        "Boundaries are those published",
        arguments: [
            // Jennison, Turnbull, "Group Sequential Methods" (2000), tables 2.1 and 2.3.
            (GroupSequentialDesign.Shape.classicObrienFleming, 2, [2.797, 1.977], 0.0015),
            (.classicObrienFleming, 5, [4.562, 3.226, 2.634, 2.281, 2.040], 0.0015),
            (.classicPocock, 2, [2.178, 2.178], 0.0006),
            (.classicPocock, 5, [2.413, 2.413, 2.413, 2.413, 2.413], 0.0006),
            (.classicPocock, 10, [Double](repeating: 2.555, count: 10), 0.0006),
            // Reboussin, DeMets, Kim, Lan, "Computations for Group Sequential Boundaries" (2000), of Lan and DeMets' spending.
            (.obrienFleming, 5, [4.8769, 3.3569, 2.6803, 2.2898, 2.0310], 0.0006),
            (.pocock, 5, [2.4380, 2.4268, 2.4101, 2.3966, 2.3859], 0.0006),
        ])
    func boundaries(shape: GroupSequentialDesign.Shape, looks: Int, expected: [Double], within: Double) {
        let found = GroupSequentialDesign(equallySpaced: looks, shape: shape).boundaries()
        for (value, published) in zip(found, expected) { #expect(abs(value - published) <= within, "\(found)") }
    }

    @Test("One look is no different from none planned", arguments: GroupSequentialDesign.Shape.allCases)
    func oneLook(shape: GroupSequentialDesign.Shape) {
        #expect(abs(GroupSequentialDesign(equallySpaced: 1, shape: shape).boundaries()[0] - 1.959963984540054) < 1e-9)
        let oneSided = GroupSequentialDesign(equallySpaced: 1, shape: shape, isTwoSided: false)
        #expect(abs(oneSided.boundaries()[0] - 1.6448536269514722) < 1e-9)
    }

    @Test("A z statistic on the boundary has the error allowed as its repeated p-value", arguments: 1...4)
    func repeated(look: Int) {
        let design = GroupSequentialDesign(looks: [0.2, 0.5, 0.7, 1])
        let z = design.boundaries()[look - 1]
        #expect(abs(design.repeatedPValue(z: z, look: look) - 0.05) < 1e-6)
        #expect(design.repeatedPValue(z: z + 0.1, look: look) < 0.05)
        #expect(design.repeatedPValue(z: z - 0.1, look: look) > 0.05)
    }

    @Test("Planned looks err no more often than stated", arguments: GroupSequentialDesign.Shape.allCases)
    func falsePositives(shape: GroupSequentialDesign.Shape) {
        let design = GroupSequentialDesign(looks: [0.25, 0.5, 0.75, 1], shape: shape)
        let bounds = design.boundaries()
        var random = Xoshiro256StarStar(seed: 21)
        let runs = 20_000
        let crossed = (0..<runs).count { _ in
            var sum = 0.0
            var isCrossed = false
            for bound in bounds.enumerated() {
                sum += random.standardNormal()
                if abs(sum) / Double(bound.offset + 1).squareRoot() >= bound.element { isCrossed = true }
            }
            return isCrossed
        }
        // Four standard errors of the simulation.
        #expect(abs(Double(crossed) / Double(runs) - 0.05) < 0.0062)
    }

    /// Runs without an effect in which the range ever left zero, looking after each pair of units.
    static func everCrossed(
        runs: Int, pairs: Int, from first: Int, seed: UInt64, draw: (inout Xoshiro256StarStar) -> Double
    ) -> Int {
        var random = Xoshiro256StarStar(seed: seed)
        let sequence = AlwaysValid()
        return (0..<runs).count { _ in
            var sums = (0.0, 0.0, 0.0, 0.0)
            for count in 1...pairs {
                let (one, two) = (draw(&random), draw(&random))
                sums = (sums.0 + one, sums.1 + one * one, sums.2 + two, sums.3 + two * two)
                guard count >= first else { continue }
                let effect = sequence.effect(
                    SampleSummary(count: count, sum: sums.0, sumOfSquares: sums.1),
                    SampleSummary(count: count, sum: sums.2, sumOfSquares: sums.3))
                if effect.lower > 0 || effect.upper < 0 { return true }
            }
            return false
        }
    }

    @Test("Looking after each pair of units up to 5,000 errs in at most 5 % of 2,000 runs: amounts")
    func peekingAmounts() {
        let crossed = Self.everCrossed(runs: 2_000, pairs: 2_500, from: 20, seed: 1) { $0.standardNormal() * 15 + 40 }
        print("Always valid, amounts: \(crossed) of 2,000 runs err under continuous peeking.")
        #expect(crossed <= 100)
    }

    @Test("Looking after each pair of units up to 5,000 errs in at most 5 % of 2,000 runs: shares")
    func peekingShares() {
        let crossed = Self.everCrossed(runs: 2_000, pairs: 2_500, from: 100, seed: 2) { $0.unit() < 0.1 ? 1 : 0 }
        print("Always valid, shares: \(crossed) of 2,000 runs err under continuous peeking.")
        #expect(crossed <= 100)
    }

    @Test("The p-value and the range agree about zero", arguments: UInt64(0)..<100)
    func duality(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let control = SampleSummary(count: 900, mean: 10, variance: 25)
        let treatment = SampleSummary(count: 1_100, mean: 10 + random.unit() * 2 - 1, variance: 30)
        for isRelative in [false, true] {
            let effect = AlwaysValid().effect(control, treatment, isRelative: isRelative)
            #expect((effect.pValue < 0.05) == (effect.lower > 0 || effect.upper < 0))
        }
    }
}
