import WeirAttribution
import Foundation
import Testing
import WeirStatistics

@Suite("Attribution models")
struct AttributionModelTests {
    @Test("Each rule shares one journey as it says")
    func rules() throws {
        var set = JourneySet()
        try set.append(
            path: ["a", "b", "a", "c"], hoursBeforeEnd: [336, 168, 168, 0], conversions: 1, abandoned: 0, value: 50)
        let study = try AttributionStudy(set, settings: AttributionSamples.settings())
        #expect(study.credit(.first) == ["a": 1, "b": 0, "c": 0])
        #expect(study.credit(.last) == ["a": 0, "b": 0, "c": 1])
        #expect(study.credit(.linear) == ["a": 0.5, "b": 0.25, "c": 0.25])
        #expect(close(study.credit(.position), ["a": 0.5, "b": 0.1, "c": 0.4]))
        #expect(close(study.credit(.timeDecay), ["a": 0.75 / 2.25, "b": 0.5 / 2.25, "c": 1 / 2.25]))
        #expect(close(study.credit(.shapley), ["a": 1.0 / 3, "b": 1.0 / 3, "c": 1.0 / 3]))
        // From a, b and c follow equally often: without b half is lost, without a or c all.
        #expect(close(study.credit(.markov), ["a": 0.4, "b": 0.2, "c": 0.4]))
        let linear = try #require(study.credits.first { $0.model == .linear })
        #expect(linear.values.map(\.estimate) == [25, 12.5, 12.5])
    }

    @Test(
        "Ends of one and two touches share all in the position model",
        arguments: [(1, [1.0]), (2, [0.25, 0.75]), (3, [0.1, 0.6, 0.3])])
    func position(touches: Int, shares: [Double]) throws {
        var set = JourneySet()
        try set.append(path: Array(["a", "b", "c"][..<touches]), conversions: 1, abandoned: 0)
        var settings = AttributionSamples.settings([.position])
        (settings.firstShare, settings.lastShare) = (0.1, 0.3)
        let credit = try AttributionStudy(set, settings: settings).credits[0].conversions.map(\.estimate)
        #expect(zip(credit, shares).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test("Touches far older than the half-life still share their journey")
    func longAgo() throws {
        var set = JourneySet()
        try set.append(path: ["a", "b"], hoursBeforeEnd: [900_168, 900_000], conversions: 3, abandoned: 0)
        let study = try AttributionStudy(set, settings: AttributionSamples.settings([.timeDecay]))
        #expect(close(study.credit(.timeDecay), ["a": 1, "b": 2]))
    }

    @Test("Every model shares out all conversions and all value", arguments: UInt64(0)..<20)
    func totals(seed: UInt64) throws {
        let set = try AttributionSamples.journeys(AttributionSamples.paths(12_000, seed: seed))
        let study = try AttributionStudy(set, settings: AttributionSamples.settings())
        for credit in study.credits {
            let sum = credit.conversions.reduce(0) { $0 + $1.estimate }
            #expect(abs(sum / set.conversions - 1) < 1e-12, "\(credit.model)")
            guard !credit.values.isEmpty else { continue }
            #expect(abs(credit.values.reduce(0) { $0 + $1.estimate } / set.value - 1) < 1e-12, "\(credit.model)")
        }
        #expect(study.credits.count == 8)
    }

    @Test("Paths added up give the credit of single journeys", arguments: UInt64(0)..<10)
    func addingUp(seed: UInt64) throws {
        let paths = AttributionSamples.paths(2_000, seed: seed)
        var sums: [[String]: AttributionSamples.Path] = [:]
        for path in paths {
            var sum = sums[path.channels] ?? (path.channels, [], 0, 0, 0)
            (sum.won, sum.lost, sum.value) = (sum.won + path.won, sum.lost + path.lost, sum.value + path.value)
            sums[path.channels] = sum
        }
        let single = try AttributionSamples.journeys(paths, times: false)
        let summed = try AttributionSamples.journeys(
            sums.values.sorted { $0.channels.lexicographicallyPrecedes($1.channels) }, times: false)
        let one = try AttributionStudy(single, settings: AttributionSamples.settings())
        let two = try AttributionStudy(summed, settings: AttributionSamples.settings())
        for model in AttributionModel.allCases {
            #expect(close(one.credit(model), two.credit(model), 1e-9), "\(model)")
        }
    }

    @Test(
        "Removal effects equal the solution of the chain with and without each channel", arguments: [1, 2, 3],
        UInt64(0)..<5)
    func markov(order: Int, seed: UInt64) throws {
        let paths = AttributionSamples.paths(1_500, seed: seed)
        var settings = AttributionSamples.settings([.markov])
        settings.order = order
        let study = try AttributionStudy(try AttributionSamples.journeys(paths), settings: settings)
        let (base, effects) = try solved(paths, order: order)
        #expect(abs((study.conversionProbability?.estimate ?? 0) / base - 1) < 1e-11)
        for (effect, wanted) in zip(study.removalEffects, effects) {
            #expect(abs(effect.estimate / wanted - 1) < 1e-10)
        }
    }

    /// By brute force: dense linear systems over states spelt as texts.
    private func solved(_ paths: [AttributionSamples.Path], order: Int) throws -> (Double, [Double]) {
        var states = [""]
        func state(_ touches: ArraySlice<String>) -> Int {
            let name = touches.suffix(order).joined(separator: ">")
            if let known = states.firstIndex(of: name) { return known }
            states.append(name)
            return states.count - 1
        }
        var moves: [(Int, Int)] = []
        var ends: [(Int, Double)] = []
        for path in paths {
            var from = 0
            for index in path.channels.indices {
                let to = state(path.channels[...index])
                moves.append((from, to))
                from = to
            }
            ends.append((from, path.won))
        }
        var visits = [Double](repeating: 0, count: states.count)
        for move in moves { visits[move.0] += 1 }
        for end in ends { visits[end.0] += 1 }
        func chance(without channel: String?) throws -> Double {
            var matrix = Matrix.identity(states.count)
            var gain = [Double](repeating: 0, count: states.count)
            for (from, to) in moves where states[to].split(separator: ">").last.map(String.init) != channel {
                matrix[from, to] -= 1 / visits[from]
            }
            for (state, won) in ends { gain[state] += won / visits[state] }
            return try #require(matrix.solving(gain))[0]
        }
        let base = try chance(without: nil)
        let names = Set(paths.flatMap(\.channels)).sorted()
        return (base, try names.map { 1 - (try chance(without: $0)) / base })
    }

    @Test("Shapley equals the sum over all subsets", arguments: UInt64(0)..<5)
    func shapley(seed: UInt64) throws {
        let paths = AttributionSamples.paths(400, seed: seed)
        let study = try AttributionStudy(
            try AttributionSamples.journeys(paths), settings: AttributionSamples.settings())
        let conversions = bySubset(paths, AttributionSamples.channels) { won, _ in won }
        #expect(close(study.credit(.shapley), conversions, 1e-10))
        let rates = bySubset(paths, AttributionSamples.channels) { $1 > 0 ? $0 / $1 : 0 }
        let scale = paths.reduce(0) { $0 + $1.won } / rates.values.reduce(0, +)
        #expect(close(study.credit(.shapleyRate), rates.mapValues { $0 * scale }, 1e-10))
    }

    @Test("Beyond 15 channels the drawn Shapley value lies within its errors of the exact one, with 15 it has none")
    func sampled() throws {
        let names = (0..<16).map { "c\($0 + 10)" }
        let paths = AttributionSamples.paths(3_000, seed: 5, channels: names, most: 4)
        let study = try AttributionStudy(
            try AttributionSamples.journeys(paths), settings: AttributionSamples.settings([.shapleyRate]))
        let rates = bySubset(paths, names) { $1 > 0 ? $0 / $1 : 0 }
        let scale = paths.reduce(0) { $0 + $1.won } / rates.values.reduce(0, +)
        for name in names {
            let interval = study.interval(.shapleyRate, name)
            let error = (interval.upper - interval.lower) / (2 * 1.96)
            #expect(error > 0)
            #expect(abs(interval.estimate - rates[name]! * scale) < 4 * error, "\(name)")
        }
        let fewer = AttributionSamples.paths(3_000, seed: 5, channels: Array(names.dropLast()), most: 4)
        let exact = try AttributionStudy(
            try AttributionSamples.journeys(fewer), settings: AttributionSamples.settings([.shapleyRate]))
        #expect(exact.interval(.shapleyRate, "c10").upper == exact.interval(.shapleyRate, "c10").lower)
    }

    /// Σ over S without c of |S|! (n − 1 − |S|)! ÷ n! · (v(S ∪ c) − v(S)).
    private func bySubset(
        _ paths: [AttributionSamples.Path], _ names: [String], _ worth: (Double, Double) -> Double
    ) -> [String: Double] {
        let masks = paths.map { path in path.channels.reduce(0) { $0 | 1 << names.firstIndex(of: $1)! } }
        var distinct: [Int: (Double, Double)] = [:]
        for (path, mask) in zip(paths, masks) {
            let sum = distinct[mask] ?? (0, 0)
            distinct[mask] = (sum.0 + path.won, sum.1 + path.won + path.lost)
        }
        var won = [Double](repeating: 0, count: 1 << names.count)
        var seen = won
        for (mask, sum) in distinct {
            // To all supersets.
            let free = (won.count - 1) & ~mask
            var extra = free
            while true {
                won[mask | extra] += sum.0
                seen[mask | extra] += sum.1
                if extra == 0 { break }
                extra = (extra - 1) & free
            }
        }
        let values = won.indices.map { worth(won[$0], seen[$0]) }
        func factorial(_ n: Int) -> Double { (1...max(1, n)).reduce(1) { $0 * Double($1) } }
        var result: [String: Double] = [:]
        for (bit, name) in names.enumerated() {
            result[name] = values.indices.filter { $0 >> bit & 1 == 0 }.reduce(0) { sum, set in
                let size = set.nonzeroBitCount
                let weight = factorial(size) * factorial(names.count - 1 - size) / factorial(names.count)
                return sum + weight * (values[set | 1 << bit] - values[set])
            }
        }
        return result
    }

    private func close(_ one: [String: Double], _ two: [String: Double], _ tolerance: Double = 1e-14) -> Bool {
        one.count == two.count && one.allSatisfy { abs($1 - (two[$0] ?? .nan)) <= tolerance * max(1, abs($1)) }
    }
}
