package import WeirLearning

/// A way to learn whom a treatment moves, and how much, from customers of whom some were treated and some were not.
package struct UpliftLearner: Sendable, Hashable, Codable {
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// A single model of the outcome that sees the treatment as one more feature; uplift is what changing it changes.
        case s
        /// Two models of the outcome, one of the treated and one of the others; uplift is their difference.
        case t
        /// As `t`; then what each row got beyond what the other model expects is learned, and the two results are weighted
        /// by the propensity.
        case x
        /// Each row's doubly robust estimate of its uplift, from outcome models that have not seen the row, is learned.
        case dr
    }

    package var method: Method
    /// Learns outcomes.
    package var outcome: Learner
    /// Learns effects, which are means; `s` and `t` have no use for it.
    package var effect: Learner

    package init(_ method: Method, outcome: Learner, effect: Learner? = nil) {
        self.method = method
        self.outcome = outcome
        self.effect = effect ?? outcome
    }
}

/// How likely each customer was to be treated.
package enum Propensities: Sendable, Hashable {
    /// The same for all, as in a randomised trial; in 0 < p < 1.
    case constant(Double)
    /// One per row, each in 0 < p < 1.
    case known([Double])
    /// Learned from the features by this method, and kept within `bounds`.
    ///
    /// Whoever was treated by habit rather than by chance is compared with others who are alike in the features; what the
    /// features do not show stays in the result.
    case estimated(Learner)

    /// Estimates outside are moved to these: a row that was all but certain to be treated says little about the others.
    package static let bounds = 0.01...0.99
}

/// Customers of whom some were treated.
package struct UpliftExamples: Sendable {
    package var features: FeatureMatrix
    package var isTreated: [Bool]
    /// 0 or 1 for probabilities; any finite number for means.
    package var outcomes: [Double]
    package var output: BatchModel.Output
    package var propensities: Propensities

    /// - Parameters:
    ///   - features: What was known before the treatment.
    ///   - isTreated: One per row.
    ///   - outcomes: One per row.
    package init(
        features: FeatureMatrix, isTreated: [Bool], outcomes: [Double], output: BatchModel.Output,
        propensities: Propensities
    ) {
        self.features = features
        self.isTreated = isTreated
        self.outcomes = outcomes
        self.output = output
        self.propensities = propensities
    }

    /// The rows at these positions, in that order.
    package func rows(_ positions: [Int]) -> UpliftExamples {
        var known = propensities
        if case .known(let all) = propensities { known = .known(positions.map { all[$0] }) }
        return UpliftExamples(
            features: features.rows(positions), isTreated: positions.map { isTreated[$0] },
            outcomes: positions.map { outcomes[$0] }, output: output, propensities: known)
    }
}
