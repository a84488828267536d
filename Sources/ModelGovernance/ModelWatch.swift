import WeirDomain
public import WeirLearning
import WeirStatistics

/// What is known of a model from live outcomes, each scored before anything was learned from it.
///
/// A value that a sequence of outcomes determines, so that it can be rebuilt from the log; it takes a few kilobytes
/// whatever it has seen.
public struct ModelWatch: Sendable, Equatable {
    /// Predicted and observed, by equal steps of the predicted logit.
    struct Bin: Sendable, Equatable {
        var count = 0.0
        var predicted = 0.0
        var observed = 0.0
    }

    /// Predicted and observed among one group of people.
    public struct Group: Sendable, Equatable {
        /// Such as `region = north`.
        public var name: String
        public var count = 0.0
        public var predicted = 0.0
        public var observed = 0.0
        /// Σ p (1 − p).
        public var variance = 0.0
    }

    /// One scored outcome.
    public struct Sample: Sendable {
        /// The trained model alone.
        public var alone: Double
        /// The trained model with what its online part has learned.
        public var combined: Double
        /// The built-in online model.
        public var reference: Double
        public var label: Bool
        /// Of the trained model's row.
        public var row: [Float]
        /// Such as `region = north`; of the groups that the catalog declares.
        public var groups: [String]

        public init(
            alone: Double, combined: Double, reference: Double, label: Bool, row: [Float] = [], groups: [String] = []
        ) {
            self.alone = alone
            self.combined = combined
            self.reference = reference
            self.label = label
            self.row = row
            self.groups = groups
        }
    }

    /// Log-likelihood per outcome by which the built-in model must be better before the alarm counts it.
    public static let alarmMargin = 0.002
    static let bins = 64
    static let lowestLogit = -8.0

    public internal(set) var outcomes = 0.0
    public internal(set) var positives = 0.0
    /// Σ log loss of the model alone, with its online part, and of the built-in one.
    var aloneLoss = 0.0
    var combinedLoss = 0.0
    var referenceLoss = 0.0
    /// Σ of squares of (built-in − combined).
    var advantageSquares = 0.0
    /// By the logit of the model alone.
    var calibration = [Bin](repeating: Bin(), count: ModelWatch.bins)
    /// For each spread of the card how many live values fell into each of its bins.
    var counts: [[Double]]
    /// By name.
    public internal(set) var groups: [Group] = []
    /// CUSUM of the log-likelihood ratio of the built-in model against this one; see `isAlarmed`.
    public internal(set) var alarm = 0.0

    public init(spreads: [ModelCard.Spread]) { counts = spreads.map { [Double](repeating: 0, count: $0.shares.count) } }

    /// Takes in one outcome.
    ///
    /// - Parameters:
    ///   - columns: The trained model's, for finding the spreads' values in the sample's row.
    ///   - spreads: Of its card, the same each time.
    public mutating func observe(_ sample: Sample, columns: [BatchModel.Column], spreads: [ModelCard.Spread]) {
        let advantage = loss(sample.reference, sample.label) - loss(sample.combined, sample.label)
        outcomes += 1
        if sample.label { positives += 1 }
        aloneLoss += loss(sample.alone, sample.label)
        combinedLoss += loss(sample.combined, sample.label)
        referenceLoss += loss(sample.reference, sample.label)
        advantageSquares += advantage * advantage
        alarm = max(0, alarm - advantage - Self.alarmMargin)
        let bin = Self.bin(sample.alone)
        calibration[bin].count += 1
        calibration[bin].predicted += sample.alone
        calibration[bin].observed += sample.label ? 1 : 0
        for (index, spread) in spreads.enumerated() {
            let value: Double
            if spread.column == ModelCard.scoreColumn {
                value = sample.alone
            } else if let column = columns.firstIndex(where: { $0.name == spread.column }),
                sample.row.indices.contains(column)
            {
                value = Double(sample.row[column])
            } else {
                continue
            }
            counts[index][spread.bin(of: value)] += 1
        }
        for name in sample.groups { count(sample, inGroup: name) }
    }

    private mutating func count(_ sample: Sample, inGroup name: String) {
        let place = groups.firstIndex { $0.name >= name } ?? groups.endIndex
        if place == groups.endIndex || groups[place].name != name {
            // A trait with a value of its own for each person is no group.
            guard groups.count < 64 else { return }
            groups.insert(Group(name: name), at: place)
        }
        groups[place].count += 1
        groups[place].predicted += sample.alone
        groups[place].observed += sample.label ? 1 : 0
        groups[place].variance += sample.alone * (1 - sample.alone)
    }

    private func loss(_ probability: Double, _ label: Bool) -> Double {
        let p = min(max(probability, 1e-6), 1 - 1e-6)
        return label ? -Portable.log(p) : -Portable.log1p(-p)
    }

    static func bin(_ probability: Double) -> Int {
        let logit = logit(min(max(probability, 1e-6), 1 - 1e-6))
        return min(max(Int((logit - lowestLogit) / -lowestLogit * Double(bins) / 2), 0), bins - 1)
    }
}

extension ModelCard {
    /// The spread of a model's own calibrated predictions.
    public static let scoreColumn = "score"
}

extension ModelCard.Spread {
    /// The bin of a value; the last one is for missing values.
    public func bin(of value: Double) -> Int {
        if value.isNaN { return shares.count - 1 }
        return edges.firstIndex { value < $0 } ?? edges.count
    }
}

extension ModelWatch {
    /// Forgets what the alarm has counted.
    public mutating func clearAlarm() { alarm = 0 }
}
