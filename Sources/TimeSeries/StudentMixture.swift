import WeirStatistics

/// Student distributions of the same degrees of freedom, shifted, scaled and weighted.
struct StudentMixture {
    /// Sum to 1.
    var weights: [Double]
    var centres: [Double]
    /// > 0.
    var spreads: [Double]
    var degreesOfFreedom: Double

    var mean: Double { zip(weights, centres).reduce(0) { $0 + $1.0 * $1.1 } }

    func cumulative(_ x: Double) -> Double {
        var sum = 0.0
        for index in weights.indices {
            sum +=
                weights[index]
                * StudentT.cumulative((x - centres[index]) / spreads[index], degreesOfFreedom: degreesOfFreedom)
        }
        return sum
    }

    /// The range that leaves `tail` out on each side.
    ///
    /// - Parameters:
    ///   - tail: In 0 < tail < 0.5.
    ///   - t: Student's t with P(T > t) = tail, which callers with many mixtures keep.
    func range(tail: Double, t: Double) -> (lower: Double, upper: Double) {
        (quantile(tail, t: -t), quantile(1 - tail, t: t))
    }

    /// The x with P(X ≤ x) = p, to about 1e-6 of the spread; by regula falsi in the form of Illinois.
    private func quantile(_ p: Double, t: Double) -> Double {
        let ends = weights.indices.map { centres[$0] + t * spreads[$0] }
        // The mixture's quantile lies between the smallest and the largest of its parts.
        guard var low = ends.min(), var high = ends.max() else { return .nan }
        guard low.isFinite, high.isFinite else { return low.isFinite ? high : low }
        let tolerance = 1e-6 * (spreads.max() ?? 1)
        var atLow = cumulative(low) - p
        var atHigh = cumulative(high) - p
        for _ in 0..<100 where high - low > tolerance && atHigh > atLow {
            let middle = low + (high - low) * (-atLow) / (atHigh - atLow)
            guard middle > low, middle < high else { break }
            let value = cumulative(middle) - p
            if abs(value) < 1e-9 { return middle }
            if value < 0 {
                (low, atLow) = (middle, value)
                atHigh /= 2
            } else {
                (high, atHigh) = (middle, value)
                atLow /= 2
            }
        }
        return abs(atLow) < abs(atHigh) ? low : high
    }
}
