import WeirTimeSeries
import Foundation
import Testing
import WeirReporting
import WeirStatistics

/// Set to measure the documented figures with many runs; else fewer, with bounds as much wider.
private let isLongTest = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"

@Suite("Interrupted series: how often the range holds the truth")
struct TimeSeriesCoverageTests {
    /// Shares of runs in which the 95 % range of the sum holds the true effect.
    static func coverage(count: Int, drift: Double, effect: Double, runs: Int) throws -> Double {
        let week: [Double] = [1.5, -1, 0, 0.6, -1.2, 2.1, -2]
        var covered = 0
        for run in 0..<runs {
            var random = Xoshiro256StarStar(seed: UInt64(run) + 1)
            var level = 0.0
            let values = (0..<count + 30).map { day in
                level += drift * random.standardNormal()
                // An effect that grows over its first ten days.
                let added = day < count ? 0 : effect * min(1, Double(day - count + 1) / 10)
                return 100 + level + week[day % 7] + random.standardNormal() + added
            }
            let truth = (0..<30).reduce(0) { $0 + effect * min(1, Double($1 + 1) / 10) }
            let result = try InterruptedSeries(
                DatedSeries(firstDay: 19_000, values: values), .init(start: 19_000 + count))
            if try #require(result.cumulative.lower) <= truth, try #require(result.cumulative.upper) >= truth {
                covered += 1
            }
        }
        return Double(covered) / Double(runs)
    }

    @Test(
        "The 95 % range holds the truth at its rate where the level drifts, with and without effect",
        arguments: [(100, 0.1, 0.0), (100, 0.3, 5), (200, 0.1, 5), (200, 0.05, 0)])
    func covers(_ count: Int, _ drift: Double, _ effect: Double) throws {
        let runs = isLongTest ? 600 : 40
        let share = try Self.coverage(count: count, drift: drift, effect: effect, runs: runs)
        print("Interrupted series, \(count) days before, drift \(drift), effect \(effect): \(share) of \(runs)")
        #expect(share >= (isLongTest ? 0.93 : 0.87))
        if isLongTest { #expect(share <= 0.97) }
    }
}
