/// A trained model in the form in which it is served: plain values, no library behind it, the same result everywhere.
///
/// A row holds one value per column, as 32-bit numbers: a number, the index of a level, or NaN where the value is missing.
public struct BatchModel: Sendable, Hashable, Codable {
    public struct Column: Sendable, Hashable, Codable {
        public var name: String
        /// The known levels of a category, whose value is the index; nil for a number. A level that is not known is missing.
        public var levels: [String]?

        public init(name: String, levels: [String]? = nil) {
            self.name = name
            self.levels = levels
        }
    }

    /// What a prediction is.
    public enum Output: String, Sendable, Hashable, Codable {
        /// A probability, in 0 < p < 1; the margin is its logit, before calibration.
        case probability
        /// A mean; the margin is the prediction.
        case mean
    }

    public enum Form: Sendable, Hashable, Codable {
        case linear(LinearScore)
        case trees(TreeEnsemble)
    }

    public var columns: [Column]
    public var output: Output
    public var form: Form
    /// Maps margins to probabilities; `.none` for `Output.mean`.
    public var calibration: Calibration

    public init(columns: [Column], output: Output, form: Form, calibration: Calibration = .none) {
        self.columns = columns
        self.output = output
        self.form = form
        self.calibration = calibration
    }

    /// The score before calibration.
    ///
    /// - Parameter row: One value per column.
    public func margin(_ row: UnsafeBufferPointer<Float>) -> Double {
        switch form {
        case .linear(let score): score.margin(row)
        case .trees(let trees): trees.margin(row)
        }
    }

    /// The calibrated probability, or the mean.
    ///
    /// - Parameter row: One value per column.
    public func predict(_ row: UnsafeBufferPointer<Float>) -> Double {
        let margin = margin(row)
        return switch output {
        case .probability: calibration.probability(margin)
        case .mean: margin
        }
    }
}
