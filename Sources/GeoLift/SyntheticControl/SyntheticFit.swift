package import WeirStatistics

/// How the counterfactual is made from the donors.
package enum SyntheticMethod: Sendable, Equatable {
    /// Weights of at least 0 that sum to 1, so the counterfactual lies within the donors' range.
    case classic
    /// The same, corrected by a ridge regression for the imbalance that remains; nil: the penalty by cross-validation.
    case ridge(penalty: Double?)
    /// Least squares on donors rid of noise by keeping their largest singular values; nil: how many by the optimal threshold.
    case robust(rank: Int?)

    package var name: String {
        switch self {
        case .classic: "classic"
        case .ridge: "ridge"
        case .robust: "robust"
        }
    }
}

/// A counterfactual made of donors, fitted before the treatment.
package struct SyntheticFit: Sendable {
    /// One per donor.
    package var weights: [Double]
    /// What would have been, by period.
    package var counterfactual: [Double]
    /// Observed minus counterfactual, by period.
    package var gap: [Double]
    /// How many periods come before the treatment.
    package var before: Int
    /// Of the ridge correction, or how many singular values were kept; nil for the classic method.
    package var tuning: Double?
    /// Root of the summed squared gaps before the treatment.
    package var imbalance: Double
    /// The same over that of equally weighted donors: 0 is a perfect fit, 1 no better than the plain mean.
    package var scaledImbalance: Double

    /// Mean squared gap before the treatment.
    package var errorBefore: Double { imbalance * imbalance / Double(before) }
    /// Mean gap from the treatment on.
    package var effect: Double { gap[before...].reduce(0, +) / Double(gap.count - before) }
    /// Summed gap over the summed counterfactual, from the treatment on.
    package var lift: Double { gap[before...].reduce(0, +) / counterfactual[before...].reduce(0, +) }
}

extension SyntheticFit {
    /// Fits weights to the periods before the treatment.
    ///
    /// - Parameters:
    ///   - treated: By period, complete.
    ///   - donors: One row per period, one column per donor, complete; at least one column.
    ///   - before: How many periods come before the treatment; at least 2.
    ///   - demeaned: Whether each unit's mean before the treatment is taken out, so that only movements must match.
    package init(treated: [Double], donors: Matrix, before: Int, method: SyntheticMethod, demeaned: Bool) {
        let (y, level) = Self.centred(treated, before: before, demeaned: demeaned)
        var x = donors
        for column in 0..<donors.columns {
            let values = Self.centred(donors.column(column), before: before, demeaned: demeaned).values
            x.values.replaceSubrange(column * x.rows..<(column + 1) * x.rows, with: values)
        }
        let early = x.selecting(rows: Array(0..<before))
        let target = Array(y[..<before])
        let weights: [Double]
        var tuning: Double?
        switch method {
        case .classic:
            weights = simplexWeights(donors: early, target: target)
        case .ridge(let given):
            let ridge = RidgeAugmentation(donors: early, target: target)
            let penalty = given ?? ridge.crossValidatedPenalty()
            tuning = penalty
            weights = ridge.weights(penalty: penalty)
        case .robust(let rank):
            let clean = DenoisedDonors(x, rank: rank)
            tuning = Double(clean.rank)
            x = clean.matrix
            weights = clean.weights(target: target)
        }
        self.init(treated: treated, level: level, y: y, x: x, before: before, weights: weights, tuning: tuning)
    }

    init(
        treated: [Double], level: Double, y: [Double], x: Matrix, before: Int, weights: [Double], tuning: Double?
    ) {
        let mix = x * weights
        let plain = x * [Double](repeating: 1 / Double(x.columns), count: x.columns)
        func distance(_ other: [Double]) -> Double {
            (0..<before).reduce(0) { $0 + (y[$1] - other[$1]) * (y[$1] - other[$1]) }.squareRoot()
        }
        self.weights = weights
        self.before = before
        self.tuning = tuning
        counterfactual = mix.map { $0 + level }
        gap = zip(y, mix).map { $0 - $1 }
        imbalance = distance(mix)
        let naive = distance(plain)
        scaledImbalance = naive > 0 ? imbalance / naive : 0
    }

    /// A series without its mean before the treatment, and that mean; unchanged and 0 where it is to stay.
    static func centred(_ values: [Double], before: Int, demeaned: Bool) -> (values: [Double], level: Double) {
        guard demeaned else { return (values, 0) }
        let level = values[..<before].reduce(0, +) / Double(before)
        return (values.map { $0 - level }, level)
    }
}
