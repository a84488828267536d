import WeirDomain
import WeirLearning
import WeirStatistics

/// Turns utilities into exact choice probabilities.
///
/// The actions are the open candidates, in catalog order, and last "no offer".
enum Choice {
    struct Action {
        /// In major units of money; of "no offer" 0.
        var utility: Double
        /// Belief about the outcome; nil for "no offer".
        var belief: Belief?
        /// Utility = gain × probability − offset.
        var gain = 0.0
        var offset = 0.0
    }

    /// - Returns: One probability per action, ≥ 0, summing to 1 but for rounding.
    static func probabilities(of actions: [Action], policy: Policy) -> [Double] {
        let best = indexOfBest(actions)
        let count = Double(actions.count)
        switch policy {
        case .greedy:
            return actions.indices.map { $0 == best ? 1 : 0 }
        case .epsilonGreedy(let epsilon):
            return actions.indices.map { epsilon / count + ($0 == best ? 1 - epsilon : 0) }
        case .softmax(let temperature):
            let highest = actions[best].utility
            let weights = actions.map { Portable.exp(($0.utility - highest) / temperature) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        case .squareCB(let gamma):
            // Foster and Rakhlin, "Beyond UCB" (ICML 2020), Algorithm 1: inverse gap weighting.
            var probabilities = actions.map { 1 / (count + gamma * (actions[best].utility - $0.utility)) }
            probabilities[best] = 0
            probabilities[best] = 1 - probabilities.reduce(0, +)
            return probabilities
        case .thompson(let draws):
            return winShares(of: actions, draws: draws)
        }
    }

    /// The action with the highest utility; the first of equals, so "no offer" only where it is strictly better or where
    /// nothing gains anything.
    static func indexOfBest(_ actions: [Action]) -> Int {
        var best = actions.count - 1
        for index in actions.indices.dropLast().reversed()
        where actions[index].utility >= actions[best].utility
            && (best != actions.count - 1 || actions[index].utility > 0)
        {
            best = index
        }
        return best
    }

    /// How often each action is the best when each logit is drawn from its posterior.
    ///
    /// The normal numbers come from one fixed table, so the shares depend on the utilities alone: drawing from them gives
    /// a propensity that is exact, not an estimate. An action that never wins is never chosen.
    private static func winShares(of actions: [Action], draws: Int) -> [Double] {
        var wins = [Int](repeating: 0, count: actions.count)
        for draw in 0..<draws {
            var best = actions.count - 1
            var highest = 0.0
            for (index, action) in actions.enumerated() {
                guard let belief = action.belief else { continue }
                let logit = belief.mean + belief.variance.squareRoot() * FixedNormals.at(draw: draw, action: index)
                let utility = action.gain * sigmoid(logit) - action.offset
                if utility > highest {
                    highest = utility
                    best = index
                }
            }
            wins[best] += 1
        }
        return wins.map { Double($0) / Double(draws) }
    }
}

/// A table of standard normal numbers that is the same in every process.
private enum FixedNormals {
    static let table: [Double] = {
        var random = Xoshiro256StarStar(seed: 0x0057_4549_5200)
        return (0..<8192).map { _ in random.standardNormal() }
    }()

    /// Different actions walk the table in different orders, so that their draws do not move together.
    static func at(draw: Int, action: Int) -> Double {
        let hash = StableHash.mixed(UInt64(truncatingIfNeeded: draw &* 4099 &+ action &* 0x9e37_79b9))
        return table[Int(truncatingIfNeeded: hash & 8191)]
    }
}
