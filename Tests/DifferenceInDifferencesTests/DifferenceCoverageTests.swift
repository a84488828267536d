import WeirDifferenceInDifferences
import Foundation
import Testing
import WeirStatistics

/// Set to measure the documented figures with many runs; else fewer, with bounds as much wider.
private let isLongTest = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"

@Suite("Difference in differences: how often the range holds the truth")
struct DifferenceCoverageTests {
    /// Units with errors that go on in time, and adoption times drawn by the caller.
    static func panel(adoption: [Int], times: Int, effect: Double, seed: UInt64) -> TreatmentPanel {
        var random = Xoshiro256StarStar(seed: seed)
        let shared = (0..<times).map { _ in random.standardNormal() }
        let outcomes = adoption.map { first in
            let base = 3 * random.standardNormal()
            var error = random.standardNormal()
            return (0..<times).map { time in
                error = 0.7 * error + (1 - 0.49).squareRoot() * random.standardNormal()
                return 10 + base + shared[time] + error + (time >= first ? effect : 0)
            }
        }
        return TreatmentPanel(
            units: adoption.indices.map { "u\($0)" }, times: (0..<times).map(String.init), outcomes: outcomes,
            adoption: adoption)
    }

    struct Case: Sendable {
        var name: String
        var treated: Int
        var others: Int
        var isStaggered = false
    }

    static let cases = [
        Case(name: "10 and 10 clusters, bootstrap", treated: 10, others: 10),
        Case(name: "6 and 24 clusters, bootstrap", treated: 6, others: 24),
        Case(name: "40 and 40 clusters", treated: 40, others: 40),
        Case(name: "30 staggered and 20", treated: 30, others: 20, isStaggered: true),
    ]

    @Test("The 95 % range and the test of trends keep their rates", arguments: cases)
    func covers(_ setup: Case) throws {
        let runs = isLongTest ? 1000 : 80
        let adoption =
            (0..<setup.treated).map { setup.isStaggered ? 5 + 2 * ($0 % 3) : 7 }
            + [Int](repeating: 12, count: setup.others)
        var covered = 0
        var flagged = 0
        for run in 0..<runs {
            let result = try DifferenceInDifferences(
                Self.panel(adoption: adoption, times: 12, effect: 0.5, seed: UInt64(run) + 1),
                .init(draws: isLongTest ? 399 : 199))
            if result.effect.contains(0.5) { covered += 1 }
            if try #require(result.eventStudy.preTrend) < 0.05 { flagged += 1 }
        }
        let (share, alarms) = (Double(covered) / Double(runs), Double(flagged) / Double(runs))
        print("Difference in differences, \(setup.name): covers \(share), trend flagged \(alarms) of \(runs)")
        #expect(share > (isLongTest ? 0.93 : 0.88) && share < (isLongTest ? 0.97 : 1.01))
        #expect(alarms < (isLongTest ? 0.08 : 0.12))
    }
}
