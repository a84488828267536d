package import WeirDomain

/// One decision with all that it was made of.
package struct ExplainedDecision: Sendable, Equatable {
    /// An action that could be drawn, *no offer* included. Amounts are in major units of `currency`.
    package struct Candidate: Sendable, Equatable {
        /// The offer's name, or "no offer".
        package var name: String
        /// Nil for *no offer*.
        package var campaign: String?
        /// Probability of the outcome, in 0 ... 1, and half the width of its 95 % interval.
        package var probability: Double
        package var uncertainty: Double
        /// Its part in `value`; nil where nothing would happen without an offer.
        package var baseline: Baseline?
        /// Expected incremental value.
        package var value: Double
        /// Expected cost.
        package var cost: Double
        /// The sum of the shadow prices of its budgets, per unit of cost.
        package var price: Double
        /// Value less price times cost.
        package var utility: Double
        /// With what probability it is drawn, in 0 ... 1.
        package var propensity: Double
        package var isChosen: Bool
        /// Where `probability` comes from; nil where it was not explained.
        package var contributions: Contributions?
        /// What `price` is made of; may be empty.
        package var budgetTerms: [BudgetTerm]

        package init(
            name: String, campaign: String? = nil, probability: Double, uncertainty: Double, baseline: Baseline? = nil,
            value: Double, cost: Double, price: Double, utility: Double, propensity: Double, isChosen: Bool = false,
            contributions: Contributions? = nil, budgetTerms: [BudgetTerm] = []
        ) {
            self.name = name
            self.campaign = campaign
            self.probability = probability
            self.uncertainty = uncertainty
            self.baseline = baseline
            self.value = value
            self.cost = cost
            self.price = price
            self.utility = utility
            self.propensity = propensity
            self.isChosen = isChosen
            self.contributions = contributions
            self.budgetTerms = budgetTerms
        }
    }

    /// What would happen without an offer: value is (p − p₀) times what an outcome is worth.
    package struct Baseline: Sendable, Equatable {
        /// p₀, in 0 ... 1.
        package var probability: Double
        /// What an outcome is worth, in major units.
        package var worth: Double

        package init(probability: Double, worth: Double) {
            self.probability = probability
            self.worth = worth
        }
    }

    /// An offer that a gate stopped before it was scored.
    package struct Gated: Sendable, Equatable {
        package var name: String
        package var campaign: String?
        /// The gate and what it saw: `consent: push`, `rule: bought 3 days ago`.
        package var reason: String

        package init(name: String, campaign: String? = nil, reason: String) {
            self.name = name
            self.campaign = campaign
            self.reason = reason
        }
    }

    package struct Versions: Sendable, Equatable {
        package var catalog: String
        package var model: String
        package var code: String

        package init(catalog: String, model: String, code: String) {
            self.catalog = catalog
            self.model = model
            self.code = code
        }
    }

    package var id: DecisionID
    package var time: Timestamp
    package var customer: CustomerID
    /// The placement's name.
    package var placement: String
    package var result: DecisionResult
    package var policy: String
    package var propensity: Double
    package var currency: Currency
    /// Best first.
    package var candidates: [Candidate]
    package var gated: [Gated]
    package var versions: Versions
    /// What became of it, as a sentence; nil while nothing has.
    package var outcome: String?
    /// The code of a pool that it gave, and what became of that, as `QX7RT4WPAC: redeemed by order 1001`; nil for none.
    package var coupon: String?
    /// Whether somebody else chose, and Weir only scored and logged it.
    package var isChosenElsewhere: Bool
    /// Who scored it; nil for decisions whose model is no longer known.
    package var explanation: DecisionExplanation?

    package init(
        id: DecisionID, time: Timestamp, customer: CustomerID, placement: String, result: DecisionResult,
        policy: String, propensity: Double, currency: Currency, candidates: [Candidate], gated: [Gated] = [],
        versions: Versions, outcome: String? = nil, isChosenElsewhere: Bool = false,
        explanation: DecisionExplanation? = nil
    ) {
        self.id = id
        self.time = time
        self.customer = customer
        self.placement = placement
        self.result = result
        self.policy = policy
        self.propensity = propensity
        self.currency = currency
        self.candidates = candidates
        self.gated = gated
        self.versions = versions
        self.outcome = outcome
        self.isChosenElsewhere = isChosenElsewhere
        self.explanation = explanation
    }
}
