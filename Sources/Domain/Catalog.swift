/// Everything that a team declares: read from `weir.yaml` and `campaigns/*.yaml`.
public struct Catalog: Sendable, Hashable, Codable {
    /// Salts the assignment to holdouts and experiments; changing it assigns everyone anew.
    public var salt: String
    public var currency: Currency
    /// Share of customers who never get an offer, in 0 ≤ share < 1.
    public var universalHoldout: Double
    /// What holds where a person has given no answer; the privacy officer's choice, false unless declared.
    public var consentByDefault: [Purpose: Bool]
    /// Whether an alias may make one person of two with user ids.
    public var mergesUsers: Bool
    /// Where the shop's days begin and end, as the IANA database names it, such as `Europe/Berlin`; nil means UTC.
    public var timeZone: String?
    /// What an order is; nil in catalogs that were applied before orders had an identity: there each event counts.
    public var orders: Orders?
    /// What baskets are usually worth; nil where no offer goes by them.
    public var basket: BasketPrior?
    public var features: [FeatureDeclaration]
    public var goals: [Goal]
    public var placements: [Placement]
    public var budgets: [Budget]
    /// Over all campaigns.
    public var caps: [Cap]
    /// What stands before the decimals of amounts that events write as text; nil where each text must tell.
    public var decimalMark: AmountText.DecimalMark?
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
        mergesUsers: Bool = false, timeZone: String? = nil, orders: Orders? = nil, basket: BasketPrior? = nil,
        features: [FeatureDeclaration] = [],
        goals: [Goal] = [], placements: [Placement] = [], budgets: [Budget] = [], caps: [Cap] = [],
        decimalMark: AmountText.DecimalMark? = nil, metric: Metric? = nil, groups: [String] = [],
        experiments: [Experiment] = [],
        campaigns: [Campaign] = []
    ) {
        self.salt = salt
        self.currency = currency
        self.universalHoldout = universalHoldout
        self.consentByDefault = consentByDefault
        self.mergesUsers = mergesUsers
        self.timeZone = timeZone
        self.orders = orders
        self.basket = basket
        self.features = features
        self.goals = goals
        self.placements = placements
        self.budgets = budgets
        self.caps = caps
        self.decimalMark = decimalMark
        self.metric = metric
        self.groups = groups
        self.experiments = experiments
        self.campaigns = campaigns
    }
}
