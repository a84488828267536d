import AsyncHTTPClient
package import WeirDomain
import WeirJSON
package import WeirStatistics

/// Replays the year through a server's HTTP API, in event time.
///
/// 1. *Who gets the campaign.* At the first moment of a campaign's first day, before anything of that day, each household
///    that really received it is scored. What was sent is then told to the server; redemptions follow when they happened.
/// 2. *The moment of interaction.* At each basket the till asks for an offer; then the basket itself arrives. Where the
///    household really received the chosen campaign, the log says whether it redeemed, and that is reported; where it
///    did not, nothing is.
package struct Demo: Sendable {
    package let data: JourneyData
    let baseURL: String
    let cutoff: Timestamp
    /// Sets the server's clock and returns when all that is due by then is done.
    let advance: @Sendable (Timestamp) async throws -> Void
    private let rows: [SegmentAverage.Row]
    private let segmentProbabilities: [Double]

    /// - Parameter cutoff: Campaigns that start earlier only teach; the others are reported.
    package init(
        data: JourneyData, baseURL: String, cutoff: Timestamp,
        advance: @escaping @Sendable (Timestamp) async throws -> Void
    ) {
        self.data = data
        self.baseURL = baseURL
        self.cutoff = cutoff
        self.advance = advance
        let rows = SegmentAverage.rows(of: data)
        let segments = SegmentAverage(training: rows.filter { data.campaigns[$0.campaign].start < cutoff })
        self.rows = rows
        segmentProbabilities = rows.map { segments.probability($0) }
    }

    /// Runs the replay.
    ///
    /// - Parameter progress: Called a few times for each replayed day.
    /// - Returns: All but the budget, and what only the server knows of latency.
    package func run(progress: @escaping @Sendable (DemoProgress) async -> Void) async throws -> DemoReport {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.concurrency
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        var replay = DemoReplay(self, client: DemoClient(baseURL: baseURL, http: http), rows: rows)
        let start = ContinuousClock.now
        do {
            try await replay.run(progress)
        } catch {
            try? await http.shutdown()
            throw error
        }
        try await http.shutdown()
        var report = replay.report
        report.durationSeconds = start.duration(to: .now) / .seconds(1)
        report.households = Set(data.baskets.map(\.household)).union(data.campaigns.flatMap(\.households)).count
        (report.segment, report.individual) = comparison(replay.probabilities)
        return report
    }

    static let concurrency = 16

    /// The segment averages on all campaigns from the cutoff on; known before the replay, since they learn nothing in it.
    package var segmentMetrics: RankingMetrics? {
        comparison(rows.map { _ in 0 }).segment
    }

    /// Both ways of scoring on the campaigns from the cutoff on that have been scored.
    func comparison(_ probabilities: [Double?]) -> (segment: RankingMetrics?, individual: RankingMetrics?) {
        var labels: [Bool] = []
        var segment: [Double] = []
        var individual: [Double] = []
        for (index, row) in rows.enumerated() where data.campaigns[row.campaign].start >= cutoff {
            guard let probability = probabilities[index] else { continue }
            labels.append(row.isRedeemed)
            segment.append(segmentProbabilities[index])
            individual.append(probability)
        }
        guard !labels.isEmpty else { return (nil, nil) }
        return (
            RankingMetrics(labels: labels, probabilities: segment),
            RankingMetrics(labels: labels, probabilities: individual)
        )
    }
}
