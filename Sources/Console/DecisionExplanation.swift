package import WeirDomain

/// Where a candidate's probability comes from: a base, and what each feature adds or takes.
package struct Contributions: Sendable, Equatable {
    package enum Unit: Sendable, Equatable {
        /// The amounts add up to the logit.
        case logOdds
        /// The amounts add up to the probability; shown in percentage points.
        case probability
    }

    package struct Part: Sendable, Equatable {
        package var feature: String
        /// Its value at the moment of the decision, ready to read; empty where it has none.
        package var value: String
        /// Positive makes the outcome more likely.
        package var amount: Double

        package init(feature: String, value: String = "", amount: Double) {
            self.feature = feature
            self.value = value
            self.amount = amount
        }
    }

    package var unit: Unit
    /// What the model says before it looks at any feature.
    package var base: Double
    /// Largest first by size; with `base` they add up to the whole score. Those left out are summed in `rest`.
    package var parts: [Part]
    package var rest: Double

    package init(unit: Unit, base: Double, parts: [Part], rest: Double = 0) {
        self.unit = unit
        self.base = base
        self.parts = parts
        self.rest = rest
    }
}

/// What a budget adds to the price of a candidate.
package struct BudgetTerm: Sendable, Equatable {
    package var budget: String
    /// The shadow price at the moment, value per unit of cost, ≥ 0.
    package var price: Double
    /// The expected cost that this budget bears, in major units, ≥ 0.
    package var cost: Double

    package init(budget: String, price: Double, cost: Double) {
        self.budget = budget
        self.price = price
        self.cost = cost
    }
}

/// Who scored a decision, and what a model that does not decide would have done.
package struct DecisionExplanation: Sendable, Equatable {
    package struct Scorer: Sendable, Equatable {
        package var id: ModelID
        package var stage: ModelStage
        /// As logged with the decision: the number of its last lesson.
        package var version: String

        package init(id: ModelID, stage: ModelStage, version: String) {
            self.id = id
            self.stage = stage
            self.version = version
        }
    }

    /// What a shadow thought of the same decision.
    package struct Opinion: Sendable, Equatable {
        package struct Score: Sendable, Equatable {
            /// As in `ExplainedDecision.Candidate.name`.
            package var candidate: String
            /// In 0 ... 1.
            package var probability: Double
            /// In major units of the decision's currency.
            package var utility: Double
            /// With what probability the shadow would have drawn it.
            package var propensity: Double

            package init(candidate: String, probability: Double, utility: Double, propensity: Double) {
                self.candidate = candidate
                self.probability = probability
                self.utility = utility
                self.propensity = propensity
            }
        }

        package var model: Scorer
        /// Best first, "no offer" included.
        package var scores: [Score]

        package init(model: Scorer, scores: [Score]) {
            self.model = model
            self.scores = scores
        }
    }

    package var scorer: Scorer
    package var shadows: [Opinion]

    package init(scorer: Scorer, shadows: [Opinion] = []) {
        self.scorer = scorer
        self.shadows = shadows
    }
}
