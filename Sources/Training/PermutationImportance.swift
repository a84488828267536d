import Foundation
package import WeirLearning
import WeirStatistics

/// How much worse a model predicts when one column is shuffled.
package struct ColumnImportance: Sendable, Hashable, Codable {
    package var column: String
    /// Mean rise of the log loss (probabilities) or of the mean squared error (means); about 0 for a useless column.
    package var rise: Double
    /// Between the repeats; 0 for one repeat.
    package var standardDeviation: Double

    package init(column: String, rise: Double, standardDeviation: Double) {
        self.column = column
        self.rise = rise
        self.standardDeviation = standardDeviation
    }
}

/// The importance of each column by permutation, greatest first.
///
/// It says what the model relies on, not what causes the target; of two columns that say the same either may look useless.
///
/// Source: Breiman, "Random Forests" (Machine Learning 45, 2001), section 10; Fisher, Rudin, Dominici, "All Models are
/// Wrong, but Many are Useful" (JMLR 20, 2019).
///
/// - Parameters:
///   - examples: Better ones that the model has not learned from; columns as in the model.
///   - repeats: Shuffles per column; ≥ 1.
/// - Complexity: O(columns × repeats × rows) predictions.
package func permutationImportance(of model: BatchModel, on examples: Examples, repeats: Int = 5, seed: UInt64)
    throws(TrainingError) -> [ColumnImportance]
{
    guard repeats >= 1 else { throw .invalidSetting(name: "repeats", value: "\(repeats)", remedy: "Give at least 1.") }
    guard model.columns == examples.features.columns else {
        throw .mismatchedColumns(
            expected: model.columns.map(\.name), found: examples.features.columns.map(\.name))
    }
    try examples.check(for: model.output, needsBothClasses: false)
    let intact = loss(of: model, examples, shuffled: nil)
    let found = model.columns.indices.map { column in
        // A generator per column: its figures do not depend on which columns stand before it.
        var random = Xoshiro256StarStar(seed: seed &+ UInt64(column) &* 0x9e37_79b9_7f4a_7c15)
        var order = Array(0..<examples.features.rows)
        var moments = RunningMoments()
        for _ in 0..<repeats {
            shuffle(&order, &random)
            moments.include(loss(of: model, examples, shuffled: (column, order)) - intact)
        }
        return ColumnImportance(
            column: model.columns[column].name, rise: moments.mean,
            standardDeviation: moments.standardDeviation)
    }
    // A stable order: by position where equal.
    return found.enumerated().sorted { ($0.1.rise, $1.0) > ($1.1.rise, $0.0) }.map(\.1)
}

/// Fisher and Yates; `shuffled(using:)` promises no fixed sequence between versions.
private func shuffle(_ order: inout [Int], _ random: inout Xoshiro256StarStar) {
    for last in stride(from: order.count - 1, to: 0, by: -1) {
        order.swapAt(last, Int(random.unit() * Double(last + 1)))
    }
}

/// The weighted mean loss, where each row takes the value of `column` from another row.
private func loss(of model: BatchModel, _ examples: Examples, shuffled: (column: Int, order: [Int])?) -> Double {
    let width = model.columns.count
    let row = UnsafeMutableBufferPointer<Float>.allocate(capacity: width)
    defer { row.deallocate() }
    var sum = 0.0
    var total = 0.0
    examples.features.values.withUnsafeBufferPointer { values in
        for index in examples.targets.indices {
            for column in 0..<width { row[column] = values[index * width + column] }
            if let shuffled { row[shuffled.column] = values[shuffled.order[index] * width + shuffled.column] }
            let weight = examples.weights?[index] ?? 1
            let prediction = model.predict(UnsafeBufferPointer(row))
            let target = examples.targets[index]
            switch model.output {
            case .mean: sum += weight * (target - prediction) * (target - prediction)
            case .probability:
                let likelihood = min(max(target == 1 ? prediction : 1 - prediction, 1e-6), 1)
                sum -= weight * log(likelihood)
            }
            total += weight
        }
    }
    return sum / total
}
