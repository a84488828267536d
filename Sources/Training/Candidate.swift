import Foundation
package import WeirLearning
package import WeirStatistics

/// A learner's model of the earlier rows, and how it did on the later ones.
package struct Candidate: Sendable {
    package var name: String
    /// With the rounds that early stopping kept, so that it can learn again from all rows.
    package var learner: Learner
    /// Calibrated.
    package var model: BatchModel
    /// On all later rows, before calibration, which was fitted on them; nil for means.
    package var metrics: RankingMetrics?
    /// What candidates are compared by: the mean log loss of calibrated probabilities (the calibration fitted on the
    /// earlier half of the later rows, the loss taken on their later half), or the mean squared error of means.
    package var loss: Double
    /// With 95 % confidence, by DeLong; nil for means or where one label is missing.
    package var auc: Interval?

    /// Which calibration to fit.
    package enum CalibrationChoice: String, Sendable, CaseIterable {
        case auto, none, platt, isotonic
    }

    /// - Parameters:
    ///   - model: Learned from earlier rows.
    ///   - validation: Later rows, in order of time.
    package init(
        name: String, learner: Learner, model: BatchModel, validation: Examples, calibration: CalibrationChoice
    ) {
        self.name = name
        self.learner = learner
        self.model = model
        let margins = model.margins(validation.features)
        guard model.output == .probability else {
            loss =
                zip(margins, validation.targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                / Double(max(1, margins.count))
            return
        }
        let labels = validation.targets.map { $0 == 1 }
        metrics = RankingMetrics(labels: labels, probabilities: margins.map(Calibration.none.probability))
        auc = aucInterval(labels: labels, scores: margins)
        self.model.calibration = Self.fitted(calibration, margins, labels)
        let half = margins.count / 2
        let early = Self.fitted(calibration, Array(margins[..<half]), Array(labels[..<half]))
        loss = RankingMetrics.logLoss(
            labels: Array(labels[half...]),
            probabilities: margins[half...].map { min(max(early.probability($0), 1e-6), 1 - 1e-6) })
    }

    /// A finished model on rows that no choice has looked at, its own calibration included.
    package init(test model: BatchModel, on examples: Examples) {
        name = "test"
        learner = .linear(LinearSettings())
        self.model = model
        let predictions = model.predictions(examples.features)
        guard model.output == .probability else {
            loss =
                zip(predictions, examples.targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                / Double(max(1, predictions.count))
            return
        }
        let labels = examples.targets.map { $0 == 1 }
        let metrics = RankingMetrics(labels: labels, probabilities: predictions)
        self.metrics = metrics
        auc = aucInterval(labels: labels, scores: predictions)
        loss = metrics.logLoss
    }

    private static func fitted(_ choice: CalibrationChoice, _ margins: [Double], _ labels: [Bool]) -> Calibration {
        switch choice {
        case .auto: .chosen(margins: margins, labels: labels)
        case .none: .none
        case .platt: .fittedPlatt(margins: margins, labels: labels) ?? .none
        case .isotonic: .fittedIsotonic(margins: margins, labels: labels) ?? .none
        }
    }
}

/// Learns, and says with which settings it can be repeated on other rows without validation.
///
/// - Parameter threads: For the forest; boosting has its own setting.
package func fitSettled(
    _ learner: Learner, _ examples: Examples, output: BatchModel.Output, validation: Examples, threads: Int,
    seed: UInt64
) throws(TrainingError) -> (model: BatchModel, learner: Learner) {
    switch learner {
    case .linear(let settings): return (try fitLinear(settings, examples, output: output), learner)
    case .forest(let settings):
        return (try fitForest(settings, examples, output: output, seed: seed, threads: threads), learner)
    case .boosted(var settings):
        guard settings.patience > 0 else {
            return (try fitBoosted(settings, examples, output: output, seed: seed).model, learner)
        }
        let fitted = try fitBoosted(settings, examples, output: output, validation: validation, seed: seed)
        settings.rounds = fitted.rounds
        settings.patience = 0
        return (fitted.model, .boosted(settings))
    }
}

/// The area under the ROC curve with its 95 % interval, on the logit scale so that it stays within 0 … 1.
///
/// Source: DeLong, DeLong, Clarke-Pearson, "Comparing the Areas under Two or More Correlated Receiver Operating
/// Characteristic Curves" (Biometrics 44, 1988), by mid-ranks after Sun, Xu (IEEE Signal Processing Letters 21, 2014).
///
/// - Returns: Nil where one label is missing; of an area of 0 or 1, or of one row of a label, the whole range.
package func aucInterval(labels: [Bool], scores: [Double], confidence: Double = 0.95) -> Interval? {
    guard let area = RankingMetrics.auc(labels: labels, scores: scores) else { return nil }
    let whole = Interval(estimate: area, lower: 0, upper: 1)
    let ones = labels.indices.filter { labels[$0] }.map { scores[$0] }.sorted()
    let zeros = labels.indices.filter { !labels[$0] }.map { scores[$0] }.sorted()
    guard ones.count > 1, zeros.count > 1, area > 0, area < 1 else { return whole }
    // Of each row the share of the other label's rows that it beats.
    func shares(_ values: [Double], over others: [Double]) -> [Double] {
        var (below, upTo) = (0, 0)
        return values.map { value in
            while below < others.count, others[below] < value { below += 1 }
            upTo = max(upTo, below)
            while upTo < others.count, others[upTo] <= value { upTo += 1 }
            return (Double(below) + Double(upTo)) / 2 / Double(others.count)
        }
    }
    func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    }
    let error =
        (variance(shares(ones, over: zeros)) / Double(ones.count)
        + variance(shares(zeros, over: ones)) / Double(zeros.count)).squareRoot()
    let reach = StandardNormal.quantile((1 + confidence) / 2) * error / (area * (1 - area))
    return Interval(estimate: area, lower: sigmoid(logit(area) - reach), upper: sigmoid(logit(area) + reach))
}
