import Foundation
import WeirStatistics

/// One pass of the Kalman filter over a series and its regressors, for given variance ratios.
///
/// The state starts diffuse, exactly, by the two-part covariance of Durbin and Koopman, "Time Series Analysis by State
/// Space Methods" (2012), section 5.2. The regressors' coefficients are diffuse states too, but are not kept in the filter:
/// each regressor is filtered as the outcome is, and a least squares fit of the outcome's innovations on theirs gives
/// the same likelihood, coefficients and forecasts (de Jong, "The Diffuse Kalman Filter", Annals of Statistics 19(2),
/// 1991). That is quicker, and smooth regressors do not spoil the first steps' precision.
package struct StructuralFilter {
    let model: StructuralModel
    /// The outcome, then the regressors; all equally long. NaN where the outcome is missing.
    let columns: [[Double]]
    /// What is learnt from: this many steps at the start.
    let count: Int

    package init(model: StructuralModel, columns: [[Double]], count: Int) {
        self.model = model
        self.columns = columns
        self.count = count
    }

    /// What a pass leaves, at a noise variance of 1.
    package struct Pass {
        /// Of the innovations of all columns, each over its variance: the outcome's first.
        var gram: Matrix
        /// Σ log F, the diffuse steps by their diffuse part.
        var logDeterminant = 0.0
        var observed = 0
        /// Steps that went into making the state known.
        var diffuseSteps = 0
        /// The predicted state after the last step, by column.
        var states: [Double]
        var covariance: [Double]
        /// Zero where all of the state is known.
        var diffuse: [Double]
        /// Innovations ÷ √F of each proper step, by column, where asked for.
        var innovations: [(step: Int, values: [Double], deviation: Double)] = []
    }

    /// Diffuse variance below this is rounding.
    static let negligible = 1e-7

    func pass(ratios: [Double], keepsInnovations: Bool = false) -> Pass {
        let size = model.stateCount
        let width = columns.count
        let disturbances = model.disturbances(ratios)
        let season = model.seasonStart
        var pass = Pass(
            gram: Matrix(rows: width, columns: width), states: [Double](repeating: 0, count: size * width),
            covariance: [Double](repeating: 0, count: size * size), diffuse: Matrix.identity(size).values)
        var isDiffuse = true
        var gain = [Double](repeating: 0, count: size)
        var diffuseGain = gain
        var errors = [Double](repeating: 0, count: width)
        for step in 0..<count {
            if !columns[0][step].isNaN {
                pass.observed += 1
                for column in 0..<width {
                    let first = column * size
                    let predicted = pass.states[first] + (season.map { pass.states[first + $0] } ?? 0)
                    errors[column] = columns[column][step] - predicted
                }
                let variance = 1 + Self.observe(pass.covariance, season, size, &gain)
                let diffuseVariance = isDiffuse ? Self.observe(pass.diffuse, season, size, &diffuseGain) : 0
                if diffuseVariance > Self.negligible {
                    pass.diffuseSteps += 1
                    pass.logDeterminant += log(diffuseVariance)
                    for column in 0..<width {
                        let factor = errors[column] / diffuseVariance
                        for row in 0..<size { pass.states[column * size + row] += diffuseGain[row] * factor }
                    }
                    for column in 0..<size {
                        for row in 0..<size {
                            let place = column * size + row
                            pass.covariance[place] +=
                                diffuseGain[row] * diffuseGain[column] * variance
                                / (diffuseVariance * diffuseVariance)
                                - (gain[row] * diffuseGain[column] + diffuseGain[row] * gain[column]) / diffuseVariance
                            pass.diffuse[place] -= diffuseGain[row] * diffuseGain[column] / diffuseVariance
                        }
                    }
                } else {
                    pass.logDeterminant += log(variance)
                    for column in 0..<width {
                        let factor = errors[column] / variance
                        for row in 0..<size { pass.states[column * size + row] += gain[row] * factor }
                        for row in 0...column { pass.gram[row, column] += errors[row] * factor }
                    }
                    for column in 0..<size {
                        let factor = gain[column] / variance
                        for row in 0..<size { pass.covariance[column * size + row] -= gain[row] * factor }
                    }
                    if keepsInnovations {
                        let deviation = variance.squareRoot()
                        pass.innovations.append((step, errors.map { $0 / deviation }, deviation))
                    }
                }
            }
            advance(&pass, disturbances)
            if isDiffuse { isDiffuse = pass.diffuse.contains { abs($0) > Self.negligible } }
        }
        for column in 0..<width { for row in 0..<column { pass.gram[column, row] = pass.gram[row, column] } }
        return pass
    }

    /// One step on without looking.
    func advance(_ pass: inout Pass, _ disturbances: [Double]) {
        model.advanceRows(&pass.states, columns: columns.count)
        model.advanceCovariance(&pass.covariance)
        if pass.diffuseSteps < model.stateCount { model.advanceCovariance(&pass.diffuse) }
        for index in disturbances.indices { pass.covariance[index * (model.stateCount + 1)] += disturbances[index] }
    }

    /// Puts P·Zᵀ into `gain`, where Z takes level and season; returns Z·P·Zᵀ.
    @inline(__always)
    static func observe(_ covariance: [Double], _ season: Int?, _ size: Int, _ gain: inout [Double]) -> Double {
        for row in 0..<size { gain[row] = covariance[row] + (season.map { covariance[$0 * size + row] } ?? 0) }
        return gain[0] + (season.map { gain[$0] } ?? 0)
    }
}
