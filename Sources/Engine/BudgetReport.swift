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
    public var history: [Pulse.BudgetSample]
}

extension Engine {
    /// All budgets of the catalog, in its order.
    public func budgetReports(at now: Timestamp? = nil) -> [BudgetReport] {
        guard let plan else { return [] }
        let now = now ?? clock.now
        let history = pulse.withLock(\.budgets)
        return treasury.withLock { treasury in
            plan.catalog.budgets.compactMap { budget in
                guard let (balance, price) = treasury.standing(of: budget.id) else { return nil }
                func money(_ units: Int64) -> Money { Money(minorUnits: units, currency: balance.currency) }
                return BudgetReport(
                    budget: budget, limit: money(balance.limit), available: money(balance.available),
                    reserved: money(balance.reserved), spent: money(balance.spent),
                    planned: price.curve.planned(at: now),
                    projected: price.curve.projectedEnd(spent: money(balance.spent), at: now, pace: price.pace),
                    price: price.publishedPrice, curve: price.curve, history: history[budget.id] ?? [])
            }
        }
    }

    /// The live figures.
    public var figures: Pulse { pulse.withLock { $0 } }

    /// Counts what a group held, and notes where the budgets stand.
    func note(_ counts: GroupCounts) {
        let now = clock.now
        guard let plan else { return pulse.withLock { $0.count(counts, at: now) } }
        let samples = treasury.withLock { treasury in
            plan.catalog.budgets.compactMap { budget -> (Budget, Pulse.BudgetSample)? in
                guard let (balance, price) = treasury.standing(of: budget.id) else { return nil }
                return (
                    budget,
                    Pulse.BudgetSample(
                        time: now, spent: balance.spent, reserved: balance.reserved, price: price.publishedPrice)
                )
            }
        }
        pulse.withLock { pulse in
            pulse.count(counts, at: now)
            for (budget, sample) in samples { pulse.sample(budget, sample) }
        }
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
