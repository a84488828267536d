/// How much examples of 1 count against those of 0.
package enum ClassWeight: Sendable, Hashable {
    case equal
    /// Both classes count the same in sum.
    case balanced
    /// Of each 1; > 0.
    case positive(Double)

    /// - Parameter text: `balanced` or a number.
    package init?(_ text: String) {
        if text == "balanced" {
            self = .balanced
        } else if let weight = Double(text), weight > 0, weight.isFinite {
            self = .positive(weight)
        } else {
            return nil
        }
    }
}

extension Examples {
    /// With class weights. Probabilities then no longer match the rates, unless they are calibrated afterwards.
    package func weighted(_ weight: ClassWeight) -> Examples {
        let rows = Double(targets.count)
        let positives = Double(targets.count { $0 == 1 })
        let zero: Double
        let one: Double
        switch weight {
        case .equal: (zero, one) = (1, 1)
        case .positive(let weight): (zero, one) = (1, weight)
        case .balanced: (zero, one) = (rows / 2 / max(rows - positives, 1), rows / 2 / max(positives, 1))
        }
        guard weight != .equal else { return self }
        var copy = self
        copy.weights = targets.indices.map { (weights?[$0] ?? 1) * (targets[$0] == 1 ? one : zero) }
        return copy
    }
}
