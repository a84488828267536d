public import WeirDomain

extension Gate {
    /// Each account that the offer draws on is open and has what it draws: budgets, and stock counted in pieces.
    ///
    /// One gate for all three reasons, since it goes account by account: the first that lacks something is named.
    static let money = Gate(
        .afterAssignment, of: .offer, reasons: [.outOfStock, .budgetExhausted, .budgetNotOpen]
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
        return nil
    }
}

extension GateReason {
    static let outOfStock = GateReason(8, "out_of_stock", words: "out of stock")
    static let budgetExhausted = GateReason(9, "budget_exhausted", says: .name) { detail in
        guard case .name(let budget) = detail else { return "budget used up" }
        return "budget used up: \(budget)"
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

    /// Before the budget's first or after its last moment.
    public static func budgetNotOpen(_ budget: BudgetID) -> ClosedGate {
        ClosedGate(.budgetNotOpen, .name(budget.rawValue))
    }
}
