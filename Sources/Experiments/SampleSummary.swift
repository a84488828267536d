/// What an arm says about a metric: a mean, and the variance that one unit adds to it.
///
/// Every kind of metric comes down to this, so that all readings (fixed, always valid, Bayesian) serve all kinds.
package struct SampleSummary: Sendable, Equatable {
    /// Units, or periods of a switchback.
    package var count: Int
    package var mean: Double
    /// Of the mean times `count`; ≥ 0.
    package var variance: Double
    /// What relative effects divide by: the mean before any adjustment.
    package var plainMean: Double

    package init(count: Int, mean: Double, variance: Double, plainMean: Double? = nil) {
        self.count = count
        self.mean = mean
        self.variance = max(0, variance)
        self.plainMean = plainMean ?? mean
    }

    package init(_ values: some Collection<Double>) {
        let n = Double(max(1, values.count))
        let mean = values.reduce(0, +) / n
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.init(count: values.count, mean: mean, variance: squares / max(1, n - 1))
    }

    /// An amount per unit, from its sums.
    package init(count: Int, sum: Double, sumOfSquares: Double) {
        let n = Double(count)
        self.init(
            count: count, mean: count > 0 ? sum / n : 0,
            variance: count > 1 ? (sumOfSquares - sum * sum / n) / (n - 1) : 0)
    }

    /// A share, with the variance p(1 − p).
    ///
    /// - Parameter successes: In 0 ... trials.
    package init(successes: Int, trials: Int) {
        let share = trials > 0 ? Double(successes) / Double(trials) : 0
        self.init(count: trials, mean: share, variance: share * (1 - share))
    }

    /// A ratio of two sums over units, such as revenue per order where customers were assigned.
    ///
    /// The variance by the delta method, since numerator and denominator vary together. Source: Deng, Knoblich, Lu,
    /// "Applying the Delta Method in Metric Analytics" (KDD 2018), eq. 4.
    ///
    /// - Parameter moments: The numerator, then the denominator; a mean denominator of 0 gives no number.
    package init(ratio moments: PairedMoments) {
        guard moments.otherMean != 0 else {
            self.init(count: moments.count, mean: .nan, variance: 0)
            return
        }
        let ratio = moments.mean / moments.otherMean
        let spread =
            moments.variance - 2 * ratio * moments.covariance + ratio * ratio * moments.otherVariance
        self.init(
            count: moments.count, mean: ratio, variance: spread / (moments.otherMean * moments.otherMean))
    }

    /// A mean from which `theta` times the mean of a value known before the test is taken: less noise, the same effect.
    ///
    /// Source: Deng, Xu, Kohavi, Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing
    /// Pre-Experiment Data" (WSDM 2013).
    package init(adjusting moments: PairedMoments, by theta: Double) {
        self.init(
            count: moments.count, mean: moments.mean - theta * moments.otherMean,
            variance: moments.variance + theta * theta * moments.otherVariance - 2 * theta * moments.covariance,
            plainMean: moments.mean)
    }
}

/// CUPED's factor: the slope of the metric on the value known before, over both arms as one sample.
///
/// - Returns: 0, which adjusts nothing, where one of the two does not vary.
package func cupedTheta(_ control: PairedMoments, _ treatment: PairedMoments) -> Double {
    let joint = control.pooled(with: treatment)
    guard joint.variance > 0, joint.otherVariance > 0 else { return 0 }
    return joint.covariance / joint.otherVariance
}
