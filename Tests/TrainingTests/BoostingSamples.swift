import WeirLearning
import WeirStatistics
import WeirTraining

/// Seeded examples: four numbers, a category of 40 levels and one of 3, a tenth of the values missing.
///
/// The target depends on the first number, the third one's step, the product of the first two and on the parity of the
/// large category's level; the second category says nothing.
func drawnExamples(rows: Int, seed: UInt64, output: BatchModel.Output = .probability, weighted: Bool = false)
    -> Examples
{
    var random = Xoshiro256StarStar(seed: seed)
    let columns =
        (0..<4).map { BatchModel.Column(name: "x\($0)") } + [
            BatchModel.Column(name: "shop", levels: (0..<40).map { "s\($0)" }),
            BatchModel.Column(name: "kind", levels: ["a", "b", "c"]),
        ]
    var values = ContiguousArray<Float>()
    var targets: [Double] = []
    for _ in 0..<rows {
        let x = (0..<4).map { _ in random.standardNormal() }
        let shop = Int(random.unit() * 40)
        let margin = x[0] + (x[2] > 0.5 ? 1 : 0) + x[0] * x[1] + (shop % 2 == 0 ? 1 : -1)
        switch output {
        case .probability: targets.append(random.unit() < sigmoid(margin) ? 1 : 0)
        case .mean: targets.append(10 + margin + 0.3 * random.standardNormal())
        }
        let row = x.map(Float.init) + [Float(shop), Float(Int(random.unit() * 3))]
        values += row.map { random.unit() < 0.1 ? Float.nan : $0 }
    }
    let weights = weighted ? (0..<rows).map { _ in 0.2 + random.unit() * 3 } : nil
    return Examples(features: FeatureMatrix(columns: columns, values: values), targets: targets, weights: weights)
}

func predictions(_ model: BatchModel, _ features: FeatureMatrix) -> [Double] {
    (0..<features.rows).map { features.row($0) { model.predict($0) } }
}

/// The mean log loss, or the mean squared error.
func meanLoss(_ model: BatchModel, _ examples: Examples) -> Double {
    let predicted = predictions(model, examples.features)
    guard model.output == .probability else {
        return zip(predicted, examples.targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            / Double(predicted.count)
    }
    return RankingMetrics.logLoss(labels: examples.targets.map { $0 == 1 }, probabilities: predicted)
}
