import WeirStatistics

/// A difference between treated and held out with what each customer adds to its error.
struct LiftContrast {
    var value: Double
    /// Each customer's part of the estimate's error, in the order of the subset.
    var influence: [Double]
    /// The same order.
    var isTreated: [Bool]

    /// Mean of the treated less mean of the held out.
    static func difference(_ outcomes: [Double], _ isTreated: [Bool]) -> LiftContrast {
        weighted(outcomes, isTreated, weights: [Double](repeating: 1, count: outcomes.count))
    }

    /// Inverse propensity weighting with weights that sum to one in each arm (Hájek).
    ///
    /// Source: Imbens, Rubin, "Causal Inference for Statistics, Social, and Biomedical Sciences" (2015), section 19.5.
    ///
    /// - Parameter weights: 1 ÷ probability of the arm that the customer is in.
    static func weighted(_ outcomes: [Double], _ isTreated: [Bool], weights: [Double]) -> LiftContrast {
        let none = [Double](repeating: 0, count: outcomes.count)
        return doublyRobust(outcomes, isTreated, weights: weights, treated: none, heldOut: none)
    }

    /// Augmented inverse propensity weighting: the predicted difference, corrected by the weighted residuals of each arm.
    ///
    /// Unbiased whatever the predictions are worth, since the probabilities are known; good predictions take noise away.
    ///
    /// Source: Robins, Rotnitzky, Zhao, "Estimation of Regression Coefficients When Some Regressors Are Not Always
    /// Observed" (JASA 89(427), 1994), with normalised weights.
    static func doublyRobust(
        _ outcomes: [Double], _ isTreated: [Bool], weights: [Double], treated: [Double], heldOut: [Double]
    ) -> LiftContrast {
        let one = mean(of: true, outcomes, isTreated, weights: weights, predicted: treated)
        let zero = mean(of: false, outcomes, isTreated, weights: weights, predicted: heldOut)
        return one.minus(zero)
    }

    /// What everyone would do on average in one arm, by the same estimator.
    static func mean(
        of arm: Bool, _ outcomes: [Double], _ isTreated: [Bool], weights: [Double], predicted: [Double]
    ) -> LiftContrast {
        let count = Double(outcomes.count)
        var (total, residuals, expected) = (0.0, 0.0, 0.0)
        for index in outcomes.indices {
            expected += predicted[index]
            guard isTreated[index] == arm else { continue }
            total += weights[index]
            residuals += weights[index] * (outcomes[index] - predicted[index])
        }
        expected /= count
        let residual = residuals / total
        let influence = outcomes.indices.map { index in
            let own =
                isTreated[index] == arm
                ? weights[index] * (outcomes[index] - predicted[index] - residual) / total : 0
            return (predicted[index] - expected) / count + own
        }
        return LiftContrast(value: expected + residual, influence: influence, isTreated: isTreated)
    }

    func minus(_ other: LiftContrast) -> LiftContrast {
        LiftContrast(
            value: value - other.value, influence: zip(influence, other.influence).map { $0 - $1 }, isTreated: isTreated
        )
    }

    // MARK: Error

    /// Sums of squares of each arm, as sample variances have them: times n ÷ (n − 1).
    private func variances(with other: LiftContrast) -> (treated: Double, heldOut: Double) {
        var sums = (0.0, 0.0)
        var counts = (0.0, 0.0)
        for index in influence.indices {
            let product = influence[index] * other.influence[index]
            if isTreated[index] {
                sums.0 += product
                counts.0 += 1
            } else {
                sums.1 += product
                counts.1 += 1
            }
        }
        return (sums.0 * counts.0 / max(1, counts.0 - 1), sums.1 * counts.1 / max(1, counts.1 - 1))
    }

    func covariance(with other: LiftContrast) -> Double {
        let parts = variances(with: other)
        return parts.treated + parts.heldOut
    }

    var standardError: Double { covariance(with: self).squareRoot() }

    /// Degrees of freedom after Satterthwaite: those of the smaller arm where its variance rules.
    var degreesOfFreedom: Double {
        let parts = variances(with: self)
        let treated = Double(isTreated.count { $0 })
        let heldOut = Double(isTreated.count) - treated
        let sum = parts.treated + parts.heldOut
        guard sum > 0 else { return max(1, treated + heldOut - 2) }
        return max(
            1,
            sum * sum
                / (parts.treated * parts.treated / max(1, treated - 1)
                    + parts.heldOut * parts.heldOut / max(1, heldOut - 1)))
    }

    func reach(confidence: Double) -> Double {
        StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: degreesOfFreedom)
    }

    /// With constant weights and no predictions this is Welch's interval.
    func interval(confidence: Double) -> Interval {
        let reach = reach(confidence: confidence) * standardError
        return Interval(estimate: value, lower: value - reach, upper: value + reach)
    }

    /// This ÷ `other`, with an interval that holds whatever the divisor's noise; its ends are infinite where the divisor
    /// could be 0.
    ///
    /// Source: Fieller, "Some Problems in Interval Estimation" (JRSS B 16(2), 1954).
    func ratio(to other: LiftContrast, confidence: Double) -> Interval? {
        guard other.value != 0 else { return nil }
        let t = reach(confidence: confidence)
        let a = other.value * other.value - t * t * other.covariance(with: other)
        let b = value * other.value - t * t * covariance(with: other)
        let c = value * value - t * t * covariance(with: self)
        let estimate = value / other.value
        let root = b * b - a * c
        guard a > 0, root >= 0 else { return Interval(estimate: estimate, lower: -.infinity, upper: .infinity) }
        return Interval(
            estimate: estimate, lower: (b - root.squareRoot()) / a, upper: (b + root.squareRoot()) / a)
    }
}
