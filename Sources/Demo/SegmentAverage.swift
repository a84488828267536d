import Foundation
import WeirDomain

/// What many teams do: the average of the segment. Terciles of spend by terciles of frequency by type of campaign.
///
/// Spend and visits are those of the 60 days before the campaign's start; the terciles' edges and the averages come from
/// the campaigns before the cutoff.
struct SegmentAverage {
    struct Row {
        var campaign: Int
        var household: String
        var kind: String
        /// log(1 + spend) and log(1 + visits).
        var spend: Double
        var visits: Double
        var isRedeemed: Bool
    }

    private let spendEdges: (Double, Double)
    private let visitEdges: (Double, Double)
    private let means: [String: Double]
    private let overall: Double

    /// - Parameter training: Of campaigns before the cutoff.
    init(training: [Row]) {
        spendEdges = Self.edges(training.map(\.spend))
        visitEdges = Self.edges(training.map(\.visits))
        overall = training.isEmpty ? 0 : Double(training.count(where: \.isRedeemed)) / Double(training.count)
        var sums: [String: (redeemed: Int, count: Int)] = [:]
        for row in training {
            let cell = Self.cell(row, spendEdges, visitEdges)
            sums[cell, default: (0, 0)].count += 1
            if row.isRedeemed { sums[cell]!.redeemed += 1 }
        }
        means = sums.mapValues { Double($0.redeemed) / Double($0.count) }
    }

    func probability(_ row: Row) -> Double { means[Self.cell(row, spendEdges, visitEdges)] ?? overall }

    private static func cell(_ row: Row, _ spend: (Double, Double), _ visits: (Double, Double)) -> String {
        func tercile(_ value: Double, _ edges: (Double, Double)) -> Int {
            value <= edges.0 ? 0 : value <= edges.1 ? 1 : 2
        }
        return "\(row.kind)/\(tercile(row.spend, spend))/\(tercile(row.visits, visits))"
    }

    /// The 33 % and 67 % quantiles, linear between neighbours.
    private static func edges(_ values: [Double]) -> (Double, Double) {
        let sorted = values.sorted()
        func quantile(_ share: Double) -> Double {
            guard let last = sorted.last else { return 0 }
            let position = share * Double(sorted.count - 1)
            let below = Int(position)
            guard below + 1 < sorted.count else { return last }
            return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
        }
        return (quantile(0.33), quantile(0.67))
    }

    /// One row per campaign and household that received it.
    static func rows(of data: JourneyData) -> [Row] {
        var byHousehold: [String: [(time: Timestamp, sales: Double)]] = [:]
        for basket in data.baskets { byHousehold[basket.household, default: []].append((basket.time, basket.sales)) }
        let first = data.firstRedemptions()
        return data.campaigns.enumerated().flatMap { index, campaign in
            campaign.households.map { household in
                let recent = (byHousehold[household] ?? []).filter {
                    $0.time < campaign.start && $0.time >= campaign.start - .days(60)
                }
                return Row(
                    campaign: index, household: household, kind: campaign.kind,
                    spend: log1p(abs(recent.reduce(0) { $0 + $1.sales })), visits: log1p(Double(recent.count)),
                    isRedeemed: first["\(campaign.id)/\(household)"] != nil)
            }
        }
    }
}
