public import WeirDomain

/// Everything that the page Budgets shows, as of one moment.
public struct BudgetsSnapshot: Sendable, Equatable {
    public struct Budget: Sendable, Equatable {
        public var status: BudgetStatus
        /// What the last unit of cost let through was expected to bring, with 95 % where known; nil before the first
        /// spend. Value per unit of cost, ≥ 0.
        public var marginalReturn: Estimate?
        /// The newest stretch of spend, for the pace; nil while it is too short.
        public var recent: Recent?

        public init(status: BudgetStatus, marginalReturn: Estimate? = nil, recent: Recent? = nil) {
            self.status = status
            self.marginalReturn = marginalReturn
            self.recent = recent
        }
    }

    /// Spend in the newest stretch of time.
    public struct Recent: Sendable, Equatable {
        /// > 0.
        public var span: TimeSpan
        /// In the budget's currency.
        public var spent: Money
        public var planned: Money

        public init(span: TimeSpan, spent: Money, planned: Money) {
            self.span = span
            self.spent = spent
            self.planned = planned
        }
    }

    public var generatedTime: Timestamp
    /// The moment on the data's own clock: the replayed one, or now.
    public var dataTime: Timestamp
    /// In the catalog's order.
    public var budgets: [Budget]
    /// What makes an empty page fill.
    public var catalogCommand: String

    public init(
        generatedTime: Timestamp, dataTime: Timestamp? = nil, budgets: [Budget] = [],
        catalogCommand: String = "weir apply"
    ) {
        self.generatedTime = generatedTime
        self.dataTime = dataTime ?? generatedTime
        self.budgets = budgets
        self.catalogCommand = catalogCommand
    }
}
