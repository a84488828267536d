package import WeirLearning
package import WeirStatistics

/// What a recipe tried, what it chose, and how that did on later rows.
package struct RecipeReport: Sendable {
    /// A method with the settings that did best before the judged rows.
    package struct Candidate: Sendable {
        package var name: String
        package var settings: [String: String]
        /// On validation rows, which are later than those learned from.
        package var validation: RankingMetrics
        /// On the judged rows, with a fit on all earlier ones; never used for a choice.
        package var test: RankingMetrics
    }

    package var candidates: [Candidate]
    /// Position in `candidates` of the one with the least log loss in validation.
    package var chosen: Int
    package var model: BatchModel
    package var trainLabels: [Bool]
    package var testLabels: [Bool]
    /// First and last moment learned from, in days since 1970.
    package var period: (first: Double, last: Double)
    /// How columns and predictions are spread over the rows learned from.
    package var spreads: [ModelCard.Spread]
    /// Reasons not to act on the model, in words.
    package var warnings: [String]

    package var best: Candidate { candidates[chosen] }
}

/// One method with one setting of it.
struct RecipeTrial {
    var name: String
    var learner: Learner
    var settings: [String: String]

    /// - Parameters:
    ///   - penalties: Tried for logistic regression.
    ///   - withForest: Forests take long on many rows.
    static func all(penalties: [Double], withForest: Bool = true) -> [RecipeTrial] {
        let linear = penalties.map { penalty in
            var settings = LinearSettings()
            settings.penalty = penalty
            return RecipeTrial(
                name: "logistic_regression", learner: .linear(settings), settings: ["penalty": "\(penalty)"])
        }
        var boosting = BoostingSettings()
        boosting.rounds = 100
        boosting.maximumDepth = 2
        boosting.learningRate = 0.05
        boosting.minimumChildWeight = 5
        let boosted = RecipeTrial(
            name: "boosting", learner: .boosted(boosting),
            settings: ["rounds": "100", "depth": "2", "learning rate": "0.05"])
        let forest = RecipeTrial(name: "forest", learner: .forest(ForestSettings()), settings: ["trees": "300"])
        return linear + [boosted] + (withForest ? [forest] : [])
    }
}

/// Feature rows in time order, with what happened.
struct RecipeRows {
    /// One row per label.
    var features: FeatureMatrix
    var labels: [Bool]
    /// The moment before which the features of a row lie, in days since 1970.
    var times: [Double]

    func examples(_ rows: [Int]) -> Examples {
        Examples(features: features.rows(rows), targets: rows.map { labels[$0] ? 1 : 0 })
    }

    func positives(_ rows: [Int]) -> Int { rows.count { labels[$0] } }
}

/// Chooses among trials by log loss over folds of earlier and later rows, then fits each method on all of `train`.
///
/// - Parameters:
///   - folds: Pairs of rows to learn from and later rows to predict, none of them among `test`.
func judged(
    _ rows: RecipeRows, trials: [RecipeTrial], folds: [(train: [Int], validation: [Int])], train: [Int], test: [Int],
    seed: UInt64
) throws -> RecipeReport {
    let labels = folds.flatMap { fold in fold.validation.map { rows.labels[$0] } }
    var best: [(trial: RecipeTrial, validation: RankingMetrics)] = []
    for trial in trials {
        var predictions: [Double] = []
        for fold in folds {
            let model = try fit(
                trial.learner, rows.examples(fold.train), output: .probability, seed: seed)
            predictions += model.predictions(rows.features.rows(fold.validation))
        }
        let metrics = RankingMetrics(labels: labels, probabilities: predictions)
        guard let index = best.firstIndex(where: { $0.trial.name == trial.name }) else {
            best.append((trial, metrics))
            continue
        }
        if metrics.logLoss < best[index].validation.logLoss { best[index] = (trial, metrics) }
    }
    let chosen = best.indices.min { best[$0].validation.logLoss < best[$1].validation.logLoss }!
    let testLabels = test.map { rows.labels[$0] }
    let models = try best.map {
        try fit($0.trial.learner, rows.examples(train), output: .probability, seed: seed)
    }
    let candidates = best.indices.map { index in
        let trial = best[index].trial
        return RecipeReport.Candidate(
            name: trial.name, settings: trial.settings, validation: best[index].validation,
            test: RankingMetrics(
                labels: testLabels, probabilities: models[index].predictions(rows.features.rows(test))))
    }
    let times = train.map { rows.times[$0] }
    return RecipeReport(
        candidates: candidates, chosen: chosen, model: models[chosen], trainLabels: train.map { rows.labels[$0] },
        testLabels: testLabels, period: (times.min()!, times.max()!),
        spreads: ModelCard.spreads(of: models[chosen], over: rows.features.rows(train)),
        warnings: doubts(train: train.map { rows.labels[$0] }, test: testLabels, figures: candidates[chosen].test))
}

/// Why figures from so few rows are no ground to act on; empty where there is no reason.
private func doubts(train: [Bool], test: [Bool], figures: RankingMetrics) -> [String] {
    var doubts: [String] = []
    for (part, labels, least) in [("learn from", train, 100), ("judge by", test, 50)] {
        let positives = labels.count { $0 }
        let fewer = min(positives, labels.count - positives)
        if fewer < least {
            doubts.append(
                "There are only \(fewer) rows of the rarer outcome to \(part); gather at least \(least) before acting on it."
            )
        }
    }
    guard let auc = figures.auc else { return doubts }
    let positives = Double(test.count { $0 })
    let negatives = Double(test.count) - positives
    // Hanley, McNeil, "The Meaning and Use of the Area under a ROC Curve" (Radiology 143, 1982).
    let first = (positives - 1) * (auc / (2 - auc) - auc * auc)
    let second = (negatives - 1) * (2 * auc * auc / (1 + auc) - auc * auc)
    let error = ((auc * (1 - auc) + first + second) / (positives * negatives)).squareRoot()
    if auc - 1.96 * error <= 0.5 {
        doubts.append("The model ranks no better than chance within the error of so few rows: do not act on it.")
    }
    return doubts
}
