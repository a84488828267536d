public import WeirDomain

/// Where a candidate's probability comes from: a base, and what each feature adds or takes.
public struct Contributions: Sendable, Equatable {
    public enum Unit: Sendable, Equatable {
        /// The amounts add up to the logit.
        case logOdds
        /// The amounts add up to the probability; shown in percentage points.
        case probability
    }

    public struct Part: Sendable, Equatable {
        public var feature: String
        /// Its value at the moment of the decision, ready to read; empty where it has none.
        public var value: String
        /// Positive makes the outcome more likely.
        public var amount: Double

        public init(feature: String, value: String = "", amount: Double) {
            self.feature = feature
            self.value = value
            self.amount = amount
        }
    }

    public var unit: Unit
    /// What the model says before it looks at any feature.
    public var base: Double
    /// Largest first by size; with `base` they add up to the whole score. Those left out are summed in `rest`.
    public var parts: [Part]
    public var rest: Double

    public init(unit: Unit, base: Double, parts: [Part], rest: Double = 0) {
        self.unit = unit
        self.base = base
        self.parts = parts
        self.rest = rest
    }
}

/// What a budget adds to the price of a candidate.
public struct BudgetTerm: Sendable, Equatable {
    public var budget: String
    /// The shadow price at the moment, value per unit of cost, ≥ 0.
    public var price: Double
    /// The expected cost that this budget bears, in major units, ≥ 0.
    public var cost: Double

    public init(budget: String, price: Double, cost: Double) {
        self.budget = budget
        self.price = price
        self.cost = cost
    }
}

/// Who scored a decision, and what a model that does not decide would have done.
public struct DecisionExplanation: Sendable, Equatable {
    public struct Scorer: Sendable, Equatable {
        public var id: ModelID
        public var stage: ModelStage
        /// As logged with the decision: the number of its last lesson.
        public var version: String

        public init(id: ModelID, stage: ModelStage, version: String) {
            self.id = id
            self.stage = stage
            self.version = version
        }
    }

    /// What a shadow thought of the same decision.
    public struct Opinion: Sendable, Equatable {
        public struct Score: Sendable, Equatable {
            /// As in `ExplainedDecision.Candidate.name`.
            public var candidate: String
            /// In 0 ... 1.
            public var probability: Double
            /// In major units of the decision's currency.
            public var utility: Double
            /// With what probability the shadow would have drawn it.
            public var propensity: Double

            public init(candidate: String, probability: Double, utility: Double, propensity: Double) {
                self.candidate = candidate
                self.probability = probability
                self.utility = utility
                self.propensity = propensity
            }
        }

        public var model: Scorer
        /// Best first, "no offer" included.
        public var scores: [Score]

        public init(model: Scorer, scores: [Score]) {
            self.model = model
            self.scores = scores
        }
    }

    public var scorer: Scorer
    public var shadows: [Opinion]

    public init(scorer: Scorer, shadows: [Opinion] = []) {
        self.scorer = scorer
        self.shadows = shadows
    }
}
