/// What a trained model's file holds: the model as it is served, and the card that says where it comes from.
public struct TrainedModel: Sendable, Hashable, Codable {
    /// Of the file; readers refuse a later one.
    ///
    /// From 2 on, what never happened is missing to the model wherever it is asked, as it is in the table that it learned
    /// from. Where format 1 decides, "never" is infinitely long ago, and its decisions are recomputed so.
    public static let currentFormat = 2

    public var format = TrainedModel.currentFormat
    /// Lower-case letters, digits and `-`; what people call it in commands and on pages.
    public var name: String
    public var model: BatchModel
    public var card: ModelCard

    public init(name: String, model: BatchModel, card: ModelCard) {
        self.name = name
        self.model = model
        self.card = card
    }

    /// How the model sees what never happened.
    public var neverIsMissing: Bool { format >= 2 }
}

/// What somebody who must trust a model should know of it.
public struct ModelCard: Sendable, Hashable, Codable {
    public struct Figure: Sendable, Hashable, Codable {
        /// Such as `log loss`.
        public var name: String
        public var value: Double
        /// With 95 % confidence; nil where it is not known.
        public var lower: Double?
        public var upper: Double?
        /// Measured on what: `validation, 2017-06-01 to 2017-07-31, 812 rows`.
        public var data: String

        public init(name: String, value: Double, lower: Double? = nil, upper: Double? = nil, data: String) {
            self.name = name
            self.value = value
            self.lower = lower
            self.upper = upper
            self.data = data
        }
    }

    /// How a column was spread in training: what live values are compared with.
    public struct Spread: Sendable, Hashable, Codable {
        /// A column of the model, or `score` for its calibrated predictions.
        public var column: String
        /// Inner edges of up to ten bins of about equal count, ascending, without repeats; a value on an edge belongs to
        /// the upper bin. A column that had one value only has a bin for just that value.
        public var edges: [Double]
        /// Share of each bin, edges.count + 1 of them, and last the share of missing values; sums to 1.
        public var shares: [Double]

        public init(column: String, edges: [Double], shares: [Double]) {
            self.column = column
            self.edges = edges
            self.shares = shares
        }
    }

    /// The file or the log that it learned from, without folders.
    public var data: String
    /// First and last time in it, ISO 8601; nil where it has no times.
    public var period: [String]?
    public var rows: Int
    public var positives: Int?
    public var target: String
    /// The method in words, with what was compared and how the choice was made.
    public var learner: String
    public var settings: [String: String]
    public var features: [String]
    public var figures: [Figure]
    public var spreads: [Spread]
    public var assumptions: [String]
    public var limits: [String]
    public var seed: UInt64

    public init(
        data: String, period: [String]? = nil, rows: Int, positives: Int? = nil, target: String, learner: String,
        settings: [String: String] = [:], features: [String], figures: [Figure] = [], spreads: [Spread] = [],
        assumptions: [String] = [], limits: [String] = [], seed: UInt64 = 0
    ) {
        self.data = data
        self.period = period
        self.rows = rows
        self.positives = positives
        self.target = target
        self.learner = learner
        self.settings = settings
        self.features = features
        self.figures = figures
        self.spreads = spreads
        self.assumptions = assumptions
        self.limits = limits
        self.seed = seed
    }
}
