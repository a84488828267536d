import WeirExperiments
import Testing
import WeirStatistics

@Suite("Experiment: shares")
struct ExperimentsSharesTests {
    @Test(
        "The score interval is Miettinen's and Nurminen's, by a likelihood maximised numerically",
        arguments: [
            (19, 305, 1, 364, 0.999, -0.12213606768714941, -0.02112436644924105),
            (5, 20, 12, 25, 0.95, -0.05929639430866663, 0.47837688403544837),
            (0, 30, 4, 32, 0.95, 0.0028857810985629378, 0.2822138171952584),
            (200, 1000, 260, 1100, 0.9, 0.006655939951611322, 0.06592639703713947),
        ])
    func score(x0: Int, n0: Int, x1: Int, n1: Int, confidence: Double, lower: Double, upper: Double) {
        let range = ShareDifferenceInterval.score.interval(
            ShareCount(x0, of: n0), ShareCount(x1, of: n1), confidence: confidence)
        #expect(abs(range.lower - lower) < 1e-8)
        #expect(abs(range.upper - upper) < 1e-8)
    }

    @Test(
        "Fisher's test matches scipy",
        arguments: [
            (ShareCount(1, of: 10), ShareCount(7, of: 12), Side.both, 0.030959752321981428),
            (ShareCount(1, of: 10), ShareCount(7, of: 12), .greater, 0.02631578947368421),
            (ShareCount(1, of: 10), ShareCount(7, of: 12), .less, 0.9984520123839009),
            (ShareCount(0, of: 500), ShareCount(3, of: 480), .both, 0.11712700144885592),
            (ShareCount(0, of: 5), ShareCount(0, of: 6), .both, 1),
        ])
    func fisher(control: ShareCount, treatment: ShareCount, side: Side, expected: Double) {
        #expect(abs(fisherExactPValue(control, treatment, side: side) - expected) < 1e-9)
    }

    @Test("The exact interval of a share never errs more often than stated", arguments: [0.002, 0.02, 0.1, 0.5])
    func clopperPearson(share: Double) {
        // All outcomes of 40 trials by their probability: nothing is left to a simulation.
        var covered = 0.0
        for successes in 0...40 {
            let range = ShareInterval.clopperPearson.interval(successes: successes, trials: 40)
            let above =
                successes == 40
                ? 1 : BetaDistribution.cumulative(1 - share, a: Double(40 - successes), b: Double(successes + 1))
            let below =
                successes == 0
                ? 0 : BetaDistribution.cumulative(1 - share, a: Double(41 - successes), b: Double(successes))
            if range.contains(share) { covered += above - below }
        }
        #expect(covered >= 0.95)
        #expect(covered <= 1.0000001)
    }

    @Test(
        "The exact range of a difference holds the truth often enough where counts are tiny",
        arguments: [0.005, 0.05, 0.3])
    func exactDifference(share: Double) {
        var random = Xoshiro256StarStar(seed: 5)
        var covered = 0
        for _ in 0..<1_000 {
            func draw(_ p: Double) -> ShareCount { ShareCount((0..<60).count { _ in random.unit() < p }, of: 60) }
            let range = exactShareEffects(draw(share), draw(share * 1.5)).absolute
            if range.contains(share / 2) { covered += 1 }
        }
        #expect(covered >= 950)
    }

    @Test("At the edges exact intervals end at 0 and 1")
    func edges() {
        #expect(ShareInterval.clopperPearson.interval(successes: 0, trials: 20).lower == 0)
        #expect(ShareInterval.clopperPearson.interval(successes: 20, trials: 20).upper == 1)
        // The rule of three: no success in n trials leaves about 3.7 ÷ n at 97.5 %.
        let upper = ShareInterval.clopperPearson.interval(successes: 0, trials: 10_000).upper
        #expect(abs(upper - 3.688e-4) < 1e-6)
    }
}
