import Synchronization
public import WeirBudgeting
import WeirDecisioning
public import WeirDomain
import WeirStorage

/// Where a budget stands.
public struct BudgetReport: Sendable {
    public var budget: Budget
    public var limit: Money
    public var available: Money
    public var reserved: Money
    public var spent: Money
    /// What the spend curve foresees to be spent by now.
    public var planned: Money
    /// What may be spent at the end, at the recent pace.
    public var projected: Money
    /// Value that one more unit of cost must bring.
    public var price: Double
    public var curve: SpendCurve
    public var history: [BudgetSample]
}

extension Engine {
    /// All budgets of the catalog, in its order.
    public func budgetReports(at now: Timestamp? = nil) -> [BudgetReport] {
        guard let plan else { return [] }
        let now = now ?? clock.now
        let money = figures(of: MoneyFollower.self)
        return plan.catalog.budgets.compactMap { budget in
            guard let standing = money.standings[budget.id] else { return nil }
            let (balance, price) = (standing.balance, standing.price)
            func amount(_ units: Int64) -> Money { Money(minorUnits: units, currency: balance.currency) }
            return BudgetReport(
                budget: budget, limit: amount(balance.limit), available: amount(balance.available),
                reserved: amount(balance.reserved), spent: amount(balance.spent),
                planned: price.curve.planned(at: now),
                projected: price.curve.projectedEnd(spent: amount(balance.spent), at: now, pace: price.pace),
                price: price.publishedPrice, curve: price.curve, history: money.history.samples[budget.id] ?? [])
        }
    }

    /// The live figures.
    public var figures: Pulse {
        let current = published.withLock { $0 }
        let traffic = current.figures(of: TrafficFollower.self)
        return Pulse(
            totals: traffic.totals, sources: traffic.sources, latencies: latencies.withLock { $0 },
            budgets: current.figures(of: MoneyFollower.self).history.samples)
    }

    /// A decision of the log with its catalog; nil where there is none of that id.
    public func decision(_ id: DecisionID) throws -> DecisionReply? {
        guard let found = try store.decision(id), case .decision(let stored) = found.record else { return nil }
        return try reply(to: stored)
    }

    /// The newest decisions, of one customer or of everyone.
    public func latestDecisions(of customer: CustomerID? = nil, limit: Int) throws -> [DecisionReply] {
        try store.latestDecisions(of: customer, limit: limit).map { try reply(to: $0) }
    }
}
