extension OnlineLogistic {
    /// An outcome of an offer that may have to be learned again.
    struct Lesson: Sendable, Equatable {
        var input: ModelInput
        var label: Double
        var offset: Double
        /// Nil for all.
        var stages: Range<Int>?
    }

    /// Whether an input is that of an offer rather than of "no offer".
    func isOffer(_ input: ModelInput) -> Bool { input.values[layout.crossWidth...].contains { $0 != 0 } }

    /// Doubts how offers work, but not who reaches the goal anyway, and learns again what came since the change began.
    ///
    /// - Parameter since: The outcomes of offers from then on, in their order.
    mutating func startOver(with since: [Lesson]) {
        doubtOffers()
        for lesson in since { absorb(lesson) }
    }

    /// Takes each weight of offers (affinities, kinds and lifts) to be what it was or drawn anew from the prior, with even
    /// odds. Around its old mean m, which stays to start from, its variance is then ½ v + ½ (prior + m²), and what was
    /// known of one says nothing of another.
    private mutating func doubtOffers() {
        let dimension = dimension
        for row in (1 + layout.scalars.count)..<layout.dimension {
            let prior = Self.priorVariance(ofShared: row, layout, hyperparameters)
            let variance = (covariance[row * dimension + row] + prior + mean[row] * mean[row]) / 2
            for column in 0..<dimension {
                covariance[row * dimension + column] = 0
                covariance[column * dimension + row] = 0
            }
            covariance[row * dimension + row] = variance
        }
    }
}
