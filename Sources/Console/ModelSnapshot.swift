package import WeirDomain

/// Everything that the page of one model shows, as of one moment.
package struct ModelSnapshot: Sendable, Equatable {
    /// A bin of predictions of about equal count.
    package struct CalibrationBin: Sendable, Equatable {
        /// Mean prediction in the bin, in 0 ... 1.
        package var predicted: Double
        /// Observed share with its 95 % interval, in 0 ... 1.
        package var observed: Estimate
        /// Outcomes in the bin; > 0.
        package var count: Int

        package init(predicted: Double, observed: Estimate, count: Int) {
            self.predicted = predicted
            self.observed = observed
            self.count = count
        }
    }

    /// How far live values of one feature, or the scores, have moved from the training data.
    package struct Drift: Sendable, Equatable {
        package enum Verdict: String, Sendable, Equatable { case stable, watch, drifted }

        /// A column of the model, or `score`.
        package var column: String
        /// Population stability index, ≥ 0; nil while there is too little live data.
        package var psi: Double?
        /// Kolmogorov–Smirnov distance, in 0 ... 1; nil for categories.
        package var ks: Double?
        /// Nil while there is too little live data.
        package var verdict: Verdict?

        package init(column: String, psi: Double? = nil, ks: Double? = nil, verdict: Verdict? = nil) {
            self.column = column
            self.psi = psi
            self.ks = ks
            self.verdict = verdict
        }
    }

    /// How much a feature counts in the model.
    package struct Weight: Sendable, Equatable {
        package var feature: String
        /// In the unit of `weightUnit`; signed for linear models, ≥ 0 for importances.
        package var amount: Estimate

        package init(feature: String, amount: Estimate) {
            self.feature = feature
            self.amount = amount
        }

        /// A weight whose interval is not known.
        package init(feature: String, amount: Double) {
            self.init(feature: feature, amount: Estimate(value: amount, low: amount, high: amount))
        }
    }

    /// What somebody who must trust the model should know of it.
    package struct Card: Sendable, Equatable {
        package struct Figure: Sendable, Equatable {
            /// Such as `log loss`.
            package var name: String
            package var value: Double
            /// With 95 % confidence; nil where it is not known.
            package var low: Double?
            package var high: Double?
            /// Measured on what.
            package var data: String

            package init(name: String, value: Double, low: Double? = nil, high: Double? = nil, data: String) {
                self.name = name
                self.value = value
                self.low = low
                self.high = high
                self.data = data
            }
        }

        package struct Setting: Sendable, Equatable {
            package var name: String
            package var value: String

            package init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        package var data: String
        /// "2017-01-01 to 2017-09-30"; empty where the data has no times.
        package var period: String
        package var rows: Int
        package var positives: Int?
        package var target: String
        package var learner: String
        package var seed: UInt64
        package var features: [String]
        package var settings: [Setting]
        package var figures: [Figure]
        /// Each a sentence.
        package var assumptions: [String]
        package var limits: [String]

        package init(
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
    package struct Action: Sendable, Equatable {
        /// What to do; the raw value is what the form sends as `stage`.
        package enum Kind: String, Sendable, Equatable, CaseIterable {
            /// A candidate begins to score beside the champion, or a champion steps back and does so.
            case shadow
            case promote = "champion"
            /// Put whoever was champion before this one back, and retire this one.
            case rollBack = "rollback"
            case retire = "retired"
        }

        package var kind: Kind
        /// Why it cannot be done now, as a sentence; nil where it can.
        package var blockedBecause: String?

        package init(_ kind: Kind, blockedBecause: String? = nil) {
            self.kind = kind
            self.blockedBecause = blockedBecause
        }
    }

    package var generatedTime: Timestamp
    /// Of values per decision.
    package var currency: Currency
    package var status: ModelStatus
    package var goal: GoalID
    /// As people read it.
    package var goalName: String
    /// Which model decides for the goal now.
    package var decidingModel: ModelID
    /// Newest first.
    package var history: [StageChange]
    /// Ascending predictions, ten at most; empty before the first live outcomes.
    package var calibration: [CalibrationBin]
    /// What the bins are: "6,210 live outcomes" or "validation, 812 rows".
    package var calibrationData: String
    /// `score` first, then by PSI, greatest first.
    package var drift: [Drift]
    /// Live decisions that drift was measured on, ≥ 0.
    package var driftDecisions: Int
    /// Greatest first by size.
    package var weights: [Weight]
    /// "log-odds per standard deviation", "log loss gained by permutation".
    package var weightUnit: String
    package var card: Card
    /// What the page offers, in this order.
    package var actions: [Action]
    /// Sent back by each form in the hidden field `token`, so that no other site can send it.
    package var token: String
    /// What makes it a shadow from a terminal.
    package var shadowCommand: String

    package init(
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
