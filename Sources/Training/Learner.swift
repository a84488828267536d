import WeirLearning

/// A method of learning from examples, with its settings.
package enum Learner: Sendable, Hashable, Codable {
    /// Logistic regression for probabilities, ridge regression for means.
    case linear(LinearSettings)
    case forest(ForestSettings)
    /// Gradient boosting by XGBoost.
    case boosted(BoostingSettings)
}

package struct LinearSettings: Sendable, Hashable, Codable {
    /// L2 penalty on standardised weights, as in scikit-learn's C = 1 ÷ penalty: minimised is Σ loss + penalty ÷ 2 · |w|².
    /// ≥ 0; the bias is not penalised.
    package var penalty = 1.0
    package var maximumIterations = 100

    package init() {}
}

package struct ForestSettings: Sendable, Hashable, Codable {
    package var trees = 300
    package var minimumLeaf = 10
    /// Of 0: as deep as the leaves allow.
    package var maximumDepth = 0
    /// Share of columns looked at in each split; 0: the square root of their number.
    package var columnShare = 0.0

    package init() {}
}

package struct BoostingSettings: Sendable, Hashable, Codable {
    package var rounds = 150
    package var maximumDepth = 3
    package var learningRate = 0.08
    package var rowShare = 0.8
    package var columnShare = 1.0
    package var minimumChildWeight = 1.0
    package var penalty = 1.0
    /// Stops where the validation loss has not fallen for so many rounds; 0 never stops early.
    package var patience = 0
    /// Histogram bins per column.
    package var bins = 256
    package var threads = 1

    package init() {}
}

/// Examples: features, what happened, and how much each counts.
package struct Examples: Sendable {
    package var features: FeatureMatrix
    /// 0 or 1 for probabilities; any number for means. One per row.
    package var targets: [Double]
    /// ≥ 0, one per row; nil counts all alike.
    package var weights: [Double]?

    package init(features: FeatureMatrix, targets: [Double], weights: [Double]? = nil) {
        self.features = features
        self.targets = targets
        self.weights = weights
    }
}

// The seam between methods and their users:
//
//     func fit(_ learner: Learner, _ examples: Examples, output: BatchModel.Output, validation: Examples?, seed: UInt64)
//         throws(TrainingError) -> BatchModel
//     extension BatchModel { func predictions(_ features: FeatureMatrix) -> [Double] }
