extension OnlineLogistic {
    /// Learns one outcome.
    ///
    /// - Parameters:
    ///   - label: 1 where the outcome happened, else 0.
    ///   - sequence: Of the lesson, in the one order of everything; becomes the model's version.
    ///   - offset: The logit of a prior that the weights learn the residual of; 0 for none.
    ///   - stages: Those in which it showed, or did not show, after it had not shown in those before; nil for all.
    public mutating func learn(
        _ input: ModelInput, label: Double, sequence: Int64, offset: Double = 0, stages: Range<Int>? = nil
    ) {
        precondition(input.values.count == layout.dimension, "the input belongs to another layout")
        limits.record(input)
        let lesson = Lesson(input: limits.cut(input, layout), label: label, offset: offset, stages: stages)
        let probability = absorb(lesson)
        if hyperparameters.watchesForChange, isOffer(input),
            let since = change.watch(
                (label - probability) / (probability * (1 - probability)).squareRoot(), of: lesson)
        {
            startOver(with: since)
        }
        finishLesson(sequence)
    }

    /// One step of the filter.
    ///
    /// - Returns: The probability that was believed before.
    @discardableResult
    mutating func absorb(_ lesson: Lesson) -> Double {
        var projected: [Double] = []
        let (input, belief) = observe(lesson.input, offset: lesson.offset, stages: lesson.stages, into: &projected)
        let probability = belief.probability
        let information = probability * (1 - probability)
        let shrink = 1 / (1 + information * belief.variance)
        shift(input, projected, by: within(shrink * (lesson.label - probability), belief.variance))
        narrow(input, projected, by: information * shrink)
        if hyperparameters.stages > 0 {
            lived.record(
                lesson.stages ?? 0..<hyperparameters.stages, label: lesson.label,
                at: score(lesson.input) + lesson.offset)
            expectRest()
        }
        return probability
    }

    /// Turns a label that was learned round: a presumed "no" that proved a "yes", a sale that was returned.
    ///
    /// The gradient of the log-likelihood is linear in the label, so to first order the posterior's mean moves by the
    /// difference of the labels and its covariance stays.
    public mutating func relabel(
        _ input: ModelInput, from old: Double, to new: Double, sequence: Int64, offset: Double = 0,
        stages: Range<Int>? = nil
    ) {
        precondition(input.values.count == layout.dimension, "the input belongs to another layout")
        var projected: [Double] = []
        let (input, belief) = observe(
            limits.cut(input, layout), offset: offset, stages: stages, into: &projected)
        shift(input, projected, by: within(new - old, belief.variance))
        finishLesson(sequence)
    }

    /// With bounds one lesson moves the logit of its own input by 20 at most: more is no lesson but a linearisation that does
    /// not hold, of an outcome that was as good as impossible.
    private func within(_ step: Double, _ variance: Double) -> Double {
        guard layout.isBounded, abs(step) * variance > 20 else { return step }
        return (step < 0 ? -20 : 20) / variance
    }

    private mutating func finishLesson(_ sequence: Int64) {
        precondition(sequence > version, "lessons must come in order")
        version = sequence
        lessons += 1
    }

    private mutating func shift(_ input: ModelInput, _ projected: [Double], by step: Double) {
        for index in 0..<dimension { mean[index] += step * projected[index] }
        let mask = offerMean.count - 1
        var position = Int(input.bucket) & mask
        for index in 0..<layout.crossWidth {
            let variance = Double(offerVariance[position]) * priorVariance(index)
            offerMean[position] += Float(step * variance * input.values[index])
            position = (position + 1) & mask
        }
    }

    private mutating func narrow(_ input: ModelInput, _ projected: [Double], by factor: Double) {
        let dimension = dimension
        covariance.withUnsafeMutableBufferPointer { covariance in
            projected.withUnsafeBufferPointer { projected in
                guard let matrix = covariance.baseAddress, let projected = projected.baseAddress else { return }
                for row in 0..<dimension {
                    let scaled = factor * projected[row]
                    if scaled == 0 { continue }
                    // By pointers, so that no check for overflow keeps the loop from vectors.
                    let terms = matrix + row * dimension
                    for column in 0..<dimension { terms[column] -= scaled * projected[column] }
                }
            }
        }
        let mask = offerMean.count - 1
        var position = Int(input.bucket) & mask
        for index in 0..<layout.crossWidth {
            let prior = priorVariance(index)
            let variance = Double(offerVariance[position]) * prior
            let reduced = variance - factor * (variance * input.values[index]) * (variance * input.values[index])
            // Rounding must not turn a well-known weight into an impossible one.
            offerVariance[position] = Float(max(reduced, variance * 1e-3) / prior)
            position = (position + 1) & mask
        }
    }

    /// The same model for another set of inputs: weights of inputs that remain keep what they have learned.
    public func adapted(to layout: ModelLayout, hyperparameters: Hyperparameters? = nil) -> OnlineLogistic {
        let hyperparameters = hyperparameters ?? self.hyperparameters
        guard layout != self.layout || hyperparameters.stages != self.hyperparameters.stages else {
            var adapted = self
            adapted.hyperparameters = hyperparameters
            adapted.shapes = DelayShapes(expectedBy: hyperparameters)
            return adapted
        }
        var adapted = OnlineLogistic(layout: layout, hyperparameters: hyperparameters)
        adapted.version = version
        adapted.forgottenUntil = forgottenUntil
        adapted.lived = lived
        adapted.limits = limits.adapted(from: self.layout, to: layout)
        // What came of the old inputs cannot be learned again with the new ones.
        adapted.change = ChangeWatch(pause: change.pause)
        adapted.lessons = lessons
        let old = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let new = adapted.names
        for (row, name) in new.enumerated() {
            guard let oldRow = old[name] else { continue }
            adapted.mean[row] = mean[oldRow]
            for (column, other) in new.enumerated() {
                guard let oldColumn = old[other] else { continue }
                adapted.covariance[row * adapted.dimension + column] = covariance[oldRow * dimension + oldColumn]
            }
        }
        // An offer's own weights lie in the order of the inputs, so they survive only where that order does.
        if Array(layout.names.prefix(layout.crossWidth)) == Array(self.layout.names.prefix(self.layout.crossWidth)) {
            adapted.offerMean = offerMean
            adapted.offerVariance = offerVariance
        }
        return adapted
    }
}
