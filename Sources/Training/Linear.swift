import Foundation
package import WeirLearning
import WeirStatistics

/// Learns logistic regression (probabilities) or ridge regression (means) with an L2 penalty.
///
/// Numbers are standardised; a missing value has a weight of its own where training has any, and each level of a category
/// has one. The result has no randomness and does not depend on how the optimum is found: Newton's method, on many rows
/// with the curvature of a part of them, from the optimum of a part of them. Each step then costs one pass.
///
/// Source: Erdogdu, Montanari, "Convergence rates of sub-sampled Newton methods" (NIPS 2015).
///
/// - Parameter output: Σ log loss is minimised for a probability, Σ squared error ÷ 2 for a mean, each with the penalty.
/// - Throws: `TrainingError` for examples or settings that nothing can be learned from.
/// - Complexity: O(rows × columns) per step, and O(weights³) per curvature.
package func fitLinear(
    _ settings: LinearSettings, _ examples: Examples, output: BatchModel.Output
) throws(TrainingError) -> BatchModel {
    try settings.check()
    try examples.check(for: output, looksForInfinity: false)
    let design = LinearDesign(examples)
    // Moments of an infinite value are not finite.
    if !design.isFinite {
        try examples.checkFinite()
        throw .invalidSetting(
            name: "features", value: "too large to be squared", remedy: "Divide the column with the largest values.")
    }
    guard design.count <= LinearSettings.maximumWeights else {
        throw .invalidSetting(
            name: "features", value: "\(design.count) weights",
            remedy: "A linear model takes at most \(LinearSettings.maximumWeights), one for each level of a category. "
                + "Leave out columns with many levels, or take boosted trees.")
    }
    let objective = LinearObjective(
        examples: examples, design: design, output: output, penalty: settings.penalty)
    let weights = objective.minimum(maximumIterations: settings.maximumIterations)
    guard weights.allSatisfy(\.isFinite) else {
        throw .invalidSetting(
            name: "features", value: "too large to be learned from",
            remedy: "Divide the column with the largest values.")
    }
    return BatchModel(
        columns: examples.features.columns, output: output,
        form: .linear(design.score(weights, columns: examples.features.columns)))
}

extension LinearSettings {
    /// Of the matrix of second derivatives 4,096² numbers take 128 MB.
    static let maximumWeights = 4_096

    func check() throws(TrainingError) {
        guard penalty >= 0, penalty.isFinite else {
            throw .invalidSetting(name: "penalty", value: "\(penalty)", remedy: "Give at least 0.")
        }
        guard maximumIterations >= 1 else {
            throw .invalidSetting(name: "maximumIterations", value: "\(maximumIterations)", remedy: "Give at least 1.")
        }
    }
}

extension LinearObjective {
    /// The weights of least loss.
    func minimum(maximumIterations: Int) -> [Double] {
        var weights = [Double](repeating: 0, count: design.count)
        let mean = examples.meanTarget
        weights[design.count - 1] = output == .mean ? mean : logit(min(max(mean, 1e-9), 1 - 1e-9))
        let rows = examples.features.rows
        let pilot = max(1, rows / max(32_768, 64 * design.count))
        if pilot > 1 {
            weights = minimum(from: weights, every: pilot, curvatureEvery: pilot, tolerance: 1e-6, maximumIterations)
        }
        let part = max(1, rows / max(196_608, 512 * design.count))
        return minimum(from: weights, every: 1, curvatureEvery: part, tolerance: 1e-8, maximumIterations)
    }

    /// Newton's method with a line search.
    ///
    /// - Parameters:
    ///   - every: The share of rows whose loss is minimised.
    ///   - curvatureEvery: The share whose curvature serves for all; grows where steps go astray.
    ///   - tolerance: The last step is the first whose expected fall of the loss is below this share of the loss.
    private func minimum(
        from start: [Double], every: Int, curvatureEvery: Int, tolerance: Double, _ maximumIterations: Int
    ) -> [Double] {
        var part = curvatureEvery
        var isExact: Bool { part == every }
        var here = value(at: start, every: every, withCurvature: isExact)
        var factor = (here.curvature ?? value(at: start, every: part, withCurvature: true).curvature!).factored()
        var lastFall = Double.infinity
        for _ in 0..<maximumIterations {
            let step = factor.solve(here.gradient)
            // Twice the fall of the loss that the quadratic model expects.
            let fall = zip(step, here.gradient).reduce(0) { $0 + $1.0 * $1.1 }
            // So near, the last step brings all the digits that 32 bits hold; looking at it would cost a pass.
            guard fall > tolerance * here.loss else { return moved(here.weights, step, 1) }
            if !isExact, fall > 0.1 * lastFall {
                part = max(every, part / 8)
                factor = value(at: here.weights, every: part, withCurvature: true).curvature!.factored()
                lastFall = .infinity
                continue
            }
            lastFall = fall
            var length = 1.0
            var next = value(at: moved(here.weights, step, length), every: every, withCurvature: isExact)
            // Rounding hides falls that are small against the loss.
            while next.loss > here.loss - 1e-4 * length * fall + 1e-9 * abs(here.loss), length > 1e-6 {
                length /= 4
                next = value(at: moved(here.weights, step, length), every: every, withCurvature: isExact)
            }
            here = next
            if isExact, let curvature = here.curvature { factor = curvature.factored() }
        }
        return here.weights
    }

    private func moved(_ weights: [Double], _ step: [Double], _ length: Double) -> [Double] {
        zip(weights, step).map { $0 - length * $1 }
    }
}
