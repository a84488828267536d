import WeirReporting

/// The states that journeys pass through: the start, and then the last touches, as many as the order says.
struct MarkovStates: Sendable {
    let channels: Int
    /// The start is state 0.
    private(set) var count: Int
    /// By state: the channel touched last; the start has none.
    private(set) var channelOf: ContiguousArray<Int>
    /// By touch: the edge that leads to it; empty for order 1, where the edge from state s to channel c is s·channels +
    /// c.
    private var edges: ContiguousArray<Int32> = []
    private var ends: ContiguousArray<(from: Int32, to: Int32)> = []

    var isFirstOrder: Bool { edges.isEmpty }
    var edgeCount: Int { isFirstOrder ? count * channels : ends.count }

    /// - Throws: `MeasurementError`, where the order is too high to number the states.
    init(_ journeys: JourneySet, order: Int) throws {
        precondition(order >= 1, "a state remembers a touch at least")
        channels = journeys.channels.count
        guard order > 1 else {
            count = channels + 1
            channelOf = [-1] + ContiguousArray(0..<channels)
            return
        }
        // Touches as digits; 0 stands for none.
        var limit: UInt64 = 1
        for _ in 0..<order {
            let (product, overflows) = limit.multipliedReportingOverflow(by: UInt64(channels + 1))
            guard !overflows, product < 1 << 62 else {
                throw MeasurementError(
                    "A Markov chain of order \(order) over \(channels) channels has too many states; lower --order.")
            }
            limit = product
        }
        count = 1
        channelOf = [-1]
        var states: [UInt64: Int32] = [:]
        var known: [UInt64: Int32] = [:]
        edges.reserveCapacity(journeys.touches.count)
        for row in 0..<journeys.rows {
            var code: UInt64 = 0
            var from: Int32 = 0
            for touch in journeys.starts[row]..<journeys.starts[row + 1] {
                let channel = journeys.touches[touch]
                code = (code * UInt64(channels + 1) + UInt64(channel) + 1) % limit
                let edge = UInt64(from) * UInt64(channels) + UInt64(channel)
                if let seen = known[edge] {
                    edges.append(seen)
                    from = ends[Int(seen)].to
                    continue
                }
                let to = states[code] ?? Int32(count)
                if to == count {
                    states[code] = to
                    channelOf.append(Int(channel))
                    count += 1
                }
                known[edge] = Int32(ends.count)
                edges.append(Int32(ends.count))
                ends.append((from, to))
                from = to
            }
        }
    }

    /// Counts a path's moves; returns the state it ends in.
    @inline(__always)
    func walk(
        _ path: UnsafeBufferPointer<UInt16>, from start: Int, adding count: Double,
        to moves: inout ContiguousArray<Double>
    ) -> Int {
        var state = 0
        if edges.isEmpty {
            for channel in path {
                moves[state * channels + Int(channel)] += count
                state = Int(channel) + 1
            }
            return state
        }
        for touch in start..<start + path.count { moves[Int(edges[touch])] += count }
        return Int(ends[Int(edges[start + path.count - 1])].to)
    }

    func edge(_ index: Int) -> (from: Int, to: Int) {
        isFirstOrder ? (index / channels, index % channels + 1) : (Int(ends[index].from), Int(ends[index].to))
    }
}

/// What converting loses without a channel, from an absorbing Markov chain of the journeys.
///
/// Transition probabilities are shares of the moves counted; a touch of the same channel again is a move like any
/// other. Who would visit the removed channel gives up instead. Order 1 is solved by elimination, higher ones by
/// Gauss–Seidel until nothing changes in 13 digits; neither simulates.
///
/// Source: Anderl, Becker, von Wangenheim, Schumann, "Mapping the Customer Journey" (International Journal of Research
/// in Marketing 33(3), 2016).
struct MarkovChain {
    /// By channel: the share of conversions lost without it, in 0 ... 1.
    let effects: [Double]
    /// The same of the value; nil where there is none.
    let valueEffects: [Double]?
    /// That a journey converts.
    let conversionProbability: Double

    init(_ tally: AttributionTally, _ states: MarkovStates) {
        let solver = AbsorbingSolver(tally, states)
        let conversions = solver.effects(of: tally.won)
        effects = conversions.effects
        conversionProbability = conversions.total
        valueEffects = tally.worth.contains { $0 != 0 } ? solver.effects(of: tally.worth).effects : nil
    }

    /// Effects scaled to a total; all 0 where no channel has any.
    static func credits(_ effects: [Double], total: Double) -> [Double] {
        let sum = effects.reduce(0, +)
        return effects.map { sum > 0 ? $0 / sum * total : 0 }
    }
}

/// Solves h = r + Q·h with and without channels.
private struct AbsorbingSolver {
    private let states: MarkovStates
    /// By state: all moves from it, its ends included.
    private var visits: [Double]
    /// Moves between states by their start, as probabilities.
    private var rowStarts: [Int] = []
    private var moves: [(to: Int, probability: Double)] = []
    /// (I − Q)⁻¹ by rows; empty beyond order 1.
    private var expected: [Double] = []

    init(_ tally: AttributionTally, _ states: MarkovStates) {
        self.states = states
        visits = (0..<states.count).map { tally.won[$0] + tally.lost[$0] }
        var counts = [Int](repeating: 0, count: states.count + 1)
        let used = tally.moves.indices.filter { tally.moves[$0] > 0 }
        for edge in used {
            let from = states.edge(edge).from
            visits[from] += tally.moves[edge]
            counts[from + 1] += 1
        }
        for state in 0..<states.count { counts[state + 1] += counts[state] }
        rowStarts = counts
        moves = [(to: Int, probability: Double)](repeating: (0, 0), count: used.count)
        for edge in used {
            let (from, to) = states.edge(edge)
            moves[counts[from]] = (to, tally.moves[edge] / visits[from])
            counts[from] += 1
        }
        if states.isFirstOrder { expected = inverse() }
    }

    /// - Parameter gains: By state, what its ends bring together.
    func effects(of gains: ContiguousArray<Double>) -> (total: Double, effects: [Double]) {
        let gain = gains.indices.map { visits[$0] > 0 ? gains[$0] / visits[$0] : 0 }
        guard states.isFirstOrder else { return iteratedEffects(gain) }
        let size = states.count
        let values = (0..<size).map { row in
            gain.indices.reduce(0) { $0 + expected[row * size + $1] * gain[$1] }
        }
        guard values[0] != 0 else { return (0, [Double](repeating: 0, count: size - 1)) }
        // Lost is what comes after the first visit: the chance to get there, N₀c ÷ Ncc, times what follows.
        let effects = (1..<size).map { expected[$0] / expected[$0 * size + $0] * values[$0] / values[0] }
        return (values[0], effects)
    }

    /// Gauss–Jordan without pivoting, which is stable for a diagonally dominant I − Q.
    private func inverse() -> [Double] {
        let size = states.count
        var left = [Double](repeating: 0, count: size * size)
        for state in 0..<size {
            left[state * size + state] = 1
            for move in moves[rowStarts[state]..<rowStarts[state + 1]] {
                left[state * size + move.to] -= move.probability
            }
        }
        left.withUnsafeMutableBufferPointer { matrix in
            for pivot in 0..<size {
                let scale = 1 / matrix[pivot * size + pivot]
                matrix[pivot * size + pivot] = 1
                for column in 0..<size { matrix[pivot * size + column] *= scale }
                for row in 0..<size where row != pivot {
                    let factor = matrix[row * size + pivot]
                    guard factor != 0 else { continue }
                    matrix[row * size + pivot] = 0
                    for column in 0..<size { matrix[row * size + column] -= factor * matrix[pivot * size + column] }
                }
            }
        }
        return left
    }

    private func iteratedEffects(_ gain: [Double]) -> (total: Double, effects: [Double]) {
        let full = iterated(gain, from: [Double](repeating: 0, count: states.count), without: -2)
        guard full[0] != 0 else { return (0, [Double](repeating: 0, count: states.channels)) }
        return (full[0], (0..<states.channels).map { 1 - iterated(gain, from: full, without: $0)[0] / full[0] })
    }

    private func iterated(_ gain: [Double], from start: [Double], without removed: Int) -> [Double] {
        var values = start
        for state in values.indices where states.channelOf[state] == removed { values[state] = 0 }
        for _ in 0..<100_000 {
            var change = 0.0
            // Later states were met later, so going backwards carries what comes after within one sweep.
            for state in values.indices.reversed() where states.channelOf[state] != removed {
                var sum = gain[state]
                var own = 0.0
                for move in moves[rowStarts[state]..<rowStarts[state + 1]] {
                    if move.to == state { own = move.probability } else { sum += move.probability * values[move.to] }
                }
                let next = sum / (1 - own)
                change = max(change, abs(next - values[state]))
                values[state] = next
            }
            if change <= 1e-15 * max(1e-300, values.reduce(0) { max($0, abs($1)) }) { break }
        }
        return values
    }
}
