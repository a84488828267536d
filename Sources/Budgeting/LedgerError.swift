public import WeirDomain

/// Why the ledger refused; nothing has then changed.
public enum LedgerError: Error, Equatable, CustomStringConvertible {
    case insufficient(BudgetID, available: Money, requested: Money)
    case mixedCurrencies(BudgetID, expected: Currency, found: Currency)
    case negative(BudgetID, Money)
    case limitBelowCommitments(BudgetID, limit: Money, reserved: Money, spent: Money)
    case alreadyReserved(DecisionID)
    case notReserved(DecisionID)
    case exceedsReservation(BudgetID, reserved: Money, requested: Money)
    case exceedsSpent(BudgetID, spent: Money, requested: Money)
    case doesNotBalance(BudgetID, String)

    public var description: String {
        switch self {
        case .insufficient(let budget, let available, let requested):
            "Budget “\(budget)” has \(available) left; \(requested) asked. Raise it, or offer something cheaper."
        case .mixedCurrencies(let budget, let expected, let found):
            "Budget “\(budget)” is kept in \(expected); the amount is in \(found). State it in \(expected)."
        case .negative(let budget, let amount):
            "An amount of \(amount) was asked of budget “\(budget)”. State an amount of 0 or more."
        case .limitBelowCommitments(let budget, let limit, let reserved, let spent):
            "Budget “\(budget)” cannot be limited to \(limit): \(spent) is spent and \(reserved) reserved. "
                + "Set a limit that covers both, or wait until reservations expire."
        case .alreadyReserved(let decision):
            "Decision \(decision) holds a reservation already. Spend or release that one first."
        case .notReserved(let decision):
            "Decision \(decision) holds no reservation: it was spent, released or never made. Look at its ledger entries."
        case .exceedsReservation(let budget, let reserved, let requested):
            "\(requested) cannot be spent from budget “\(budget)”: \(reserved) was reserved. Reserve the highest "
                + "possible cost of the offer."
        case .exceedsSpent(let budget, let spent, let requested):
            "\(requested) cannot be refunded to budget “\(budget)”: \(spent) was spent. Refund at most that."
        case .doesNotBalance(let budget, let fault):
            "The stored accounts of budget “\(budget)” do not balance: \(fault). Restore the store from a backup, or "
                + "rebuild its balances from the ledger entries."
        }
    }
}
