import WeirEvaluation
package import WeirLearning
import WeirStatistics

extension ModelCard {
    /// How columns and predictions are spread over the rows that a model learned from, for comparison with live values.
    ///
    /// - Complexity: O(n log n) per column, for at most 50,000 rows evenly drawn from all.
    package static func spreads(of model: BatchModel, over features: FeatureMatrix) -> [Spread] {
        let step = max(1, features.rows / 50_000)
        let sample = step == 1 ? features : features.rows(Swift.stride(from: 0, to: features.rows, by: step))
        guard sample.rows > 0 else { return [] }
        let width = model.columns.count
        let columns = model.columns.enumerated().map { position, column in
            DriftReference(
                column: column.name,
                values: (0..<sample.rows).map { Double(sample.values[$0 * width + position]) }
            ).spread
        }
        return columns + [DriftReference(column: "score", values: model.predictions(sample)).spread]
    }

    /// The figures of a candidate on later rows, as a card shows them.
    package static func figures(of candidate: Candidate, data: String) -> [Figure] {
        guard let metrics = candidate.metrics else {
            return [Figure(name: "mean squared error", value: candidate.loss, data: data)]
        }
        var figures: [Figure] = []
        if let auc = candidate.auc {
            figures.append(
                Figure(name: "AUC", value: auc.estimate, lower: auc.lower, upper: auc.upper, data: data))
        }
        return figures + [
            Figure(name: "log loss", value: metrics.logLoss, data: data),
            Figure(name: "calibration error", value: metrics.calibrationError, data: data),
            Figure(name: "rate in top 5 %", value: metrics.top5, data: data),
            Figure(name: "rate", value: metrics.rate, data: data),
        ]
    }
}

extension Candidate {
    /// Why nobody should act on this model yet, in words; empty where there is no such reason.
    ///
    /// - Parameter examples: What it learned from.
    package func doubts(learnedFrom examples: Examples) -> [String] {
        guard model.output == .probability else { return [] }
        var doubts: [String] = []
        let positives = examples.targets.count { $0 == 1 }
        let rarer = min(positives, examples.targets.count - positives)
        // Peduzzi et al. (Journal of Clinical Epidemiology 49, 1996): ten events per variable.
        let weights = examples.features.columns.reduce(0) { $0 + max(1, ($1.levels?.count ?? 2) - 1) }
        if rarer < 10 * weights {
            doubts.append(
                "Only \(rarer) examples of the rarer outcome for \(weights) weights: fewer than ten each, so its weights are "
                    + "uncertain. Gather more, use fewer features, or raise --penalty.")
        }
        if auc == nil {
            doubts.append(
                "The rows validated on all have the same target, so nothing says how well it predicts. Validate on more "
                    + "rows, or on a time that has both.")
        }
        if let auc, auc.lower <= 0.5 {
            doubts.append(
                "The AUC on later rows may be 0.5 (95 % interval \(rounded(auc.lower)) to \(rounded(auc.upper))): too little "
                    + "data to say that it ranks better than chance. Do not act on it.")
        }
        return doubts
    }

    private func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}
