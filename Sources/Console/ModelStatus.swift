package import WeirDomain

/// A gate in front of a model's next stage, as it stands: what was measured, against what.
package struct GateStatus: Sendable, Equatable {
    package enum Verdict: Sendable, Equatable {
        case passed
        case failed
        /// Too little data so far; blocks like a failure, but time may open it.
        case unmeasured
    }

    /// A short noun: "policy value", "calibration", "drift of scores".
    package var name: String
    /// With unit and interval, ready to read: "+1.2 ± 0.8 cents a decision"; empty while not measured.
    package var measured: String
    /// Ready to read: "above 0", "at most 0.25".
    package var threshold: String
    package var verdict: Verdict
    /// What opens the gate, as a sentence; empty where it is open.
    package var remedy: String

    package init(name: String, measured: String, threshold: String, verdict: Verdict, remedy: String = "") {
        self.name = name
        self.measured = measured
        self.threshold = threshold
        self.verdict = verdict
        self.remedy = remedy
    }
}

/// How well a model told live outcomes, each scored before anything learned from it.
package struct LiveFigures: Sendable, Equatable {
    /// Outcomes scored; > 0.
    package var count: Int
    /// Mean surprise per outcome in nats, ≥ 0; less is better.
    package var logLoss: Double
    /// In 0 ... 1; nil while all outcomes were alike.
    package var auc: Double?
    /// Mean gap between predicted and observed rate over ten bins, in 0 ... 1.
    package var calibrationError: Double
    /// Log loss less that of `comparedWith` on the same outcomes, with 95 %; below zero is better. Nil where there is
    /// nothing to compare.
    package var difference: Estimate?
    /// "the champion" or "the built-in model"; the same for all models of a goal.
    package var comparedWith: String

    package init(
        count: Int, logLoss: Double, auc: Double? = nil, calibrationError: Double, difference: Estimate? = nil,
        comparedWith: String = "the champion"
    ) {
        self.count = count
        self.logLoss = logLoss
        self.auc = auc
        self.calibrationError = calibrationError
        self.difference = difference
        self.comparedWith = comparedWith
    }
}

/// What a model that does not decide would have changed.
package struct ShadowComparison: Sendable, Equatable {
    /// One answer and how often it was given and would have been given.
    package struct Answer: Sendable, Equatable {
        /// The offer's name, or "no offer".
        package var name: String
        /// Decisions in which it was the answer, and in which the model would have answered so.
        package var given: Int
        package var wouldHaveGiven: Int

        package init(name: String, given: Int, wouldHaveGiven: Int) {
            self.name = name
            self.given = given
            self.wouldHaveGiven = wouldHaveGiven
        }
    }

    /// Decisions that the model scored too; > 0.
    package var decisions: Int
    /// Of these, in 0 ... decisions: where its best answer differs from the champion's best answer.
    package var changed: Int
    /// Value per decision beyond the champion's, in major units of the currency, with 95 %; nil while unmeasured.
    package var value: Estimate?
    /// Most given first.
    package var answers: [Answer]

    package init(decisions: Int, changed: Int, value: Estimate? = nil, answers: [Answer] = []) {
        self.decisions = decisions
        self.changed = changed
        self.value = value
        self.answers = answers
    }
}

/// One model of a goal: how far it has come and how it does.
package struct ModelStatus: Sendable, Equatable {
    /// `ModelID.online` is the built-in online model; it has no page of its own.
    package var id: ModelID
    package var stage: ModelStage
    /// Since when it is in its stage.
    package var since: Timestamp
    /// The method in a few words: "gradient boosting, 212 trees"; empty where unknown.
    package var learner: String
    /// Why it cannot be asked, so that it was set aside when the store was opened; nil in general.
    package var setAside: String?
    /// Nil before its first live outcome.
    package var live: LiveFigures?
    /// In the order in which they are checked; empty for the online model.
    package var gates: [GateStatus]
    /// Nil where it has not scored a decision beside the champion, and for the champion.
    package var comparison: ShadowComparison?

    package init(
        id: ModelID, stage: ModelStage, since: Timestamp, learner: String = "", setAside: String? = nil,
        live: LiveFigures? = nil, gates: [GateStatus] = [], comparison: ShadowComparison? = nil
    ) {
        self.id = id
        self.stage = stage
        self.since = since
        self.learner = learner
        self.setAside = setAside
        self.live = live
        self.gates = gates
        self.comparison = comparison
    }
}
