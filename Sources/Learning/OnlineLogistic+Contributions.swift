extension OnlineLogistic {
    /// What each input adds to the mean of the logit: shared and own weight together, in the order of `layout.names`.
    ///
    /// The first is the bias, and what the stages add; they sum to the belief's mean.
    ///
    /// - Parameter offset: As in `learn`; not among the parts.
    public func contributions(_ input: ModelInput, offset: Double = 0) -> [Double] {
        let input = limits.cut(input, layout)
        var parts = (0..<layout.dimension).map { mean[$0] * input.values[$0] }
        let mask = offerMean.count - 1
        var position = Int(input.bucket) & mask
        for index in 0..<layout.crossWidth {
            parts[index] += Double(offerMean[position]) * input.values[index]
            position = (position + 1) & mask
        }
        if hyperparameters.stages > 0 {
            let score = parts.reduce(0, +) + offset
            parts[0] += logitOfShowing(at: score) - score
        }
        return parts
    }
}
