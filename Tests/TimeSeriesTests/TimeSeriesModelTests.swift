import WeirTimeSeries
import Foundation
import Testing
import WeirStatistics

/// Figures of statsmodels 0.15 (`UnobservedComponents`, exact diffuse start, coefficients in the state).
@Suite("Structural model against statsmodels")
struct TimeSeriesModelTests {
    /// 120 days with a week's season, three gaps, a control and an event; the peer drew the same numbers.
    static let (outcome, control, event) = {
        var random = SplitMix64(seed: 11)
        var level = 0.0
        var columns: [[Double]] = [[], [], []]
        let week: [Double] = [5, -3, 0, 2, -4, 7, -7]
        for day in 0..<120 {
            level += (random.unit() - 0.5) * 2
            let control = random.unit()
            let event = [20, 55, 90].contains(day) ? 1.0 : 0
            columns[0].append(100 + level + week[day % 7] + 4 * control + 9 * event + (random.unit() - 0.5) * 6)
            columns[1].append(control)
            columns[2].append(event)
        }
        for gap in [33, 34, 70] { columns[0][gap] = .nan }
        return (columns[0], columns[1], columns[2])
    }()

    struct Case: Sendable {
        var name: String
        var model: StructuralModel
        var usesRegressors: Bool
        /// At a noise variance of 4.
        var ratios: [Double]
        var logLikelihood: Double
        var level: Double
        /// After 1, 7 and 20 steps.
        var means: [Double]
        var variances: [Double]
        /// Of 20 steps.
        var sum: Double
        var sumVariance: Double
    }

    static let cases = [
        Case(
            name: "level and fixed season", model: StructuralModel(), usesRegressors: false, ratios: [0.25],
            logLikelihood: -252.52593622679464, level: 103.51889260168649,
            means: [103.72205792839944, 101.24067240020798, 108.1561934711309],
            variances: [6.96477744572205, 12.704963137151015, 25.805604178694995], sum: 2072.656072235208,
            sumVariance: 3594.3955681026114),
        Case(
            name: "varying season, regressors", model: StructuralModel(season: .varying), usesRegressors: true,
            ratios: [0.25, 0.0125], logLikelihood: -211.96652205683003, level: 101.00009431689357,
            means: [102.39979068999483, 98.97849946915053, 110.28080602089801],
            variances: [7.628776472896702, 13.27125969683568, 26.60405786144784], sum: 2062.3960203631473,
            sumVariance: 3614.692756782844),
        Case(
            name: "varying slope and season, regressors",
            model: StructuralModel(slope: .varying, season: .varying), usesRegressors: true,
            ratios: [0.25, 0.0005, 0.0125], logLikelihood: -214.81885628440693, level: 101.01352787960357,
            means: [102.41285705969185, 99.0191275700115, 110.36797919250668],
            variances: [7.967091725430825, 16.872013503324226, 53.93711466158533], sum: 2063.365771251152,
            sumVariance: 6745.384115685254),
        Case(
            name: "fixed slope and season, regressors", model: StructuralModel(slope: .fixed), usesRegressors: true,
            ratios: [0.25], logLikelihood: -212.73079256960918, level: 101.02074772621829,
            means: [102.32517340501411, 99.08609184051114, 110.67414620071018],
            variances: [7.15603464938529, 13.726460638738866, 30.783680693168264], sum: 2065.4378436554266,
            sumVariance: 4208.2853111177055),
    ]

    static func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
        abs(a - b) <= tolerance * max(1, abs(b))
    }

    @Test("Likelihood, level, forecasts and their joint variance equal the peer's to 1e-9", arguments: cases)
    func givenVariances(_ expected: Case) throws {
        let columns = [Self.outcome] + (expected.usesRegressors ? [Self.control, Self.event] : [])
        let filter = StructuralFilter(model: expected.model, columns: columns, count: 100)
        let fit = try #require(filter.fit(ratios: expected.ratios))
        // The peer's noise variance is given as 4, ours is the most likely one.
        let (degrees, scale) = (Double(fit.degreesOfFreedom), 4 / fit.variance)
        let likelihood = fit.logLikelihood - 0.5 * degrees * (log(scale) + 1 / scale - 1)
        #expect(Self.isClose(likelihood, expected.logLikelihood))
        #expect(Self.isClose(fit.state(0), expected.level))
        let forecast = filter.forecast(fit, isCounted: [Bool](repeating: true, count: 20))
        for (index, step) in [0, 6, 19].enumerated() {
            #expect(Self.isClose(forecast.means[step], expected.means[index]))
            #expect(Self.isClose(forecast.variances[step] * scale, expected.variances[index]))
        }
        #expect(Self.isClose(forecast.sums[19], expected.sum))
        #expect(Self.isClose(forecast.sumVariances[19] * scale, expected.sumVariance))
    }

    @Test("Coefficients and their errors equal the peer's to 1e-9")
    func coefficients() throws {
        let filter = StructuralFilter(
            model: StructuralModel(season: .varying), columns: [Self.outcome, Self.control, Self.event], count: 100)
        let fit = try #require(filter.fit(ratios: [0.25, 0.0125]))
        let scale = (4 / fit.variance).squareRoot()
        #expect(Self.isClose(fit.coefficients[0], 4.323953528168245))
        #expect(Self.isClose(fit.coefficients[1], 11.3015736436288))
        #expect(Self.isClose(fit.standardError(0) * scale, 0.8385291749566086))
        #expect(Self.isClose(fit.standardError(1) * scale, 1.518642215324268))
    }

    @Test(
        "Maximum likelihood reaches the peer's: likelihood to 1e-8, variances to 1e-4, or beats it",
        arguments: [
            (StructuralModel(), -205.6215973693181, [2.455001802405214, 0.565949860822787]),
            (StructuralModel(season: .varying), -205.6215973693181, [2.455001802405214, 0.565949860822787, 0]),
            // The peer stops a little below the top here.
            (StructuralModel(slope: .varying, season: .none), -301.97795277, [27.606, 0.32198, 0]),
        ])
    func maximum(_ model: StructuralModel, _ likelihood: Double, _ variances: [Double]) throws {
        let filter = StructuralFilter(
            model: model, columns: [Self.outcome, Self.control, Self.event], count: 100)
        let best = try #require(StructuralEstimate(filter)).best
        #expect(best.logLikelihood > likelihood - 1e-8 * 300)
        #expect(abs(best.variance - variances[0]) < 1e-4 * variances[0])
        for (ratio, variance) in zip(best.ratios, variances.dropFirst()) {
            #expect(abs(ratio * best.variance - variance) < 1e-3 * max(0.1, variance))
        }
    }
}
