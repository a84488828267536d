import WeirStatistics

extension OnlineLogistic {
    /// Lets what was learned fade, so that a world that has changed is learned anew; call it with the day of each lesson.
    ///
    /// Exponential forgetting: the covariance grows by e^(days ÷ memory), as if every past outcome counted that much less.
    /// Directions that no outcome has touched for long would grow without bound, so no weight gets less certain than it
    /// was before anything was known. The means stay.
    ///
    /// Source: Kulhavý and Zarrop, "On a General Concept of Forgetting" (International Journal of Control 58, 1993), for
    /// forgetting that returns to the prior.
    ///
    /// - Parameter day: Counted from 1970-01-01; a day that lies before the last one changes nothing.
    public mutating func forget(until day: Int) {
        guard hyperparameters.memoryDays < .infinity else { return }
        guard let last = forgottenUntil else {
            forgottenUntil = Int64(day)
            return
        }
        let days = Int64(day) - last
        guard days > 0 else { return }
        forgottenUntil = Int64(day)
        // Beyond this all is forgotten anyway.
        let growth = Portable.exp(min(Double(days) / hyperparameters.memoryDays, 100))
        let dimension = dimension
        let scales = (0..<dimension).map { index in
            let grown = covariance[index * dimension + index] * growth
            let prior = Self.priorVariance(ofShared: index, layout, hyperparameters)
            return (growth * min(1, prior / grown)).squareRoot()
        }
        for row in 0..<dimension {
            for column in 0..<dimension { covariance[row * dimension + column] *= scales[row] * scales[column] }
        }
        for index in offerVariance.indices where offerVariance[index] < 1 {
            offerVariance[index] = min(1, offerVariance[index] * Float(growth))
        }
    }
}
