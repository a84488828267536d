import Foundation
import Testing
import WeirDemo
import WeirDomain
import WeirStatistics

/// The files of `Examples/complete-journey`, which are part of the project.
private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/complete-journey/data")

@Suite("The year of shopping")
struct JourneyTests {
    @Test("All of the year is read")
    func counts() throws {
        let journey = try JourneyData(folder: folder)
        #expect(journey.baskets.count == 155_848)
        #expect(journey.campaigns.count == 27)
        #expect(journey.campaigns.reduce(0) { $0 + $1.households.count } == 6_589)
        #expect(journey.redemptions.count == 2_102)
        let sales = journey.baskets.reduce(0) { $0 + $1.sales }
        #expect(abs(sales - 4_596_039.58) < 0.01)
        #expect(zip(journey.baskets, journey.baskets.dropFirst()).allSatisfy { $0.time <= $1.time })
    }

    @Test("Restricted to some households, nobody else's shopping is read")
    func restricted() throws {
        let journey = try JourneyData(folder: folder, only: ["900", "1228"])
        #expect(Set(journey.baskets.map(\.household)) == ["900", "1228"])
        #expect(Set(journey.campaigns.flatMap(\.households)).isSubset(of: ["900", "1228"]))
        #expect(Set(journey.redemptions.map(\.household)).isSubset(of: ["900", "1228"]))
    }

    @Test("The segment averages equal the peer's", .timeLimit(.minutes(2)))
    func segmentAverages() throws {
        let demo = Demo(
            data: try JourneyData(folder: folder), baseURL: "", cutoff: Timestamp(iso8601: "2017-08-01")!,
            advance: { _ in })
        let metrics = try #require(demo.segmentMetrics)
        // Benchmarked with pandas 1.5.3 and scikit-learn 1.9.1 on the same files.
        #expect(metrics.count == 3_739)
        #expect(abs(metrics.auc! - 0.68921) < 5e-6)
        #expect(abs(metrics.logLoss - 0.409561) < 5e-7)
        #expect(abs(metrics.calibrationError - 0.0345732) < 5e-8)
        #expect(abs(metrics.top5 - 0.321267) < 5e-7)
        #expect(abs(metrics.top20 - 0.26506) < 5e-6)
    }

    @Test("A folder without the data says what to do")
    func missing() {
        #expect(throws: DemoError.self) { try JourneyData(folder: URL(fileURLWithPath: "nowhere")) }
    }
}
