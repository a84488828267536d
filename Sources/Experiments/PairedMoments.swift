/// Means, variances and covariance of two values per unit, all that ratios and CUPED need to know of an arm.
///
/// Variances and the covariance have n − 1 in the denominator; they are 0 for fewer than two units.
package struct PairedMoments: Sendable, Equatable {
    package var count: Int
    package var mean: Double
    package var variance: Double
    package var otherMean: Double
    package var otherVariance: Double
    package var covariance: Double

    /// From sums over the units, as databases give them.
    package init(
        count: Int, sum: Double, sumOfSquares: Double, otherSum: Double, otherSumOfSquares: Double,
        sumOfProducts: Double
    ) {
        let n = Double(count)
        self.count = count
        mean = count > 0 ? sum / n : 0
        otherMean = count > 0 ? otherSum / n : 0
        variance = count > 1 ? (sumOfSquares - sum * sum / n) / (n - 1) : 0
        otherVariance = count > 1 ? (otherSumOfSquares - otherSum * otherSum / n) / (n - 1) : 0
        covariance = count > 1 ? (sumOfProducts - sum * otherSum / n) / (n - 1) : 0
    }

    /// From the units' values, in two passes, which loses no digits where means are large.
    ///
    /// - Parameter others: As many as values.
    package init(_ values: some Collection<Double>, _ others: some Collection<Double>) {
        precondition(values.count == others.count, "two values per unit")
        count = values.count
        let n = Double(max(1, count))
        let mean = values.reduce(0, +) / n
        let otherMean = others.reduce(0, +) / n
        var (squares, otherSquares, products) = (0.0, 0.0, 0.0)
        for (value, other) in zip(values, others) {
            squares += (value - mean) * (value - mean)
            otherSquares += (other - otherMean) * (other - otherMean)
            products += (value - mean) * (other - otherMean)
        }
        let denominator = Double(max(1, count - 1))
        self.mean = mean
        self.otherMean = otherMean
        variance = squares / denominator
        otherVariance = otherSquares / denominator
        covariance = products / denominator
    }

    /// As if both arms were one sample.
    func pooled(with other: PairedMoments) -> PairedMoments {
        var pooled = self
        let (one, two) = (Double(count), Double(other.count))
        let n = one + two
        guard n > 1 else { return pooled }
        let gap = other.mean - mean
        let otherGap = other.otherMean - otherMean
        let between = one * two / n
        func merged(_ a: Double, _ b: Double, _ gaps: Double) -> Double {
            ((one - 1) * a + (two - 1) * b + between * gaps) / (n - 1)
        }
        pooled.count += other.count
        pooled.mean += gap * two / n
        pooled.otherMean += otherGap * two / n
        pooled.variance = merged(variance, other.variance, gap * gap)
        pooled.otherVariance = merged(otherVariance, other.otherVariance, otherGap * otherGap)
        pooled.covariance = merged(covariance, other.covariance, gap * otherGap)
        return pooled
    }
}
