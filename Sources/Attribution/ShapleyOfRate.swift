import Foundation
import WeirStatistics

/// The Shapley value of v(S) = conversion rate of the journeys whose channels all lie in S, 0 where there are none.
///
/// Exact over all subsets up to 15 channels; beyond, from drawn orders of the channels and their reverses. It can be
/// negative, and is unstable for channels with few journeys.
///
/// Source: Castro, Gómez, Tejada, "Polynomial Calculation of the Shapley Value Based on Sampling" (Computers &
/// Operations Research 36(5), 2009) for the drawn one.
struct ShapleyOfRate: Sendable {
    static let exactLimit = 15

    private let channels: Int
    /// Of each row's channels, one bit each.
    private let sets: ContiguousArray<UInt64>

    /// Nil beyond 64 channels.
    init?(_ journeys: JourneySet) {
        channels = journeys.channels.count
        guard channels <= 64 else { return nil }
        var sets: ContiguousArray<UInt64> = []
        sets.reserveCapacity(journeys.rows)
        for row in 0..<journeys.rows {
            var set: UInt64 = 0
            for touch in journeys.starts[row]..<journeys.starts[row + 1] { set |= 1 << UInt64(journeys.touches[touch]) }
            sets.append(set)
        }
        self.sets = sets
    }

    var isExact: Bool { channels <= Self.exactLimit }

    /// By channel, scaled to the number of conversions; nil where nothing converted.
    func exact(_ counts: JourneyCounts) -> [Double]? {
        let size = 1 << channels
        var won = [Double](repeating: 0, count: size)
        var seen = won
        for row in sets.indices {
            won[Int(sets[row])] += counts.conversions[row]
            seen[Int(sets[row])] += counts.conversions[row] + counts.abandoned[row]
        }
        let conversions = won.reduce(0, +)
        // Sums over all subsets, one channel at a time.
        for bit in 0..<channels {
            for set in 0..<size where set >> bit & 1 == 1 {
                won[set] += won[set ^ 1 << bit]
                seen[set] += seen[set ^ 1 << bit]
            }
        }
        let rates = won.indices.map { seen[$0] > 0 ? won[$0] / seen[$0] : 0 }
        guard rates[size - 1] > 0 else { return nil }
        // |S|! (n − 1 − |S|)! ÷ n!
        let weights = (0..<channels).map {
            exp(logGamma(Double($0) + 1) + logGamma(Double(channels - $0)) - logGamma(Double(channels) + 1))
        }
        return (0..<channels).map { channel in
            var sum = 0.0
            for set in 0..<size where set >> channel & 1 == 0 {
                sum += weights[set.nonzeroBitCount] * (rates[set | 1 << channel] - rates[set])
            }
            return sum / rates[size - 1] * conversions
        }
    }

    /// By channel, scaled to the number of conversions: the mean over drawn orders, and its standard error.
    func sampled(
        _ counts: JourneyCounts, permutations: Int, seed: UInt64
    ) -> [(value: Double, standardError: Double)]? {
        var places: [UInt64: Int] = [:]
        var distinct: [(set: UInt64, won: Double, seen: Double)] = []
        for row in sets.indices {
            let place = places[sets[row]] ?? distinct.count
            if place == distinct.count {
                places[sets[row]] = place
                distinct.append((sets[row], 0, 0))
            }
            distinct[place].won += counts.conversions[row]
            distinct[place].seen += counts.conversions[row] + counts.abandoned[row]
        }
        let won = distinct.reduce(0) { $0 + $1.won }
        let seen = distinct.reduce(0) { $0 + $1.seen }
        guard won > 0 else { return nil }
        let blocks = 16
        let drawn = parallel(parts: blocks) { [distinct] block in
            var random = Xoshiro256StarStar(seed: seed &+ UInt64(block))
            var moments = [RunningMoments](repeating: .init(), count: channels)
            for _ in permutations * block / blocks..<permutations * (block + 1) / blocks {
                var order = Array(0..<channels)
                for last in stride(from: channels - 1, to: 0, by: -1) {
                    order.swapAt(last, Int(random.unit() * Double(last + 1)))
                }
                let forward = contributions(distinct, order)
                let backward = contributions(distinct, order.reversed())
                for channel in 0..<channels { moments[channel].include((forward[channel] + backward[channel]) / 2) }
            }
            return moments
        }
        return (0..<channels).map { channel in
            let all = drawn.reduce(into: RunningMoments()) { $0.merge($1[channel]) }
            let error = (all.variance / Double(all.count)).squareRoot()
            return (all.mean * seen, error * seen)
        }
    }

    /// What each channel adds to the rate when it comes after those before it in the order.
    private func contributions(_ distinct: [(set: UInt64, won: Double, seen: Double)], _ order: [Int]) -> [Double] {
        var place = [Int](repeating: 0, count: channels)
        for (index, channel) in order.enumerated() { place[channel] = index }
        var won = [Double](repeating: 0, count: channels)
        var seen = won
        for entry in distinct {
            // A journey counts from the moment its last channel has joined.
            var latest = 0
            var rest = entry.set
            while rest != 0 {
                latest = max(latest, place[rest.trailingZeroBitCount])
                rest &= rest - 1
            }
            won[latest] += entry.won
            seen[latest] += entry.seen
        }
        var result = [Double](repeating: 0, count: channels)
        var (sumWon, sumSeen, before) = (0.0, 0.0, 0.0)
        for (index, channel) in order.enumerated() {
            sumWon += won[index]
            sumSeen += seen[index]
            let rate = sumSeen > 0 ? sumWon / sumSeen : 0
            result[channel] = rate - before
            before = rate
        }
        return result
    }
}
