package import WeirLearning
import WeirStatistics

/// Learns a random forest: deep trees, each on rows drawn with replacement and on a few columns per split; they vote with
/// their leaves' mean target.
///
/// The trees are grown by XGBoost's histogram method, so missing values and categories are treated as in boosting.
/// Without a limit on the depth, a tree holds up to 2 × rows ÷ `minimumLeaf` nodes.
///
/// Source: Breiman, "Random Forests" (Machine Learning 45, 2001).
///
/// - Parameters:
///   - output: The mean vote is the probability or the mean.
///   - threads: ≥ 1.
/// - Throws: `TrainingError` for examples or settings that nothing can be learned from.
package func fitForest(
    _ settings: ForestSettings, _ examples: Examples, output: BatchModel.Output, seed: UInt64, threads: Int = 1
) throws(TrainingError) -> BatchModel {
    try settings.check(threads: threads)
    try examples.check(for: output)

    // Weights with mean 1 make the weight of a leaf comparable to a count of rows.
    let rows = examples.features.rows
    let total = examples.weights?.reduce(0, +) ?? Double(rows)
    let weights = examples.weights.map { $0.map { $0 * Double(rows) / total } }
    let matrix = try XGBoostMatrix(examples, threads: threads)
    let columns = Double(examples.features.columns.count)
    let share = settings.columnShare > 0 ? settings.columnShare : (columns.squareRoot().rounded(.down) / columns)

    var random = Xoshiro256StarStar(seed: seed)
    // Trees grow on what is left above the mean target: a tree with too little weight to split then votes for the mean.
    let mean = Float(examples.meanTarget)
    var trees = TreeEnsemble(base: Double(mean), sum: output == .probability ? .probability : .margin)
    for _ in 0..<settings.trees {
        var counts = [Double](repeating: 0, count: rows)
        for _ in 0..<rows { counts[Int(random.unit() * Double(rows))] += 1 }
        if let weights { for row in counts.indices { counts[row] *= weights[row] } }
        try matrix.set("weight", counts)
        let booster = try XGBoostBooster(
            [
                // Squared error with no penalty and no shrinking makes a leaf its rows' mean target.
                ("objective", "reg:squarederror"), ("base_score", "\(mean)"), ("tree_method", "hist"), ("eta", "1"),
                ("lambda", "0"), ("max_bin", "256"), ("max_depth", "\(settings.maximumDepth)"),
                ("min_child_weight", "\(settings.minimumLeaf)"), ("colsample_bynode", "\(share)"),
                ("nthread", "\(threads)"), ("seed", "\(random.next() & 0x7fff_ffff)"), ("verbosity", "0"),
            ], seeing: matrix)
        try booster.update(round: 0, on: matrix)
        try trees.append(xgboost: booster.save(), scale: 1 / Float(settings.trees))
    }
    return BatchModel(columns: examples.features.columns, output: output, form: .trees(trees))
}

extension ForestSettings {
    fileprivate func check(threads: Int) throws(TrainingError) {
        func require(_ isRight: Bool, _ name: String, _ value: some Any, _ remedy: String) throws(TrainingError) {
            guard isRight else { throw .invalidSetting(name: name, value: "\(value)", remedy: remedy) }
        }
        try require(trees >= 1, "trees", trees, "Give at least 1.")
        try require(minimumLeaf >= 1, "minimumLeaf", minimumLeaf, "Give at least 1.")
        try require((0...30).contains(maximumDepth), "maximumDepth", maximumDepth, "Give 0 (no limit) to 30.")
        try require(
            columnShare >= 0 && columnShare <= 1, "columnShare", columnShare,
            "Give 0 (the square root of their number) to 1.")
        try require(threads >= 1, "threads", threads, "Give at least 1.")
    }
}
