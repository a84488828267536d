public import WeirDomain

/// Everything that the page of one model shows, as of one moment.
public struct ModelSnapshot: Sendable, Equatable {
    /// A bin of predictions of about equal count.
    public struct CalibrationBin: Sendable, Equatable {
        /// Mean prediction in the bin, in 0 ... 1.
        public var predicted: Double
        /// Observed share with its 95 % interval, in 0 ... 1.
        public var observed: Estimate
        /// Outcomes in the bin; > 0.
        public var count: Int

        public init(predicted: Double, observed: Estimate, count: Int) {
            self.predicted = predicted
            self.observed = observed
            self.count = count
        }
    }

    /// How far live values of one feature, or the scores, have moved from the training data.
    public struct Drift: Sendable, Equatable {
        public enum Verdict: String, Sendable, Equatable { case stable, watch, drifted }

        /// A column of the model, or `score`.
        public var column: String
        /// Population stability index, ≥ 0; nil while there is too little live data.
        public var psi: Double?
        /// Kolmogorov–Smirnov distance, in 0 ... 1; nil for categories.
        public var ks: Double?
        /// Nil while there is too little live data.
        public var verdict: Verdict?

        public init(column: String, psi: Double? = nil, ks: Double? = nil, verdict: Verdict? = nil) {
            self.column = column
            self.psi = psi
            self.ks = ks
            self.verdict = verdict
        }
    }

    /// How much a feature counts in the model.
    public struct Weight: Sendable, Equatable {
        public var feature: String
        /// In the unit of `weightUnit`; signed for linear models, ≥ 0 for importances.
        public var amount: Estimate

        public init(feature: String, amount: Estimate) {
            self.feature = feature
            self.amount = amount
        }

        /// A weight whose interval is not known.
        public init(feature: String, amount: Double) {
            self.init(feature: feature, amount: Estimate(value: amount, low: amount, high: amount))
        }
    }

    /// What somebody who must trust the model should know of it.
    public struct Card: Sendable, Equatable {
        public struct Figure: Sendable, Equatable {
            /// Such as `log loss`.
            public var name: String
            public var value: Double
            /// With 95 % confidence; nil where it is not known.
            public var low: Double?
            public var high: Double?
            /// Measured on what.
            public var data: String

            public init(name: String, value: Double, low: Double? = nil, high: Double? = nil, data: String) {
                self.name = name
                self.value = value
                self.low = low
                self.high = high
                self.data = data
            }
        }

        public struct Setting: Sendable, Equatable {
            public var name: String
            public var value: String

            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        public var data: String
        /// "2017-01-01 to 2017-09-30"; empty where the data has no times.
        public var period: String
        public var rows: Int
        public var positives: Int?
        public var target: String
        public var learner: String
        public var seed: UInt64
        public var features: [String]
        public var settings: [Setting]
        public var figures: [Figure]
        /// Each a sentence.
        public var assumptions: [String]
        public var limits: [String]

        public init(
            data: String, period: String = "", rows: Int, positives: Int? = nil, target: String, learner: String,
            seed: UInt64 = 0, features: [String] = [], settings: [Setting] = [], figures: [Figure] = [],
            assumptions: [String] = [], limits: [String] = []
        ) {
            self.data = data
            self.period = period
            self.rows = rows
            self.positives = positives
            self.target = target
            self.learner = learner
            self.seed = seed
            self.features = features
            self.settings = settings
            self.figures = figures
            self.assumptions = assumptions
            self.limits = limits
        }
    }

    /// A step that a person can take from the page.
    public struct Action: Sendable, Equatable {
        /// What to do; the raw value is what the form sends as `stage`.
        public enum Kind: String, Sendable, Equatable, CaseIterable {
            /// A candidate begins to score beside the champion, or a champion steps back and does so.
            case shadow
            case promote = "champion"
            /// Put whoever was champion before this one back, and retire this one.
            case rollBack = "rollback"
            case retire = "retired"
        }

        public var kind: Kind
        /// Why it cannot be done now, as a sentence; nil where it can.
        public var blockedBecause: String?

        public init(_ kind: Kind, blockedBecause: String? = nil) {
            self.kind = kind
            self.blockedBecause = blockedBecause
        }
    }

    public var generatedTime: Timestamp
    /// Of values per decision.
    public var currency: Currency
    public var status: ModelStatus
    public var goal: GoalID
    /// As people read it.
    public var goalName: String
    /// Which model decides for the goal now.
    public var decidingModel: ModelID
    /// Newest first.
    public var history: [StageChange]
    /// Ascending predictions, ten at most; empty before the first live outcomes.
    public var calibration: [CalibrationBin]
    /// What the bins are: "6,210 live outcomes" or "validation, 812 rows".
    public var calibrationData: String
    /// `score` first, then by PSI, greatest first.
    public var drift: [Drift]
    /// Live decisions that drift was measured on, ≥ 0.
    public var driftDecisions: Int
    /// Greatest first by size.
    public var weights: [Weight]
    /// "log-odds per standard deviation", "log loss gained by permutation".
    public var weightUnit: String
    public var card: Card
    /// What the page offers, in this order.
    public var actions: [Action]
    /// Sent back by each form in the hidden field `token`, so that no other site can send it.
    public var token: String
    /// What makes it a shadow from a terminal.
    public var shadowCommand: String

    public init(
        generatedTime: Timestamp, currency: Currency, status: ModelStatus, goal: GoalID, goalName: String,
        decidingModel: ModelID = .online, history: [StageChange] = [], calibration: [CalibrationBin] = [],
        calibrationData: String = "", drift: [Drift] = [], driftDecisions: Int = 0, weights: [Weight] = [],
        weightUnit: String = "", card: Card, actions: [Action] = [], token: String = "",
        shadowCommand: String? = nil
    ) {
        self.generatedTime = generatedTime
        self.currency = currency
        self.status = status
        self.goal = goal
        self.goalName = goalName
        self.decidingModel = decidingModel
        self.history = history
        self.calibration = calibration
        self.calibrationData = calibrationData
        self.drift = drift
        self.driftDecisions = driftDecisions
        self.weights = weights
        self.weightUnit = weightUnit
        self.card = card
        self.actions = actions
        self.token = token
        self.shadowCommand = shadowCommand ?? "weir models shadow \(status.id)"
    }
}
