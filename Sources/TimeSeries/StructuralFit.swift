import Foundation
import WeirStatistics

/// A series' model at given variance ratios, with everything else estimated.
package struct StructuralFit {
    /// Variances of the level's, slope's and season's steps over the noise's.
    package var ratios: [Double]
    /// The diffuse log-likelihood at the best noise variance.
    package var logLikelihood: Double
    /// Of the noise.
    package var variance: Double
    /// Observations beyond those that states and coefficients use up.
    package var degreesOfFreedom: Int
    package var coefficients: [Double]
    /// Of the coefficients, at a noise variance of 1.
    var coefficientCovariance: Matrix
    var pass: StructuralFilter.Pass

    /// Whether states and coefficients explain all but what rounding leaves, so that there is no noise to measure an effect
    /// against.
    ///
    /// - Parameter spread: The outcome's summed squares about its mean.
    func explainsAll(of spread: Double) -> Bool {
        let left = variance * Double(degreesOfFreedom)
        return !(left > 1e-20 * spread) || !coefficients.isEmpty && left <= 1e-13 * pass.gram[0, 0]
    }

    package func standardError(_ coefficient: Int) -> Double {
        (variance * coefficientCovariance[coefficient, coefficient]).squareRoot()
    }

    /// Of the predicted state after the last step.
    package func state(_ index: Int) -> Double {
        let size = pass.states.count / (coefficients.count + 1)
        return coefficients.indices.reduce(pass.states[index]) {
            $0 - pass.states[($1 + 1) * size + index] * coefficients[$1]
        }
    }

    /// Innovations over their standard deviations, by step: independent and standard normal where the model is right.
    package var residuals: [(step: Int, value: Double)] {
        let scale = variance.squareRoot()
        return pass.innovations.map { (step: $0.step, value: innovation($0.values) / scale) }
    }

    /// What was predicted one step ahead, by step.
    func predictions(of outcome: [Double]) -> [(step: Int, value: Double)] {
        pass.innovations.map { ($0.step, outcome[$0.step] - innovation($0.values) * $0.deviation) }
    }

    private func innovation(_ values: [Double]) -> Double {
        coefficients.indices.reduce(values[0]) { $0 - values[$1 + 1] * coefficients[$1] }
    }
}

extension StructuralFilter {
    /// - Returns: Nil where the regressors cannot be told apart, or nothing is left to estimate the noise from.
    package func fit(ratios: [Double], keepsInnovations: Bool = false) -> StructuralFit? {
        let pass = pass(ratios: ratios, keepsInnovations: keepsInnovations)
        let count = columns.count - 1
        let degrees = pass.observed - pass.diffuseSteps - count
        guard degrees > 0 else { return nil }
        var remainder = pass.gram[0, 0]
        var coefficients: [Double] = []
        var covariance = Matrix(rows: 0, columns: 0)
        var logDeterminant = pass.logDeterminant
        if count > 0 {
            // Scaled to a unit diagonal, so that regressors of very different sizes do not hurt.
            let scales = (1...count).map { pass.gram[$0, $0].squareRoot() }
            guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
            var scaled = Matrix(rows: count, columns: count)
            for row in 0..<count {
                for column in 0..<count {
                    scaled[row, column] = pass.gram[row + 1, column + 1] / (scales[row] * scales[column])
                }
            }
            guard let factor = scaled.choleskyFactor, var inverse = scaled.inverseOfPositiveDefinite else { return nil }
            for index in 0..<count { logDeterminant += 2 * log(factor[index, index] * scales[index]) }
            for row in 0..<count {
                for column in 0..<count { inverse[row, column] /= scales[row] * scales[column] }
            }
            let moments = (1...count).map { pass.gram[0, $0] }
            coefficients = inverse * moments
            remainder -= zip(coefficients, moments).reduce(0) { $0 + $1.0 * $1.1 }
            covariance = inverse
        }
        let variance = max(remainder, .leastNormalMagnitude) / Double(degrees)
        let logLikelihood =
            -0.5
            * (Double(pass.observed) * log(2 * Double.pi) + logDeterminant + Double(degrees) * (log(variance) + 1))
        return StructuralFit(
            ratios: ratios, logLikelihood: logLikelihood, variance: variance, degreesOfFreedom: degrees,
            coefficients: coefficients, coefficientCovariance: covariance, pass: pass)
    }
}
