/// Who would respond, told by two ways of scoring on the same decisions: a table of segment averages and Weir's model.
package struct TargetingComparison: Sendable, Equatable {
    package struct Score: Sendable, Equatable {
        /// `Segment average`, `Weir`.
        package var label: String
        package var isWeir: Bool
        /// Area under the ROC curve, in 0 ... 1.
        package var auc: Double
        /// In nats per decision; ≥ 0.
        package var logLoss: Double
        /// Mean gap between predicted and observed rate over ten equal groups, in 0 ... 1.
        package var calibrationError: Double
        /// Observed response rate among the best-scored share of decisions, with its 95 % interval; by rising share.
        package var topRates: [TopRate]

        package init(
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

    package struct TopRate: Sendable, Equatable {
        /// Such as 0.05 for the best 5 %.
        package var share: Double
        package var rate: Estimate

        package init(share: Double, rate: Estimate) {
            self.share = share
            self.rate = rate
        }
    }

    package struct Answered: Sendable, Equatable {
        package var label: String
        package var count: Int

        package init(label: String, count: Int) {
            self.label = label
            self.count = count
        }
    }

    package var scores: [Score]
    /// Decisions that were scored before their outcome was known.
    package var decisions: Int
    package var responses: Int
    /// Plain sentences.
    package var shows: [String]
    /// Plain sentences.
    package var doesNotShow: [String]
    /// How the replay's offers were answered; may be empty.
    package var answered: [Answered]

    package init(
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
