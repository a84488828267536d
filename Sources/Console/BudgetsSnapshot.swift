package import WeirDomain

/// Everything that the page Budgets shows, as of one moment.
package struct BudgetsSnapshot: Sendable, Equatable {
    package struct Budget: Sendable, Equatable {
        package var status: BudgetStatus
        /// What the last unit of cost let through was expected to bring, with 95 % where known; nil before the first
        /// spend. Value per unit of cost, ≥ 0.
        package var marginalReturn: Estimate?
        /// The newest stretch of spend, for the pace; nil while it is too short.
        package var recent: Recent?

        package init(status: BudgetStatus, marginalReturn: Estimate? = nil, recent: Recent? = nil) {
            self.status = status
            self.marginalReturn = marginalReturn
            self.recent = recent
        }
    }

    /// Spend in the newest stretch of time.
    package struct Recent: Sendable, Equatable {
        /// > 0.
        package var span: TimeSpan
        /// In the budget's currency.
        package var spent: Money
        package var planned: Money

        package init(span: TimeSpan, spent: Money, planned: Money) {
            self.span = span
            self.spent = spent
            self.planned = planned
        }
    }

    package var generatedTime: Timestamp
    /// The moment on the data's own clock: the replayed one, or now.
    package var dataTime: Timestamp
    /// In the catalog's order.
    package var budgets: [Budget]
    /// What makes an empty page fill.
    package var catalogCommand: String

    package init(
        generatedTime: Timestamp, dataTime: Timestamp? = nil, budgets: [Budget] = [],
        catalogCommand: String = "weir apply"
    ) {
        self.generatedTime = generatedTime
        self.dataTime = dataTime ?? generatedTime
        self.budgets = budgets
        self.catalogCommand = catalogCommand
    }
}
