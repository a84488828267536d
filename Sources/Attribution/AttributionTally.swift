import WeirStatistics
import Foundation

/// What one pass over the journeys leaves: the credit of each rule, and the counts that Markov chains are fitted to.
/// All of it adds up over journeys, so parts can be tallied side by side.
struct AttributionTally: Sendable {
    /// Channel by channel: for each of `AttributionModel.rules` conversions and value.
    var credit: ContiguousArray<Double>
    /// By edge of the chain, see `MarkovStates`: journeys that went along it.
    var moves: ContiguousArray<Double>
    /// By state: journeys that ended there with a conversion, without one, and the value.
    var won: ContiguousArray<Double>
    var lost: ContiguousArray<Double>
    var worth: ContiguousArray<Double>

    static let width = 2 * AttributionModel.rules.count

    init(channels: Int, states: MarkovStates) {
        credit = .init(repeating: 0, count: channels * Self.width)
        moves = .init(repeating: 0, count: states.edgeCount)
        won = .init(repeating: 0, count: states.count)
        lost = won
        worth = won
    }

    func credits(_ model: AttributionModel, value: Bool = false) -> [Double] {
        let offset = 2 * (AttributionModel.rules.firstIndex(of: model) ?? 0) + (value ? 1 : 0)
        return stride(from: offset, to: credit.count, by: Self.width).map { credit[$0] }
    }

    mutating func merge(_ other: AttributionTally) {
        func accumulate(_ target: inout ContiguousArray<Double>, _ source: ContiguousArray<Double>) {
            for index in target.indices { target[index] += source[index] }
        }
        accumulate(&credit, other.credit)
        accumulate(&moves, other.moves)
        accumulate(&won, other.won)
        accumulate(&lost, other.lost)
        accumulate(&worth, other.worth)
    }
}

/// What stays the same for all tallies of a set of journeys.
struct TallyPlan: Sendable {
    let journeys: JourneySet
    let states: MarkovStates
    /// By touch of a journey that may convert: its share by time decay; empty without times.
    let decay: ContiguousArray<Double>
    let firstShare: Double
    let lastShare: Double

    init(_ journeys: JourneySet, _ settings: AttributionSettings) throws {
        self.journeys = journeys
        firstShare = settings.firstShare
        lastShare = settings.lastShare
        states = try MarkovStates(journeys, order: settings.order)
        decay = journeys.hours.isEmpty ? [] : Self.decay(journeys, halfLife: settings.halfLifeHours)
    }

    /// w = 2^(−hours ÷ half-life), scaled to 1 within the journey.
    private static func decay(_ journeys: JourneySet, halfLife: Double) -> ContiguousArray<Double> {
        let pieces = parallel(parts: parts(of: journeys.rows)) {
            decay(journeys, slice($0, of: journeys.rows), halfLife: halfLife)
        }
        var weights: ContiguousArray<Double> = []
        weights.reserveCapacity(journeys.touches.count)
        for piece in pieces { weights += piece }
        return weights
    }

    private static func decay(
        _ journeys: JourneySet, _ rows: Range<Int>, halfLife: Double
    ) -> ContiguousArray<Double> {
        let first = journeys.starts[rows.lowerBound]
        var weights = ContiguousArray<Double>(repeating: 0, count: journeys.starts[rows.upperBound] - first)
        for row in rows where journeys.counts.conversions[row] > 0 {
            let touches = journeys.starts[row]..<journeys.starts[row + 1]
            guard let last = touches.last else { continue }
            // Counted from the last touch, so that ages far beyond the half-life do not all become 0.
            let nearest = journeys.hours[last]
            var sum = 0.0
            for touch in touches {
                let weight = exp2((nearest - journeys.hours[touch]) / halfLife)
                weights[touch - first] = weight
                sum += weight
            }
            for touch in touches { weights[touch - first] /= sum }
        }
        return weights
    }

    /// A fixed number, whatever the processors, so that sums are rounded the same everywhere.
    private static func parts(of rows: Int) -> Int { max(1, min(16, rows / 5_000)) }

    private static func slice(_ part: Int, of rows: Int) -> Range<Int> {
        let parts = parts(of: rows)
        return rows * part / parts..<rows * (part + 1) / parts
    }

    /// All rows, on all processors.
    func tally() -> AttributionTally {
        let rows = journeys.rows
        let tallies = parallel(parts: Self.parts(of: rows)) { tally(journeys.counts, Self.slice($0, of: rows)) }
        return tallies.dropFirst().reduce(into: tallies[0]) { $0.merge($1) }
    }

    /// Some rows, counted as `counts` says.
    func tally(_ counts: JourneyCounts, _ rows: Range<Int>) -> AttributionTally {
        let channels = journeys.channels.count
        var tally = AttributionTally(channels: channels, states: states)
        var lastSeen = ContiguousArray(repeating: -1, count: channels)
        journeys.starts.withUnsafeBufferPointer { starts in
            journeys.touches.withUnsafeBufferPointer { touches in
                for row in rows {
                    let path = UnsafeBufferPointer(rebasing: touches[starts[row]..<starts[row + 1]])
                    let (won, lost) = (counts.conversions[row], counts.abandoned[row])
                    guard won + lost > 0 else { continue }
                    let end = states.walk(path, from: starts[row], adding: won + lost, to: &tally.moves)
                    tally.won[end] += won
                    tally.lost[end] += lost
                    guard won > 0 else { continue }
                    tally.worth[end] += counts.values[row]
                    share(path, from: starts[row], row, won, counts.values[row], &tally.credit, &lastSeen)
                }
            }
        }
        return tally
    }

    /// One row's conversions and value among its channels, by all rules at once.
    @inline(__always)
    private func share(
        _ path: UnsafeBufferPointer<UInt16>, from start: Int, _ row: Int, _ won: Double, _ value: Double,
        _ credit: inout ContiguousArray<Double>, _ lastSeen: inout ContiguousArray<Int>
    ) {
        let last = path.count - 1
        let width = AttributionTally.width
        func creditPlace(_ place: Int, _ share: Double) {
            credit[place] += share * won
            credit[place + 1] += share * value
        }
        var distinct = 0.0
        for channel in path where lastSeen[Int(channel)] != row {
            lastSeen[Int(channel)] = row
            distinct += 1
        }
        let even = 1 / Double(path.count)
        // Two touches share as the ends do among themselves.
        let ends = last == 1 ? firstShare + lastShare : 1
        let middle = last > 1 ? (1 - firstShare - lastShare) / Double(last - 1) : 0
        for index in path.indices {
            let channel = Int(path[index])
            let place = channel * width
            creditPlace(place + 4, even)
            let position = last == 0 ? 1 : index == 0 ? firstShare / ends : index == last ? lastShare / ends : middle
            creditPlace(place + 6, position)
            if !decay.isEmpty { creditPlace(place + 8, decay[start + index]) }
            if lastSeen[channel] == row {
                // v(S) = conversions of journeys within S: Shapley's value is then an equal share of each journey's
                // channels (Zhao, Mahboobi, Bagheri, "Shapley Value Methods for Attribution Modeling in Online
                // Advertising", 2018).
                lastSeen[channel] = -1
                creditPlace(place + 10, 1 / distinct)
            }
        }
        creditPlace(Int(path[0]) * width, 1)
        creditPlace(Int(path[last]) * width + 2, 1)
    }
}
