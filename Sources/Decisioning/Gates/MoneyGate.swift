public import WeirDomain

extension Gate {
    /// Each account that the offer draws on is open and has what it draws: budgets, stock counted in pieces, and codes.
    ///
    /// One gate for all these reasons, since it goes account by account: the first that lacks something is named.
    static let money = Gate(
        .afterAssignment, of: .offer, reasons: [.outOfStock, .budgetExhausted, .budgetNotOpen, .outOfCodes]
    ) { situation, candidate in
        for (draw, slot) in zip(candidate.offer.draws, candidate.placement.slots[candidate.position]) {
            let account = candidate.plan.accounts[draw.account]
            if let budget = account.budget, situation.time < budget.start || situation.time >= budget.end {
                return .budgetNotOpen(budget.id)
            }
            if situation.available[slot] < draw.amount.minorUnits {
                return account.budget == nil ? .outOfStock : .budgetExhausted(account.id)
            }
        }
        if let slot = candidate.placement.poolSlots[candidate.position], situation.available[slot] < 1,
            let pool = candidate.offer.offer.codes?.pool
        {
            return .outOfCodes(pool)
        }
        return nil
    }
}

extension GateReason {
    static let outOfStock = GateReason(8, "out_of_stock", words: "out of stock")
    static let budgetExhausted = GateReason(9, "budget_exhausted", says: .name) { detail in
        guard case .name(let budget) = detail else { return "budget used up" }
        return "budget used up: \(budget)"
    }
    static let outOfCodes = GateReason(12, "out_of_codes", says: .name) { detail in
        guard case .name(let pool) = detail else { return "no codes left" }
        return "no codes left: \(pool)"
    }
    static let budgetNotOpen = GateReason(10, "budget_not_open", says: .name) { detail in
        guard case .name(let budget) = detail else { return "budget not open" }
        return "budget not open: \(budget)"
    }
}

extension ClosedGate {
    public static let outOfStock = ClosedGate(.outOfStock)

    public static func budgetExhausted(_ budget: BudgetID) -> ClosedGate {
        ClosedGate(.budgetExhausted, .name(budget.rawValue))
    }

    /// Its pool has no code left to give.
    public static func outOfCodes(_ pool: CouponPoolID) -> ClosedGate { ClosedGate(.outOfCodes, .name(pool.rawValue)) }

    /// Before the budget's first or after its last moment.
    public static func budgetNotOpen(_ budget: BudgetID) -> ClosedGate {
        ClosedGate(.budgetNotOpen, .name(budget.rawValue))
    }
}
