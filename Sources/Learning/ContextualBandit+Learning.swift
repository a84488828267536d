import WeirStatistics

extension ContextualBandit {
    /// Learns the reward of the chosen action.
    ///
    /// The extended Kalman step of `OnlineLogistic`. Going to the posterior's mode instead, as Laplace's approximation
    /// would, was no better on tight priors and far worse on wide ones: it takes the first outcomes for certain.
    ///
    /// - Parameters:
    ///   - shared: Features of the moment; `sharedFeatures` of them, finite.
    ///   - features: Of the chosen action; `actionFeatures` of them, finite.
    ///   - action: The chosen action's bucket.
    ///   - reward: In 0...1.
    public mutating func learn(shared: Span<Double>, features: Span<Double>, action: UInt32, reward: Double) {
        precondition(shared.count == sharedFeatures && features.count == actionFeatures, "features of another bandit")
        precondition(reward >= 0 && reward <= 1, "a reward lies in 0...1")
        observe(shared, features)
        lessons += 1
        // Spreads settle as lessons double. Before the lesson, or a large feature's first one would count as certain.
        if lessons & (lessons - 1) == 0 { rescalePriors() }
        sumRows(of: covariance, dimension, weighted: input, into: &projected)
        let prediction = prediction(bucket: action)
        let probability = prediction.probability
        let information = probability * (1 - probability)
        let shrink = 1 / (1 + information * prediction.variance)
        let step = shrink * (reward - probability)
        let narrowing = information * shrink
        for index in 0..<dimension { mean[index] += step * projected[index] }
        subtractOuterProduct(of: projected, dimension, times: narrowing, from: &covariance)
        moveOwn(bucket: action, by: step, narrowing: narrowing)
        factorize()
    }

    private mutating func observe(_ shared: Span<Double>, _ features: Span<Double>) {
        for index in 0..<sharedFeatures { input[1 + index] = shared[index] }
        for index in 0..<actionFeatures { input[1 + sharedFeatures + index] = features[index] }
        for index in 1..<dimension {
            sums[index] += input[index]
            squares[index] += input[index] * input[index]
        }
    }

    /// Mean and variance of the logit of `input`, once its projection is known.
    private func prediction(bucket: UInt32) -> Belief {
        let mask = ownMean.count - 1
        var position = Int(bucket) & mask
        var logit = 0.0
        var variance = 0.0
        for index in 0..<dimension {
            let value = input[index]
            logit += (mean[index] + ownMean[position]) * value
            variance += (projected[index] + ownVariance[position] * ownPriorVariance[index] * value) * value
            position = (position + 1) & mask
        }
        return Belief(mean: logit, variance: max(variance, 0))
    }

    private mutating func moveOwn(bucket: UInt32, by step: Double, narrowing factor: Double) {
        let mask = ownMean.count - 1
        var position = Int(bucket) & mask
        for index in 0..<dimension {
            let share = ownVariance[position]
            let moved = share * ownPriorVariance[index] * input[index]
            ownMean[position] += step * moved
            // Rounding must not turn a well-known weight into an impossible one.
            ownVariance[position] = max(share * (1 - factor * moved * input[index]), share * 1e-3)
            position = (position + 1) & mask
        }
    }

    /// Makes the priors as tight as the features are wide: what one deviation of a feature may do is the same for all.
    ///
    /// Replacing the prior of one weight of a Gaussian posterior changes one entry of its precision, so mean and covariance
    /// follow by the Sherman-Morrison formula, exactly: nothing learned is lost.
    /// Early on it only tightens, by the features' size: a feature that has not moved yet would pass for a narrow one and
    /// have its weight freed.
    private mutating func rescalePriors() {
        let count = Double(lessons)
        let isEarly = lessons < 128
        for index in 1..<dimension {
            let square = squares[index] / count
            let average = sums[index] / count
            // A feature that hardly moves is judged by its size, or its weight would be free.
            let spread = isEarly ? square : max(square - average * average, 0.01 * square)
            let added = settings.featurePrecision * spread - precision[index]
            guard spread > 0, !isEarly || added > 0 else { continue }
            ownPriorVariance[index] = 1 / (crossPrecision * spread)
            precision[index] += added
            let start = index * dimension
            for column in 0..<dimension { projected[column] = covariance[start + column] }
            let factor = added / (1 + added * projected[index])
            let weight = mean[index]
            for column in 0..<dimension { mean[column] -= factor * weight * projected[column] }
            subtractOuterProduct(of: projected, dimension, times: factor, from: &covariance)
        }
    }

    /// Cholesky's factor of the covariance of the actions' features.
    mutating func factorize() {
        factorizeSymmetric(
            covariance, stride: dimension, from: 1 + sharedFeatures, count: actionFeatures, into: &factor)
    }
}

/// Sums whole rows of a symmetric matrix: its product with `weights`, in an order that vector instructions keep.
func sumRows(
    of matrix: UnsafePointer<Double>, _ dimension: Int, weighted weights: UnsafePointer<Double>,
    into sums: UnsafeMutablePointer<Double>
) {
    for column in 0..<dimension { sums[column] = 0 }
    for row in 0..<dimension {
        let weight = weights[row]
        if weight == 0 { continue }
        let values = matrix + row * dimension
        for column in 0..<dimension { sums[column] += values[column] * weight }
    }
}

private func subtractOuterProduct(
    of vector: UnsafePointer<Double>, _ dimension: Int, times factor: Double, from matrix: UnsafeMutablePointer<Double>
) {
    for row in 0..<dimension {
        let scaled = factor * vector[row]
        let values = matrix + row * dimension
        for column in 0..<dimension { values[column] -= scaled * vector[column] }
    }
}
