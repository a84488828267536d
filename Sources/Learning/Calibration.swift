import WeirStatistics

/// Turns the margins of a model into probabilities that come true as often as they say.
public enum Calibration: Sendable, Hashable, Codable {
    /// The sigmoid of the margin.
    case none
    /// sigmoid(slope × margin + intercept); slope > 0.
    ///
    /// Source: Platt, "Probabilistic Outputs for Support Vector Machines" (Advances in Large Margin Classifiers, 1999).
    case platt(slope: Double, intercept: Double)
    /// Linear between these points, flat outside them: margins ascending, probabilities not falling, each in 0 < p < 1.
    ///
    /// Source: Zadrozny, Elkan, "Transforming Classifier Scores into Accurate Multiclass Probability Estimates" (KDD 2002).
    case isotonic(margins: [Double], probabilities: [Double])

    /// The calibrated probability, in 0 < p < 1.
    public func probability(_ margin: Double) -> Double {
        switch self {
        case .none: return sigmoid(margin)
        case .platt(let slope, let intercept): return sigmoid(slope * margin + intercept)
        case .isotonic(let margins, let probabilities):
            guard let first = margins.first, margin > first else { return probabilities.first ?? sigmoid(margin) }
            guard margin < margins[margins.count - 1] else { return probabilities[probabilities.count - 1] }
            // The last point that is not above the margin.
            var low = 0
            var high = margins.count - 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if margins[middle] <= margin { low = middle } else { high = middle }
            }
            let share = (margin - margins[low]) / (margins[high] - margins[low])
            return probabilities[low] + share * (probabilities[high] - probabilities[low])
        }
    }
}
