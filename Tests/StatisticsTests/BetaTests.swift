import Foundation
import Testing
import WeirStatistics

/// Expected values are from scipy 1.17.1; of the noncentral t from an integration with 40 digits, since scipy's loses them.
@Suite("Beta, chi-square quantiles and the noncentral t")
struct BetaTests {
    @Test(
        "The incomplete beta function matches, for shapes below 1 and in the millions",
        arguments: [
            (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.1, 0.05230000000000001),
            (16000, 42000, 0.277, 0.7304003948385147), (1e6, 2e6, 0.3331, 0.19564360269015757),
            (0.5, 1e5, 1e-9, 0.011283401455349907), (30, 2, 0.999, 0.9995438962809783),
            (1e7, 3e7, 0.25002, 0.614923342905294), (3, 4, 0, 0), (3, 4, 1, 1),
        ])
    func incompleteBeta(a: Double, b: Double, x: Double, expected: Double) {
        #expect(isClose(regularisedIncompleteBeta(a, b, x), expected, within: 1e-10))
    }

    @Test("Both sides of the incomplete beta function add up to one", arguments: UInt64(0)..<200)
    func complement(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b, x) = (pow(10, random.unit() * 7 - 1), pow(10, random.unit() * 7 - 1), random.unit())
        #expect(abs(regularisedIncompleteBeta(a, b, x) + regularisedIncompleteBeta(b, a, 1 - x) - 1) < 1e-9)
    }

    @Test(
        "Beta quantiles match, the smallest too",
        arguments: [
            (0.025, 0.5, 100.5, 4.898073104397486e-06), (0.975, 0.5, 100.5, 0.02474527001526989),
            (1e-6, 3, 4, 0.003694265299405909), (0.025, 1e5, 3e5, 0.2486592911088105), (0.5, 2, 2, 0.5),
            (0.975, 1, 1e6, 3.688872650206488e-06), (0.3, 500, 0.5, 0.9989258459629038), (0, 2, 3, 0), (1, 2, 3, 1),
        ])
    func betaQuantile(p: Double, a: Double, b: Double, expected: Double) {
        #expect(isClose(BetaDistribution.quantile(p, a: a, b: b), expected, within: 1e-11))
    }

    @Test("A beta quantile leads back to its probability", arguments: UInt64(0)..<200)
    func betaRoundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (a, b, p) = (pow(10, random.unit() * 6 - 0.7), pow(10, random.unit() * 6 - 0.7), random.unit())
        let x = BetaDistribution.quantile(p, a: a, b: b)
        // A quantile next to 1 has no more digits to give.
        if x < 1 - 1e-9 { #expect(abs(BetaDistribution.cumulative(x, a: a, b: b) - p) < 1e-7) }
    }

    @Test(
        "Chi-square quantiles match",
        arguments: [
            (0.95, 1, 3.841458820694124), (0.001, 3, 0.024297585815692732), (0.999, 60, 99.60723306984946),
            (0.5, 0.5, 0.0873476047057468),
        ])
    func chiSquareQuantile(p: Double, degrees: Double, expected: Double) {
        #expect(isClose(ChiSquare.quantile(p, degreesOfFreedom: degrees), expected, within: 1e-10))
    }

    @Test(
        "The noncentral t keeps its digits for few and many degrees of freedom, and in the far tail",
        arguments: [
            (2, 10, 1, 0.80761156253037526), (-2, 10, 1, 0.003302485766631587), (1.96, 5000, 2.8, 0.20047194236570048),
            (-3, 4, 2.5, 2.069659046049652e-5), (12.7, 1, 3, 0.81380321800760411),
            (3.29, 200_000, 40, 2.5751848066273944e-295), (0.5, 0.7, -1, 0.90375963034458978),
            (-1.97, 300, 6, 9.8712556473899913e-16),
        ])
    func noncentralT(t: Double, degrees: Double, shift: Double, expected: Double) {
        let cumulative = NoncentralT.cumulative(t, degreesOfFreedom: degrees, noncentrality: shift)
        #expect(isClose(cumulative, expected, within: 1e-9))
        let survival = NoncentralT.survival(t, degreesOfFreedom: degrees, noncentrality: shift)
        #expect(abs(cumulative + survival - 1) < 1e-12)
    }

    @Test("F with one numerator degree is the square of Student's t, and with many denominator ones the chi-square")
    func fisher() {
        let t = 2 * StudentT.cumulative(-1.7, degreesOfFreedom: 9)
        #expect(isClose(FDistribution.survival(1.7 * 1.7, numerator: 1, denominator: 9), t, within: 1e-12))
        let chiSquare = chiSquareSurvival(3 * 2.2, degreesOfFreedom: 3)
        #expect(isClose(FDistribution.survival(2.2, numerator: 3, denominator: 1e7), chiSquare, within: 1e-6))
        #expect(FDistribution.survival(0, numerator: 3, denominator: 5) == 1)
    }
}
