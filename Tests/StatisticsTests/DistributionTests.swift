import Testing
import WeirStatistics

/// Within a relative error; expected values are from scipy 1.17.1 unless a test says otherwise.
func isClose(_ value: Double, _ expected: Double, within relative: Double) -> Bool {
    value == expected || abs(value - expected) <= relative * abs(expected)
}

@Suite("Distributions")
struct DistributionTests {
    @Test(
        "The normal quantile is exact in its middle and far in its tails",
        arguments: [
            (1e-300, -37.0470962993612), (1e-10, -6.361340902404056), (0.001, -3.090232306167813),
            (0.025, -1.9599639845400545), (0.3, -0.5244005127080409), (0.5, 0), (0.9, 1.2815515655446004),
            (0.999999, 4.753424308817087), (0, -.infinity), (1, .infinity),
        ])
    func normalQuantile(p: Double, expected: Double) {
        #expect(isClose(StandardNormal.quantile(p), expected, within: 1e-14))
    }

    @Test(
        "The normal distribution and its density keep their digits in both tails",
        arguments: [
            (-37.5, 4.605353009581954e-308, 1.7282337322841054e-306),
            (-8, 6.22096057427174e-16, 5.052271083536893e-15),
            (-1.96, 0.024997895148220435, 0.058440944333451476), (0, 0.5, 0.3989422804014327),
            (0.5, 0.6914624612740131, 0.35206532676429947), (3, 0.9986501019683699, 0.0044318484119380075),
            (9, 1, 1.0279773571668917e-18),
        ])
    func normal(x: Double, cumulative: Double, density: Double) {
        #expect(isClose(StandardNormal.cumulative(x), cumulative, within: 1e-12))
        #expect(isClose(StandardNormal.density(x), density, within: 1e-12))
    }

    @Test(
        "The chi-square survival function matches, by the series and by the fraction",
        arguments: [
            (0, 1, 1), (0.001, 1, 0.9747728793699604), (3.841458820694124, 1, 0.04999999999999989),
            (10, 3, 0.01856613546304325), (255, 255, 0.48822252177040637), (400, 255, 1.6600025244123397e-08),
            (1, 10, 0.9998278843700441), (500, 2, 2.6691902155412655e-109), (.infinity, 4, 0),
        ])
    func chiSquare(x: Double, degrees: Double, expected: Double) {
        #expect(isClose(chiSquareSurvival(x, degreesOfFreedom: degrees), expected, within: 1e-11))
    }

    @Test(
        "Student's t matches",
        arguments: [
            (0, 3, 0.5), (-2.5, 1.5, 0.08490325130734802), (2, 10, 0.9633059826146299),
            (-40, 4, 1.1670081613006339e-06), (1.2, 1000, 0.8847882238377665),
        ])
    func studentT(t: Double, degrees: Double, expected: Double) {
        #expect(isClose(StudentT.cumulative(t, degreesOfFreedom: degrees), expected, within: 1e-11))
    }

    @Test(
        "The quantile of Student's t matches",
        arguments: [
            (0.975, 1, 12.706204736174694), (0.975, 7.3, 2.345066736547703), (0.01, 30, -2.4572615424005915),
            (0.6, 250, 0.2536168815819393), (0.5, 5, 0),
        ])
    func studentTQuantile(p: Double, degrees: Double, expected: Double) {
        #expect(isClose(StudentT.quantile(p, degreesOfFreedom: degrees), expected, within: 1e-9))
    }

    @Test("The logistic function and its inverse do not overflow")
    func logistic() {
        #expect(sigmoid(0) == 0.5)
        #expect(sigmoid(-1000) == 0)
        #expect(sigmoid(1000) == 1)
        #expect(isClose(sigmoid(-40), 4.248354255291589e-18, within: 1e-14))
        #expect(logit(0) == -.infinity)
        #expect(logit(1) == .infinity)
        for x in stride(from: -30.0, through: 10, by: 0.5) { #expect(abs(logit(sigmoid(x)) - x) < 1e-9) }
    }
}
