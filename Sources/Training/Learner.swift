import WeirLearning

/// A method of learning from examples, with its settings.
public enum Learner: Sendable, Hashable, Codable {
    /// Logistic regression for probabilities, ridge regression for means.
    case linear(LinearSettings)
    case forest(ForestSettings)
    /// Gradient boosting by XGBoost.
    case boosted(BoostingSettings)
}

public struct LinearSettings: Sendable, Hashable, Codable {
    /// L2 penalty on standardised weights, as in scikit-learn's C = 1 ÷ penalty: minimised is Σ loss + penalty ÷ 2 · |w|².
    /// ≥ 0; the bias is not penalised.
    public var penalty = 1.0
    public var maximumIterations = 100

    public init() {}
}

public struct ForestSettings: Sendable, Hashable, Codable {
    public var trees = 300
    public var minimumLeaf = 10
    /// Of 0: as deep as the leaves allow.
    public var maximumDepth = 0
    /// Share of columns looked at in each split; 0: the square root of their number.
    public var columnShare = 0.0

    public init() {}
}

public struct BoostingSettings: Sendable, Hashable, Codable {
    public var rounds = 150
    public var maximumDepth = 3
    public var learningRate = 0.08
    public var rowShare = 0.8
    public var columnShare = 1.0
    public var minimumChildWeight = 1.0
    public var penalty = 1.0
    /// Stops where the validation loss has not fallen for so many rounds; 0 never stops early.
    public var patience = 0
    /// Histogram bins per column.
    public var bins = 256
    public var threads = 1

    public init() {}
}

/// Examples: features, what happened, and how much each counts.
public struct Examples: Sendable {
    public var features: FeatureMatrix
    /// 0 or 1 for probabilities; any number for means. One per row.
    public var targets: [Double]
    /// ≥ 0, one per row; nil counts all alike.
    public var weights: [Double]?

    public init(features: FeatureMatrix, targets: [Double], weights: [Double]? = nil) {
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
