package import WeirLearning

/// Learns a model from examples by any method.
///
/// - Parameters:
///   - output: What is predicted.
///   - validation: Later examples, on which boosting with `patience` stops early; other methods have no use for them.
///   - seed: Draws rows and columns in forests and boosting.
/// - Throws: `TrainingError` for examples or settings that nothing can be learned from.
package func fit(
    _ learner: Learner, _ examples: Examples, output: BatchModel.Output, validation: Examples? = nil, seed: UInt64
) throws(TrainingError) -> BatchModel {
    switch learner {
    case .linear(let settings): try fitLinear(settings, examples, output: output)
    case .forest(let settings): try fitForest(settings, examples, output: output, seed: seed)
    case .boosted(let settings):
        try fitBoosted(settings, examples, output: output, validation: validation, seed: seed).model
    }
}

extension BatchModel {
    /// The calibrated probabilities or means of all rows.
    ///
    /// - Parameter features: Columns as in `columns`, in the same order.
    package func predictions(_ features: FeatureMatrix) -> [Double] {
        margins(features).map { output == .probability ? calibration.probability($0) : $0 }
    }

    /// The scores of all rows before calibration.
    ///
    /// - Parameter features: Columns as in `columns`, in the same order.
    package func margins(_ features: FeatureMatrix) -> [Double] {
        precondition(features.columns.count == columns.count, "a row holds one value per column")
        let width = columns.count
        return features.values.withUnsafeBufferPointer { values in
            (0..<features.rows).map { row in
                margin(UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width]))
            }
        }
    }
}
