import WeirStatistics

/// What would have been, step by step and summed, at given variance ratios.
package struct StructuralForecast {
    /// By step after the last one learnt from.
    package var means: [Double] = []
    /// Of the outcome itself, so with its noise, and with the coefficients' uncertainty; infinite where the past says
    /// nothing about such a step.
    package var variances: [Double] = []
    /// Of the sum over the steps counted so far.
    package var sums: [Double] = []
    package var sumVariances: [Double] = []
}

extension StructuralFilter {
    /// - Parameter isCounted: By step after the last one learnt from: whether it enters the sums.
    package func forecast(_ fit: StructuralFit, isCounted: [Bool]) -> StructuralForecast {
        let size = model.stateCount
        let season = model.seasonStart
        let disturbances = model.disturbances(fit.ratios)
        var pass = fit.pass
        var gain = [Double](repeating: 0, count: size)
        var unused = gain
        // Covariance of the state with the sum so far, and the sum's own.
        var shared = gain
        var sum = 0.0
        var sumVariance = 0.0
        var sumGaps = [Double](repeating: 0, count: fit.coefficients.count)
        var result = StructuralForecast()

        func coefficientVariance(_ gaps: [Double]) -> Double {
            gaps.isEmpty ? 0 : zip(gaps, fit.coefficientCovariance * gaps).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for (offset, counts) in isCounted.enumerated() {
            let step = count + offset
            func predicted(_ column: Int) -> Double {
                pass.states[column * size] + (season.map { pass.states[column * size + $0] } ?? 0)
            }
            // What of each regressor its own past does not predict.
            let gaps = fit.coefficients.indices.map { columns[$0 + 1][step] - predicted($0 + 1) }
            let mean = zip(gaps, fit.coefficients).reduce(predicted(0)) { $0 + $1.0 * $1.1 }
            let own = 1 + Self.observe(pass.covariance, season, size, &gain)
            let isUnknown = Self.observe(pass.diffuse, season, size, &unused) > Self.negligible
            result.means.append(mean)
            result.variances.append(isUnknown ? .infinity : fit.variance * (own + coefficientVariance(gaps)))
            if counts {
                sum += mean
                sumVariance += own + 2 * (shared[0] + (season.map { shared[$0] } ?? 0))
                for row in 0..<size { shared[row] += gain[row] }
                for index in gaps.indices { sumGaps[index] += gaps[index] }
            }
            result.sums.append(sum)
            result.sumVariances.append(fit.variance * (sumVariance + coefficientVariance(sumGaps)))
            advance(&pass, disturbances)
            model.advanceRows(&shared, columns: 1)
        }
        return result
    }
}
