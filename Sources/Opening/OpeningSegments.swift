import WeirDomain
import WeirStatistics

/// What a shop does without an engine: for four weeks each visitor gets an offer or none by lot, then each segment what has
/// earned most in it. The segments are what the shop sees, who looks at coffee and who does not.
package struct OpeningSegments {
    private struct Arm {
        var visits = 0.0
        var orders = 0.0
    }

    private static let arms: [String?] = [nil] + OpeningWorld.costs.keys.sorted()
    private static let testDays = 28

    /// What is earned at each visit, in dollars.
    package static func worths(_ world: OpeningWorld, _ visits: [OpeningWorld.Visit], seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed &+ 0x5e9)
        var tried = [[Arm]](repeating: Array(repeating: Arm(), count: arms.count), count: 2)
        var best: [Int]?
        return visits.map { visit in
            let segment = visit.looksAtCoffee ? 1 : 0
            guard visit.time.day - world.start.day < testDays else {
                let chosen = best ?? tried.map(Self.best)
                best = chosen
                return world.worth(visit, offer: arms[chosen[segment]])
            }
            let arm = Int(random.next() % UInt64(arms.count))
            tried[segment][arm].visits += 1
            if world.buys(visit, offer: arms[arm]) { tried[segment][arm].orders += 1 }
            return world.worth(visit, offer: arms[arm])
        }
    }

    /// The arm that has earned most a visit.
    private static func best(_ tried: [Arm]) -> Int {
        func earned(_ arm: Int) -> Double {
            let cost = arms[arm].map { OpeningWorld.costs[$0]! } ?? 0
            return (tried[arm].orders + 0.5) / (tried[arm].visits + 1) * (OpeningWorld.value - cost)
        }
        return tried.indices.max { earned($0) < earned($1) }!
    }
}
