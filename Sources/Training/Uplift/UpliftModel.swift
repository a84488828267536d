package import WeirLearning

/// A trained model of uplift: how much more of the outcome a row has where it is treated.
package struct UpliftModel: Sendable, Hashable, Codable {
    package indirect enum Form: Sendable, Hashable, Codable {
        /// The last column is the treatment: 1 or 0.
        case single(BatchModel)
        case pair(treated: BatchModel, control: BatchModel)
        /// propensity · control + (1 − propensity) · treated, each a model of the effect.
        case weighted(treated: BatchModel, control: BatchModel, propensity: Propensity)
        case effect(BatchModel)
        /// Of the models' predictions.
        case mean([UpliftModel])
    }

    package enum Propensity: Sendable, Hashable, Codable {
        case constant(Double)
        case model(BatchModel)
    }

    package var form: Form

    package init(_ form: Form) { self.form = form }

    /// The predicted uplift of each row, in units of the outcome.
    ///
    /// - Parameter features: Columns as in training, in the same order.
    package func predictions(_ features: FeatureMatrix) -> [Double] {
        switch form {
        case .single(let model):
            let treated = model.predictions(features.appending(treatment: 1))
            return zip(treated, model.predictions(features.appending(treatment: 0))).map { $0 - $1 }
        case .pair(let treated, let control):
            return zip(treated.predictions(features), control.predictions(features)).map { $0 - $1 }
        case .weighted(let treated, let control, let propensity):
            let propensities = propensity.predictions(features)
            let effects = (treated.predictions(features), control.predictions(features))
            return propensities.indices.map {
                propensities[$0] * effects.1[$0] + (1 - propensities[$0]) * effects.0[$0]
            }
        case .effect(let model):
            return model.predictions(features)
        case .mean(let models):
            var sums = [Double](repeating: 0, count: features.rows)
            for model in models {
                for (row, uplift) in model.predictions(features).enumerated() { sums[row] += uplift }
            }
            return sums.map { $0 / Double(models.count) }
        }
    }
}

extension UpliftModel.Propensity {
    func predictions(_ features: FeatureMatrix) -> [Double] {
        switch self {
        case .constant(let propensity): [Double](repeating: propensity, count: features.rows)
        case .model(let model):
            model.predictions(features).map {
                min(max($0, Propensities.bounds.lowerBound), Propensities.bounds.upperBound)
            }
        }
    }
}

extension FeatureMatrix {
    /// The name of the column that says whether a row is treated, in models that see it as a feature.
    static let treatmentColumn = "is treated"

    func appending(treatment: Float) -> FeatureMatrix { appending(treatments: repeatElement(treatment, count: rows)) }

    func appending(treatments: some Sequence<Float>) -> FeatureMatrix {
        let width = columns.count
        var wider = ContiguousArray<Float>()
        wider.reserveCapacity(rows * (width + 1))
        for (row, treatment) in treatments.enumerated() {
            wider += values[row * width..<(row + 1) * width]
            wider.append(treatment)
        }
        return FeatureMatrix(columns: columns + [.init(name: Self.treatmentColumn)], values: wider)
    }
}
