/// Who would respond, told by two ways of scoring on the same decisions: a table of segment averages and Weir's model.
public struct TargetingComparison: Sendable, Equatable {
    public struct Score: Sendable, Equatable {
        /// `Segment average`, `Weir`.
        public var label: String
        public var isWeir: Bool
        /// Area under the ROC curve, in 0 ... 1.
        public var auc: Double
        /// In nats per decision; ≥ 0.
        public var logLoss: Double
        /// Mean gap between predicted and observed rate over ten equal groups, in 0 ... 1.
        public var calibrationError: Double
        /// Observed response rate among the best-scored share of decisions, with its 95 % interval; by rising share.
        public var topRates: [TopRate]

        public init(
            label: String, isWeir: Bool, auc: Double, logLoss: Double, calibrationError: Double, topRates: [TopRate]
        ) {
            self.label = label
            self.isWeir = isWeir
            self.auc = auc
            self.logLoss = logLoss
            self.calibrationError = calibrationError
            self.topRates = topRates
        }
    }

    public struct TopRate: Sendable, Equatable {
        /// Such as 0.05 for the best 5 %.
        public var share: Double
        public var rate: Estimate

        public init(share: Double, rate: Estimate) {
            self.share = share
            self.rate = rate
        }
    }

    public struct Answered: Sendable, Equatable {
        public var label: String
        public var count: Int

        public init(label: String, count: Int) {
            self.label = label
            self.count = count
        }
    }

    public var scores: [Score]
    /// Decisions that were scored before their outcome was known.
    public var decisions: Int
    public var responses: Int
    /// Plain sentences.
    public var shows: [String]
    /// Plain sentences.
    public var doesNotShow: [String]
    /// How the replay's offers were answered; may be empty.
    public var answered: [Answered]

    public init(
        scores: [Score], decisions: Int, responses: Int, shows: [String] = [], doesNotShow: [String] = [],
        answered: [Answered] = []
    ) {
        self.scores = scores
        self.decisions = decisions
        self.responses = responses
        self.shows = shows
        self.doesNotShow = doesNotShow
        self.answered = answered
    }

    /// The response rate of everyone; 0 before the first decision.
    package var baseRate: Double { decisions > 0 ? Double(responses) / Double(decisions) : 0 }
}
