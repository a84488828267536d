import WeirReporting

/// What cutting a metric's largest values took away.
package struct WinsorisedMetric: Sendable, Equatable {
    package var metric: String
    /// To which values beyond are set; −∞ where no value is negative.
    package var floor: Double
    package var ceiling: Double
    /// How many values lay beyond.
    package var cut: Int
    /// Of the metric's sum over sizes, how much the cut took.
    package var shareCut: Double
}

extension ExperimentData {
    /// With amounts beyond a quantile set to it, over all arms together so that none is favoured. The quantile is of the values
    /// other than 0, since where few buy it would else be 0; where some are negative, as much is cut below.
    ///
    /// - Parameter share: The quantile kept, in 0.5 < share < 1.
    func winsorised(_ share: Double) -> (data: ExperimentData, cuts: [WinsorisedMetric]) {
        var data = self
        var cuts: [WinsorisedMetric] = []
        for index in data.metrics.indices where data.metrics[index].kind == .amount {
            let values = data.metrics[index].values
            guard let limits = Self.limits(values, share) else { continue }
            let cut = ContiguousArray(values.map { $0.isNaN ? $0 : min(max($0, limits.lowerBound), limits.upperBound) })
            let whole = values.reduce(0) { $1.isNaN ? $0 : $0 + abs($1) }
            let lost = zip(values, cut).reduce(0) { $1.0.isNaN ? $0 : $0 + abs($1.0 - $1.1) }
            data.metrics[index].values = cut
            cuts.append(
                WinsorisedMetric(
                    metric: data.metrics[index].name, floor: limits.lowerBound, ceiling: limits.upperBound,
                    cut: zip(values, cut).count { !$0.isNaN && $0 != $1 }, shareCut: whole > 0 ? lost / whole : 0))
        }
        return (data, cuts)
    }

    /// Between which values are kept; nil where all are 0.
    static func limits(_ values: some Collection<Double>, _ share: Double) -> ClosedRange<Double>? {
        let sorted = values.filter { $0 != 0 && !$0.isNaN }.sorted()
        guard !sorted.isEmpty else { return nil }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        let hasNegative = sorted[0] < 0
        let (low, high) = (hasNegative ? min(0, quantile(1 - share)) : -.infinity, max(0, quantile(share)))
        return low...high
    }
}
