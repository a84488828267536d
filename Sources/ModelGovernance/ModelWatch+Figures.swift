public import WeirLearning
public import WeirStatistics

extension ModelWatch {
    /// Whether the built-in model has explained live outcomes better for so long that chance is no excuse.
    ///
    /// The sum of log-likelihood differences is the log of a likelihood ratio, so a model that is right reaches e^9.2 =
    /// 10,000 on average only once in 10,000 outcomes or more (Lorden, "Procedures for Reacting to a Change in
    /// Distribution", Annals of Mathematical Statistics 42, 1971). Watched at every outcome; needs no fixed horizon.
    public var isAlarmed: Bool { alarm >= 9.2 }

    /// Mean negative log-likelihood of the trained model alone; nil before the first outcome.
    public var aloneLogLoss: Double? { outcomes > 0 ? aloneLoss / outcomes : nil }
    /// The same with its online part.
    public var combinedLogLoss: Double? { outcomes > 0 ? combinedLoss / outcomes : nil }
    /// The same of the built-in model, on the same outcomes.
    public var referenceLogLoss: Double? { outcomes > 0 ? referenceLoss / outcomes : nil }

    /// By how much log loss is lower than the built-in model's, per outcome, with 95 % confidence; paired.
    public var advantage: Interval? {
        guard outcomes > 1 else { return nil }
        let mean = (referenceLoss - combinedLoss) / outcomes
        let variance = max(0, advantageSquares / outcomes - mean * mean)
        let half = 1.96 * (variance / outcomes).squareRoot()
        return Interval(estimate: mean, lower: mean - half, upper: mean + half)
    }

    /// Area under the ROC curve of the trained model alone, scores within a bin counting as ties, with 95 % confidence.
    ///
    /// Interval: Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve" (Radiology 143, 1982).
    public var auc: Interval? {
        let negatives = outcomes - positives
        guard positives > 0, negatives > 0 else { return nil }
        var below = 0.0
        var wins = 0.0
        for bin in calibration {
            let yes = bin.observed
            let no = bin.count - bin.observed
            wins += yes * (below + no / 2)
            below += no
        }
        let area = wins / (positives * negatives)
        let q1 = area / (2 - area)
        let q2 = 2 * area * area / (1 + area)
        let variance =
            (area * (1 - area) + (positives - 1) * (q1 - area * area) + (negatives - 1) * (q2 - area * area))
            / (positives * negatives)
        let half = 1.96 * max(0, variance).squareRoot()
        return Interval(estimate: area, lower: max(0, area - half), upper: min(1, area + half))
    }

    /// Predicted and observed shares by bin of the prediction, for bins that hold somebody.
    public var calibrationCurve: [(predicted: Double, observed: Interval, count: Int)] {
        merged.map { bin in
            (
                bin.predicted / bin.count, Interval.share(successes: Int(bin.observed), trials: Int(bin.count)),
                Int(bin.count)
            )
        }
    }

    /// Mean absolute gap between predicted and observed, weighted by the bins' size; with what chance alone would give.
    public var calibrationError: (error: Double, byChance: Double)? {
        guard outcomes > 0 else { return nil }
        var error = 0.0
        var chance = 0.0
        for bin in merged {
            let p = bin.predicted / bin.count
            error += abs(bin.predicted - bin.observed)
            chance += (2 / .pi * bin.count * p * (1 - p)).squareRoot()
        }
        return (error / outcomes, chance / outcomes)
    }

    /// Neighbouring bins joined until each holds a tenth of all.
    private var merged: [Bin] {
        var bins: [Bin] = []
        var open = Bin()
        for bin in calibration where bin.count > 0 {
            open.count += bin.count
            open.predicted += bin.predicted
            open.observed += bin.observed
            if open.count >= outcomes / 10 {
                bins.append(open)
                open = Bin()
            }
        }
        if open.count > 0 {
            if var last = bins.popLast() {
                last.count += open.count
                last.predicted += open.predicted
                last.observed += open.observed
                bins.append(last)
            } else {
                bins.append(open)
            }
        }
        return bins
    }

    /// How far live values have moved from those of training.
    public struct Shift: Sendable, Equatable {
        public var column: String
        /// Population stability index over the card's bins; ≥ 0. Under 0.1 is stable, over 0.25 is another population.
        public var psi: Double
        /// Largest difference between the two cumulative shares at the bins' edges, in 0...1.
        public var ks: Double
        /// Whether nearly all live values are alike though those of training were not, or the other way round.
        public var isConstant: Bool
    }

    /// One for each spread of the card; empty before 100 outcomes.
    public func shifts(_ spreads: [ModelCard.Spread]) -> [Shift] {
        guard outcomes >= 100 else { return [] }
        return zip(spreads, counts).compactMap { spread, counts in
            let total = counts.reduce(0, +)
            guard total > 0 else { return nil }
            let live = counts.map { $0 / total }
            var psi = 0.0
            var ks = 0.0
            var gap = 0.0
            for (reference, live) in zip(spread.shares, live) {
                // The floor of 1e-4 keeps an empty bin finite, as is customary.
                let (reference, floored) = (max(reference, 1e-4), max(live, 1e-4))
                psi += (floored - reference) * Portable.log(floored / reference)
                gap += live - reference
                ks = max(ks, abs(gap))
            }
            let wasConstant = (spread.shares.max() ?? 0) > 0.995
            let isConstant = (live.max() ?? 0) > 0.995
            return Shift(
                column: spread.column, psi: psi, ks: min(ks, 1),
                isConstant: isConstant && (spread.shares.max() ?? 0) < 0.9 || wasConstant && (live.max() ?? 0) < 0.9)
        }
    }
}
