import Foundation
package import WeirLearning

/// What early stopping has kept.
package struct BoostedFit: Sendable {
    package var model: BatchModel
    /// Rounds kept.
    package var rounds: Int
    /// After the rounds kept: the mean log loss of probabilities, the mean squared error of means. Nil without validation.
    package var validationLoss: Double?
}

/// Learns boosted trees by XGBoost.
///
/// Missing values go where they fit best at each split. Levels of a category are split into two sets. The margin starts at
/// the mean target. The result depends on the seed and, in its last digits, on the number of threads.
///
/// Source: Chen, Guestrin, "XGBoost: A Scalable Tree Boosting System" (KDD 2016).
///
/// - Parameters:
///   - output: Log loss is minimised for a probability, squared error for a mean.
///   - validation: Where the loss is measured; with `patience` decides how many rounds are kept. Same columns.
///   - seed: Draws rows and columns where their shares are below 1.
/// - Throws: `TrainingError` for examples or settings that nothing can be learned from.
package func fitBoosted(
    _ settings: BoostingSettings, _ examples: Examples, output: BatchModel.Output, validation: Examples? = nil,
    seed: UInt64
) throws(TrainingError) -> BoostedFit {
    try settings.check(hasValidation: validation != nil)
    try examples.check(for: output)
    try validation?.check(for: output, needsBothClasses: false)
    if let validation { try examples.checkColumns(of: validation) }

    let start = Start(mean: examples.meanTarget, output: output)
    let training = try XGBoostMatrix(examples, threads: settings.threads)
    let watched: XGBoostMatrix? =
        if let validation { try XGBoostMatrix(validation, threads: settings.threads) } else { nil }
    let parameters = settings.parameters(output: output, start: start, seed: seed)
    let booster = try XGBoostBooster(parameters, seeing: training, watched)

    var best: (rounds: Int, loss: Double)?
    for round in 0..<settings.rounds {
        try booster.update(round: round, on: training)
        let isLast = round + 1 == settings.rounds
        guard let watched, settings.patience > 0 || isLast else { continue }
        let loss = try booster.evaluate(round: round, on: watched)
        if settings.patience == 0 || loss < best?.loss ?? .infinity { best = (round + 1, loss) }
        if settings.patience > 0, let best, round + 1 - best.rounds >= settings.patience { break }
    }

    var trees = TreeEnsemble(base: Double(start.margin))
    let rounds = best?.rounds ?? settings.rounds
    try trees.append(xgboost: booster.save(), first: rounds)
    return BoostedFit(
        model: BatchModel(columns: examples.features.columns, output: output, form: .trees(trees)), rounds: rounds,
        // XGBoost's metric is the root of the mean squared error.
        validationLoss: best.map { output == .mean ? $0.loss * $0.loss : $0.loss })
}

/// Where boosting starts: the mean target, as XGBoost takes it and in its margins.
struct Start {
    let baseScore: Float
    let margin: Float

    init(mean: Double, output: BatchModel.Output) {
        switch output {
        case .mean:
            baseScore = Float(mean)
            margin = baseScore
        case .probability:
            baseScore = Float(min(max(mean, 1e-6), 1 - 1e-6))
            margin = -logf(1 / baseScore - 1)
        }
    }
}

extension BoostingSettings {
    func parameters(output: BatchModel.Output, start: Start, seed: UInt64) -> [(name: String, value: String)] {
        [
            ("objective", output == .probability ? "binary:logistic" : "reg:squarederror"),
            ("eval_metric", output == .probability ? "logloss" : "rmse"),
            ("base_score", "\(start.baseScore)"), ("tree_method", "hist"), ("max_depth", "\(maximumDepth)"),
            ("max_bin", "\(bins)"), ("eta", "\(learningRate)"), ("subsample", "\(rowShare)"),
            ("colsample_bytree", "\(columnShare)"), ("min_child_weight", "\(minimumChildWeight)"),
            ("lambda", "\(penalty)"), ("nthread", "\(threads)"), ("seed", "\(seed & 0x7fff_ffff)"), ("verbosity", "0"),
        ]
    }

    func check(hasValidation: Bool) throws(TrainingError) {
        func require(_ isRight: Bool, _ name: String, _ value: some Any, _ remedy: String) throws(TrainingError) {
            guard isRight else { throw .invalidSetting(name: name, value: "\(value)", remedy: remedy) }
        }
        try require(rounds >= 1, "rounds", rounds, "Give at least 1.")
        try require((1...30).contains(maximumDepth), "maximumDepth", maximumDepth, "Give 1 to 30.")
        try require(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "Give more than 0, at most 1.")
        try require(rowShare > 0 && rowShare <= 1, "rowShare", rowShare, "Give more than 0, at most 1.")
        try require(columnShare > 0 && columnShare <= 1, "columnShare", columnShare, "Give more than 0, at most 1.")
        try require(
            minimumChildWeight >= 0 && minimumChildWeight.isFinite, "minimumChildWeight", minimumChildWeight,
            "Give at least 0.")
        try require(penalty >= 0 && penalty.isFinite, "penalty", penalty, "Give at least 0.")
        try require((2...65_535).contains(bins), "bins", bins, "Give 2 to 65,535.")
        try require(threads >= 1, "threads", threads, "Give at least 1.")
        try require(patience >= 0, "patience", patience, "Give at least 0; 0 never stops early.")
        try require(
            patience == 0 || hasValidation, "patience", patience,
            "Give validation examples to stop on, or a patience of 0.")
    }
}
