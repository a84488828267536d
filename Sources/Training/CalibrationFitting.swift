import Foundation
package import WeirLearning
import WeirStatistics

extension Calibration {
    /// Fits sigmoid(slope × margin + intercept) by maximum likelihood.
    ///
    /// Targets are pulled in from 0 and 1 as Platt does, so that few rows that a margin separates do not give an endless
    /// slope. Where the margins rank the wrong way the slope would not be positive; then there is no such calibration.
    ///
    /// Source: Platt (1999) as improved by Lin, Lin, Weng, "A Note on Platt's Probabilistic Outputs" (Machine Learning 68,
    /// 2007).
    ///
    /// - Parameters:
    ///   - margins: Of rows that the model has not learned from.
    ///   - labels: As many.
    package static func fittedPlatt(margins: [Double], labels: [Bool]) -> Calibration? {
        let positives = Double(labels.count { $0 })
        let negatives = Double(labels.count) - positives
        guard positives > 0, negatives > 0 else { return nil }
        let high = (positives + 1) / (positives + 2)
        let low = 1 / (negatives + 2)
        func loss(_ slope: Double, _ intercept: Double) -> Double {
            zip(margins, labels).reduce(0) { sum, row in
                let margin = slope * row.0 + intercept
                let target = row.1 ? high : low
                return sum + max(margin, 0) - target * margin + log1p(exp(-abs(margin)))
            }
        }
        var (slope, intercept) = (0.0, log((positives + 1) / (negatives + 1)))
        var current = loss(slope, intercept)
        for _ in 0..<100 {
            var (first, second) = (0.0, 0.0)
            var (a, b, c) = (1e-12, 0.0, 1e-12)
            for (margin, label) in zip(margins, labels) {
                let p = sigmoid(slope * margin + intercept)
                let residual = p - (label ? high : low)
                let bend = p * (1 - p)
                first += residual * margin
                second += residual
                a += bend * margin * margin
                b += bend * margin
                c += bend
            }
            let determinant = a * c - b * b
            guard abs(first) + abs(second) > 1e-9 * Double(labels.count), determinant > 0 else { break }
            let step = ((c * first - b * second) / determinant, (a * second - b * first) / determinant)
            var length = 1.0
            while length > 1e-8, loss(slope - length * step.0, intercept - length * step.1) > current { length /= 2 }
            guard length > 1e-8 else { break }
            (slope, intercept) = (slope - length * step.0, intercept - length * step.1)
            current = loss(slope, intercept)
        }
        return slope > 0 && slope.isFinite ? .platt(slope: slope, intercept: intercept) : nil
    }

    /// Fits the rising function of the margin that is closest to the labels.
    ///
    /// Each step of it becomes a point at its mean margin, with its rate pulled in from 0 and 1 by half a row, since a
    /// probability of 0 or 1 would be refuted by one row.
    ///
    /// - Returns: Nil where there is but one step.
    package static func fittedIsotonic(margins: [Double], labels: [Bool]) -> Calibration? {
        let order = margins.indices.sorted { (margins[$0], $0) < (margins[$1], $1) }
        // Rows of equal margin are one value.
        var points: [(margin: Double, sum: Double, count: Double)] = []
        for index in order {
            let label = labels[index] ? 1.0 : 0
            if let last = points.last, last.margin == margins[index] {
                points[points.count - 1].sum += label
                points[points.count - 1].count += 1
            } else {
                points.append((margins[index], label, 1))
            }
        }
        let rates = isotonicRegression(points.map { $0.sum / $0.count }, weights: points.map(\.count))
        var steps: [(margin: Double, rate: Double, count: Double)] = []
        for (point, rate) in zip(points, rates) {
            if let last = steps.last, last.rate == rate {
                let count = last.count + point.count
                steps[steps.count - 1].margin = (last.margin * last.count + point.margin * point.count) / count
                steps[steps.count - 1].count = count
            } else {
                steps.append((point.margin, rate, point.count))
            }
        }
        guard steps.count > 1 else { return nil }
        let probabilities = steps.map { min(max($0.rate, 0.5 / ($0.count + 1)), ($0.count + 0.5) / ($0.count + 1)) }
        // Pulling in may have bent the ends; the order must hold.
        return .isotonic(margins: steps.map(\.margin), probabilities: isotonicRegression(probabilities))
    }

    /// The calibration with the least log loss on the later half of the rows, after fitting on the earlier half; fitted on
    /// all of them.
    ///
    /// Without calibration stays what the others do not beat by a hundredth of a percent, or what has fewer than ten rows
    /// of each label to learn from.
    ///
    /// - Parameter margins: In order of time.
    package static func chosen(margins: [Double], labels: [Bool]) -> Calibration {
        let half = margins.count / 2
        let (early, late) = (Array(labels[..<half]), Array(labels[half...]))
        let positives = early.count { $0 }
        guard positives >= 10, half - positives >= 10 else { return .none }
        func loss(_ calibration: Calibration) -> Double {
            RankingMetrics.logLoss(
                labels: late,
                probabilities: margins[half...].map { min(max(calibration.probability($0), 1e-6), 1 - 1e-6) })
        }
        var best = (loss: loss(.none) * 0.9999, kind: 0)
        let fits = [fittedPlatt, fittedIsotonic]
        for (kind, fit) in fits.enumerated() {
            guard let fitted = fit(Array(margins[..<half]), early) else { continue }
            let loss = loss(fitted)
            if loss < best.loss { best = (loss, kind + 1) }
        }
        return best.kind == 0 ? .none : fits[best.kind - 1](margins, labels) ?? .none
    }

    /// `none`, `platt` or `isotonic`.
    package var name: String {
        switch self {
        case .none: "none"
        case .platt: "platt"
        case .isotonic: "isotonic"
        }
    }
}
