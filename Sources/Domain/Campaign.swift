public import WeirJSON

/// A set of offers with one aim, one audience and one time.
public struct Campaign: Sendable, Hashable, Codable {
    public var id: CampaignID
    public var name: String
    /// What sort of campaign it is, such as `Type A`; the model learns across campaigns of one kind.
    public var kind: String
    public var placements: [PlacementID]
    /// First moment at which it may be offered; nil means always.
    public var start: Timestamp?
    /// First moment at which it may no longer be offered; nil means never.
    public var end: Timestamp?
    /// Who may get it, in the rule language (see `docs/catalog.md`); nil means everyone.
    public var eligibility: String?
    public var goal: GoalID
    public var purpose: Purpose
    public var channel: Channel
    /// Drawn on by each of its offers.
    public var budgets: [BudgetID]
    public var caps: [Cap]
    /// Share of customers who never get this campaign, in 0 ≤ share < 1, beside the universal holdout.
    public var holdout: Double
    public var offers: [Offer]

    public init(
        id: CampaignID, name: String, kind: String, placements: [PlacementID], start: Timestamp? = nil,
        end: Timestamp? = nil, eligibility: String? = nil, goal: GoalID, purpose: Purpose, channel: Channel,
        budgets: [BudgetID] = [], caps: [Cap] = [], holdout: Double = 0, offers: [Offer]
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.placements = placements
        self.start = start
        self.end = end
        self.eligibility = eligibility
        self.goal = goal
        self.purpose = purpose
        self.channel = channel
        self.budgets = budgets
        self.caps = caps
        self.holdout = holdout
        self.offers = offers
    }
}

/// One incentive that a person can be given.
public struct Offer: Sendable, Hashable, Codable {
    public var id: OfferID
    public var name: String
    /// What one use costs; ≥ 0. Reserved when the offer is given, spent when it is used.
    public var cost: Money
    /// Contribution margin, before `cost`, of one outcome of the campaign's goal.
    public var value: Money
    /// How many can be given in all; nil means as many as there are people.
    public var stock: Int?
    /// The code by which a till or shop reports its use; matched against outcomes.
    public var coupon: String?
    /// For each keyed feature the keys that this offer is about: its product categories, its campaign.
    public var affinities: [String: [String]]
    /// What the person reads; `{{name}}` stands for traits and context.
    public var message: String

    public init(
        id: OfferID, name: String, cost: Money, value: Money, stock: Int? = nil, coupon: String? = nil,
        affinities: [String: [String]] = [:], message: String = ""
    ) {
        self.id = id
        self.name = name
        self.cost = cost
        self.value = value
        self.stock = stock
        self.coupon = coupon
        self.affinities = affinities
        self.message = message
    }
}

/// A place where a person can be reached, and how decisions are made there.
public struct Placement: Sendable, Hashable, Codable {
    public var id: PlacementID
    public var name: String
    public var policy: Policy

    public init(id: PlacementID, name: String, policy: Policy) {
        self.id = id
        self.name = name
        self.policy = policy
    }
}

/// At most so many offers per person in a time.
public struct Cap: Sendable, Hashable, Codable {
    public enum Scope: String, Sendable, Codable, CaseIterable {
        case offer, campaign, channel, overall
    }

    public var scope: Scope
    /// ≥ 1.
    public var limit: Int
    /// > 0.
    public var per: TimeSpan

    public init(scope: Scope, limit: Int, per: TimeSpan) {
        self.scope = scope
        self.limit = limit
        self.per = per
    }
}

/// How utilities become choice probabilities.
public enum Policy: Sendable, Hashable, Codable {
    /// The best candidate, always; ties go to the one that stands first in the catalog.
    case greedy
    /// The best with 1 − ε, else any with equal probability; 0 ≤ epsilon ≤ 1.
    case epsilonGreedy(epsilon: Double)
    /// Proportional to exp(utility ÷ temperature); temperature > 0, in major units of money.
    case softmax(temperature: Double)
    /// Inverse to the gap to the best (Foster and Rakhlin, 2020); gamma > 0, per major unit of money.
    case squareCB(gamma: Double)
    /// Proportional to how often a draw from the posterior makes it the best; draws in 16 ... 4096.
    case thompson(draws: Int)

    public var name: String {
        switch self {
        case .greedy: "greedy"
        case .epsilonGreedy: "epsilon-greedy"
        case .softmax: "softmax"
        case .squareCB: "SquareCB"
        case .thompson: "Thompson"
        }
    }
}

/// What a campaign wants to happen after a decision, and how that is noticed.
public struct Goal: Sendable, Hashable, Codable {
    /// What would happen without an offer.
    public enum Baseline: String, Sendable, Codable, CaseIterable {
        /// Nothing: a coupon that was not given cannot be used.
        case zero
        /// Learned from the decisions to offer nothing and from the held out.
        case learned
    }

    /// When "it did not happen" is learned.
    public enum Negatives: String, Sendable, Codable, CaseIterable {
        /// When the window closes.
        case windowClose
        /// At the decision, and turned round when the outcome comes (fake-negative correction).
        case immediate
        /// Only when an outcome says so: an offer that nobody watched teaches nothing.
        case reported
        /// At a fixed age (`settleAfter`), with whatever is known by then, positives included; a positive that comes
        /// later is learned when it comes. Learning positives at once and negatives weeks later would make every
        /// running campaign look better than it is.
        case settle
    }

    /// How long what was learned is believed.
    public enum Memory: Sendable, Hashable, Codable {
        /// For good.
        case lasting
        /// After this time it counts 1/e of what is learned now.
        case fading(TimeSpan)
        /// Until outcomes of offers differ from what is believed; much of how offers work is then learned anew.
        case untilChange
    }

    public var id: GoalID
    /// The event that fulfils it; nil where outcomes are only reported through the API.
    public var pattern: EventPattern?
    /// Where the event names the offer's coupon code; nil means that any matching event in the window counts.
    public var couponPath: String?
    /// How long after the decision it counts; > 0.
    public var window: TimeSpan
    public var baseline: Baseline
    public var negatives: Negatives
    /// The age at which a decision's outcome is learned, for `Negatives.settle`; > 0, at most `window`.
    public var settleAfter: TimeSpan?
    public var memory: Memory
    /// The event that takes it back (a refund, a cancellation).
    public var reversal: EventPattern?

    public init(
        id: GoalID, pattern: EventPattern?, couponPath: String? = nil, window: TimeSpan, baseline: Baseline = .zero,
        negatives: Negatives = .windowClose, settleAfter: TimeSpan? = nil, memory: Memory = .lasting,
        reversal: EventPattern? = nil
    ) {
        self.id = id
        self.pattern = pattern
        self.couponPath = couponPath
        self.window = window
        self.baseline = baseline
        self.negatives = negatives
        self.settleAfter = settleAfter
        self.memory = memory
        self.reversal = reversal
    }
}

/// Money that offers draw on, and how it is meant to flow.
public struct Budget: Sendable, Hashable, Codable {
    public var id: BudgetID
    public var name: String
    /// > 0; never exceeded by what is spent and reserved together.
    public var limit: Money
    public var start: Timestamp
    /// After `start`.
    public var end: Timestamp
    /// Relative traffic expected in equal parts of the time between start and end, for the spend curve; each > 0. One
    /// entry means an even flow.
    public var curve: [Double]
    /// The shadow price never falls below it: what one unit of cost must bring at least; ≥ 0.
    public var returnFloor: Double

    public init(
        id: BudgetID, name: String, limit: Money, start: Timestamp, end: Timestamp, curve: [Double] = [1],
        returnFloor: Double = 1
    ) {
        self.id = id
        self.name = name
        self.limit = limit
        self.start = start
        self.end = end
        self.curve = curve
        self.returnFloor = returnFloor
    }
}

/// What a person is worth to the team, for comparing who gets offers with who is held out.
public struct Metric: Sendable, Hashable, Codable {
    /// Such as `sales per customer`.
    public var name: String
    public var pattern: EventPattern
    /// What each matching event adds, in major units; nil means 1.
    public var value: JSONPath?

    public init(name: String, pattern: EventPattern, value: JSONPath?) {
        self.name = name
        self.pattern = pattern
        self.value = value
    }
}

/// Everything that a team declares: read from `weir.yaml` and `campaigns/*.yaml`.
public struct Catalog: Sendable, Hashable, Codable {
    /// Salts the assignment to holdouts and experiments; changing it assigns everyone anew.
    public var salt: String
    public var currency: Currency
    /// Share of customers who never get an offer, in 0 ≤ share < 1.
    public var universalHoldout: Double
    /// What holds where a person has given no answer; the privacy officer's choice, false unless declared.
    public var consentByDefault: [Purpose: Bool]
    public var features: [FeatureDeclaration]
    public var goals: [Goal]
    public var placements: [Placement]
    public var budgets: [Budget]
    /// Over all campaigns.
    public var caps: [Cap]
    /// What treated and held-out customers are compared by; nil means that they are not.
    public var metric: Metric?
    /// Names of traits whose values are groups of people that a model must be right about, each.
    public var groups: [String]
    /// In the order of the file, which decides who takes part in which of a group.
    public var experiments: [Experiment]
    /// Sorted by id, so that the order of files does not matter.
    public var campaigns: [Campaign]

    public init(
        salt: String, currency: Currency, universalHoldout: Double = 0, consentByDefault: [Purpose: Bool] = [:],
        features: [FeatureDeclaration] = [], goals: [Goal] = [], placements: [Placement] = [], budgets: [Budget] = [],
        caps: [Cap] = [], metric: Metric? = nil, groups: [String] = [], experiments: [Experiment] = [],
        campaigns: [Campaign] = []
    ) {
        self.salt = salt
        self.currency = currency
        self.universalHoldout = universalHoldout
        self.consentByDefault = consentByDefault
        self.features = features
        self.goals = goals
        self.placements = placements
        self.budgets = budgets
        self.caps = caps
        self.metric = metric
        self.groups = groups
        self.experiments = experiments
        self.campaigns = campaigns
    }
}
