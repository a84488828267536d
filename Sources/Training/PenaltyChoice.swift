import Foundation
package import WeirLearning

/// The penalty with which a linear model did best on later rows, for data so small that the default would be a guess.
package struct PenaltyChoice: Sendable, Hashable {
    /// From no weights to speak of (which predicts the mean) down to nearly free ones, in steps of √10.
    static let penalties = (0...10).map { 1e4 / pow(10, Double($0) / 2) }

    package var penalty: Double
    /// Mean loss on later rows by penalty, strongest first: log loss of probabilities, squared error of means. Empty where no
    /// stretch of rows could be learned from.
    package var losses: [Loss]

    package struct Loss: Sendable, Hashable {
        package var penalty: Double
        package var loss: Double
    }

    /// Compares penalties by rolling origin: each stretch of rows is predicted from all rows before it.
    ///
    /// Of equal losses the stronger penalty is taken; without any, the strongest, which predicts the mean.
    ///
    /// - Parameters:
    ///   - times: One per row; nil takes the rows as they stand.
    ///   - settings: For all but the penalty.
    ///   - folds: Stretches that are predicted; ≥ 1.
    /// - Throws: `TrainingError` for examples that nothing can be learned from.
    package init(
        _ examples: Examples, times: [Double]? = nil, output: BatchModel.Output,
        settings: LinearSettings = LinearSettings(), folds: Int = 4
    ) throws(TrainingError) {
        try examples.check(for: output)
        let times = times ?? examples.targets.indices.map(Double.init)
        var sums = [Double](repeating: 0, count: Self.penalties.count)
        var total = 0.0
        for split in TimeSplit.rollingOrigin(times: times, folds: folds) {
            let earlier = examples.rows(split.earlier)
            let later = examples.rows(split.later)
            // A first stretch of one class only says nothing yet.
            do { try earlier.check(for: output) } catch { continue }
            let weights = later.weights ?? later.targets.map { _ in 1 }
            total += weights.reduce(0, +)
            for (index, penalty) in Self.penalties.enumerated() {
                var settings = settings
                settings.penalty = penalty
                let model = try fitLinear(settings, earlier, output: output)
                sums[index] += Self.loss(model.predictions(later.features), later.targets, weights, output)
            }
        }
        losses = total > 0 ? zip(Self.penalties, sums).map { Loss(penalty: $0, loss: $1 / total) } : []
        // The first of equals is the strongest.
        penalty = losses.min { $0.loss < $1.loss }?.penalty ?? Self.penalties[0]
    }

    private static func loss(
        _ predictions: [Double], _ targets: [Double], _ weights: [Double], _ output: BatchModel.Output
    ) -> Double {
        predictions.indices.reduce(0) { sum, row in
            let (prediction, target) = (predictions[row], targets[row])
            guard output == .probability else {
                return sum + weights[row] * (prediction - target) * (prediction - target)
            }
            return sum - weights[row] * log(max(target == 1 ? prediction : 1 - prediction, 1e-6))
        }
    }
}
