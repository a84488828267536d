import Foundation

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
        let growth = exp(min(Double(days) / hyperparameters.memoryDays, 100))
        let dimension = layout.dimension
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

    /// Whether an input is that of an offer rather than of "no offer".
    func isOffer(_ input: ModelInput) -> Bool { input.values[layout.crossWidth...].contains { $0 != 0 } }

    /// Forgets much of how offers work, but not who reaches the goal anyway: affinities, kinds and lifts count a tenth of
    /// what they did, and are no less certain than before anything was known. The means stay, to start from.
    mutating func forgetOffers() {
        let dimension = layout.dimension
        let scales = (0..<dimension).map { index -> Double in
            guard index > layout.scalars.count else { return 1 }
            let prior = Self.priorVariance(ofShared: index, layout, hyperparameters)
            return max(1, min(10, prior / covariance[index * dimension + index])).squareRoot()
        }
        for row in 0..<dimension {
            for column in 0..<dimension { covariance[row * dimension + column] *= scales[row] * scales[column] }
        }
    }
}

/// Notices that outcomes have begun to differ from what is believed, in either direction.
///
/// Two cumulative sums of standardised residuals, each with an allowance for the small bias that choosing the best brings.
/// A fall of the probability from 0.4 to 0.25 is noticed after some 150 outcomes; without a change, and with a bias of a
/// twentieth of a standard deviation, an alarm comes about once in 7,000.
///
/// Source: Page, "Continuous Inspection Schemes" (Biometrika 41, 1954).
struct ChangeWatch: Sendable, Equatable {
    private(set) var above = 0.0
    private(set) var below = 0.0
    /// Outcomes to let pass, while what was forgotten is learned anew.
    private(set) var pause = 0
    /// In standard deviations of one outcome.
    static let allowance = 0.15
    static let threshold = 25.0

    static let pause = 1_000

    init(above: Double = 0, below: Double = 0, pause: Int = 0) {
        self.pause = pause
        self.above = above
        self.below = below
    }

    /// - Returns: Whether a change is noticed; the sums then begin anew.
    mutating func note(_ residual: Double) -> Bool {
        // One surprise of a very rare outcome is no change.
        guard pause == 0 else {
            pause -= 1
            return false
        }
        let residual = min(max(residual, -4), 4)
        above = max(0, above + residual - Self.allowance)
        below = max(0, below - residual - Self.allowance)
        guard max(above, below) > Self.threshold else { return false }
        self = ChangeWatch(pause: Self.pause)
        return true
    }
}
