public import WeirDomain

/// One decision with all that it was made of.
public struct ExplainedDecision: Sendable, Equatable {
    /// An action that could be drawn, *no offer* included. Amounts are in major units of `currency`.
    public struct Candidate: Sendable, Equatable {
        /// The offer's name, or "no offer".
        public var name: String
        /// Nil for *no offer*.
        public var campaign: String?
        /// Probability of the outcome, in 0 ... 1, and half the width of its 95 % interval.
        public var probability: Double
        public var uncertainty: Double
        /// Expected incremental value.
        public var value: Double
        /// Expected cost.
        public var cost: Double
        /// The sum of the shadow prices of its budgets, per unit of cost.
        public var price: Double
        /// Value less price times cost.
        public var utility: Double
        /// With what probability it is drawn, in 0 ... 1.
        public var propensity: Double
        public var isChosen: Bool
        /// Where `probability` comes from; nil where it was not explained.
        public var contributions: Contributions?
        /// What `price` is made of; may be empty.
        public var budgetTerms: [BudgetTerm]

        public init(
            name: String, campaign: String? = nil, probability: Double, uncertainty: Double, value: Double,
            cost: Double, price: Double, utility: Double, propensity: Double, isChosen: Bool = false,
            contributions: Contributions? = nil, budgetTerms: [BudgetTerm] = []
        ) {
            self.name = name
            self.campaign = campaign
            self.probability = probability
            self.uncertainty = uncertainty
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

    /// An offer that a gate stopped before it was scored.
    public struct Gated: Sendable, Equatable {
        public var name: String
        public var campaign: String?
        /// The gate and what it saw: `consent: push`, `rule: bought 3 days ago`.
        public var reason: String

        public init(name: String, campaign: String? = nil, reason: String) {
            self.name = name
            self.campaign = campaign
            self.reason = reason
        }
    }

    public struct Versions: Sendable, Equatable {
        public var catalog: String
        public var model: String
        public var code: String

        public init(catalog: String, model: String, code: String) {
            self.catalog = catalog
            self.model = model
            self.code = code
        }
    }

    public var id: DecisionID
    public var time: Timestamp
    public var customer: CustomerID
    /// The placement's name.
    public var placement: String
    public var result: DecisionResult
    public var policy: String
    public var propensity: Double
    public var currency: Currency
    /// Best first.
    public var candidates: [Candidate]
    public var gated: [Gated]
    public var versions: Versions
    /// What became of it, as a sentence; nil while nothing has.
    public var outcome: String?
    /// Whether somebody else chose, and Weir only scored and logged it.
    public var isChosenElsewhere: Bool
    /// Who scored it; nil for decisions whose model is no longer known.
    public var explanation: DecisionExplanation?

    public init(
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
