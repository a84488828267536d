import Foundation

/// How an evaluated policy's probability is spread over weights, eight bins to a doubling, whatever the number of actions.
package struct PolicyWeights: Sendable, Equatable {
    private static let bins = 256
    /// Weights below 2⁻⁸ share the first bin, those above 2²⁴ the last.
    private static let lowest = -8.0
    private var masses = [Double](repeating: 0, count: PolicyWeights.bins)
    private var total = 0.0

    package init() {}

    /// Takes an action that a decision could have taken.
    ///
    /// - Parameters:
    ///   - probability: Of the evaluated policy, ≥ 0.
    ///   - propensity: Of the logging policy, ≥ 0.
    package mutating func weigh(probability: Double, propensity: Double) {
        guard probability > 0 else { return }
        masses[propensity > 0 ? Self.bin(probability / propensity) : Self.bins - 1] += probability
        total += probability
    }

    /// The share of the policy's choices whose weight lies above a threshold, to the width of a bin.
    func share(above threshold: Double) -> Double {
        total > 0 ? masses[(Self.bin(threshold) + 1)...].reduce(0, +) / total : 0
    }

    private static func bin(_ weight: Double) -> Int {
        guard weight > 0 else { return 0 }
        return Int(min(max((log2(weight) - lowest) * 8, 0), Double(bins - 1)))
    }
}
