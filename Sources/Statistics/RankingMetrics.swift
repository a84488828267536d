import Foundation

/// How well predicted probabilities rank and match what happened; each figure as the usual Python packages define it.
public struct RankingMetrics: Sendable, Hashable, Codable {
    public var count: Int
    /// Observed share of positives.
    public var rate: Double
    /// Area under the ROC curve; nil unless both labels occur.
    public var auc: Double?
    /// Mean negative log-likelihood.
    public var logLoss: Double
    /// Mean absolute gap between predicted and observed rate over ten equal-count bins of the prediction.
    public var calibrationError: Double
    /// Observed rate among the 5, 10 and 20 % with the highest prediction.
    public var top5: Double
    public var top10: Double
    public var top20: Double

    /// - Parameters:
    ///   - labels: At least one.
    ///   - probabilities: One for each label; clipped to 1e-6 ... 1 − 1e-6 for all but the rates at the top.
    public init(labels: [Bool], probabilities: [Double]) {
        precondition(!labels.isEmpty && labels.count == probabilities.count, "There is one prediction per label.")
        let clipped = probabilities.map { min(max($0, 1e-6), 1 - 1e-6) }
        count = labels.count
        rate = Double(labels.count { $0 }) / Double(labels.count)
        auc = Self.auc(labels: labels, scores: clipped)
        logLoss = Self.logLoss(labels: labels, probabilities: clipped)
        calibrationError = Self.calibrationError(labels: labels, probabilities: clipped)
        top5 = Self.rate(inTop: 0.05, labels: labels, scores: probabilities)
        top10 = Self.rate(inTop: 0.1, labels: labels, scores: probabilities)
        top20 = Self.rate(inTop: 0.2, labels: labels, scores: probabilities)
    }

    /// The probability that a positive scores above a negative, ties counting half (Mann–Whitney).
    public static func auc(labels: [Bool], scores: [Double]) -> Double? {
        let order = ascending(scores)
        let positives = labels.count { $0 }
        let negatives = labels.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var wins = 0.0
        var negativesBelow = 0.0
        forEachTie(order, scores) { tie in
            let won = tie.reduce(0.0) { $0 + (labels[$1] ? 1 : 0) }
            let lost = Double(tie.count) - won
            wins += won * (negativesBelow + lost / 2)
            negativesBelow += lost
        }
        return wins / Double(positives) / Double(negatives)
    }

    /// - Parameter probabilities: Within 0 < p < 1.
    public static func logLoss(labels: [Bool], probabilities: [Double]) -> Double {
        let sum = zip(labels, probabilities).reduce(0.0) { $0 - ($1.0 ? log($1.1) : log1p(-$1.1)) }
        return sum / Double(labels.count)
    }

    /// The bins' gaps weighted by their size; the first bins hold one more where the count does not divide.
    public static func calibrationError(labels: [Bool], probabilities: [Double], bins: Int = 10) -> Double {
        let order = ascending(probabilities)
        var start = 0
        var sum = 0.0
        for bin in 0..<bins {
            let end = start + order.count / bins + (bin < order.count % bins ? 1 : 0)
            sum += abs(order[start..<end].reduce(0.0) { $0 + (labels[$1] ? 1 : 0) - probabilities[$1] })
            start = end
        }
        return sum / Double(order.count)
    }

    /// The observed rate among the share with the highest scores; ties count with their group's mean, as under random
    /// order. 0 where the share holds nobody.
    public static func rate(inTop share: Double, labels: [Bool], scores: [Double]) -> Double {
        let wanted = Int(Double(labels.count) * share)
        guard wanted > 0 else { return 0 }
        var left = wanted
        var sum = 0.0
        forEachTie(ascending(scores).reversed(), scores) { tie in
            guard left > 0 else { return }
            let mean = tie.reduce(0.0) { $0 + (labels[$1] ? 1 : 0) } / Double(tie.count)
            sum += mean * Double(min(left, tie.count))
            left -= min(left, tie.count)
        }
        return sum / Double(wanted)
    }

    /// Positions from the lowest score to the highest, ties in their first order.
    private static func ascending(_ scores: [Double]) -> [Int] {
        scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    }

    private static func forEachTie(_ order: [Int], _ scores: [Double], _ body: (ArraySlice<Int>) -> Void) {
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            body(order[start..<end])
            start = end
        }
    }
}
