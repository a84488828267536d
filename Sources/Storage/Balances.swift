package import WeirDomain

/// Balances of accounts, summed from ledger entries.
package struct Balances: Sendable, Equatable {
    package private(set) var accounts: [BudgetID: [LedgerEntry.Account: Money]] = [:]

    package init() {}

    /// Moves the entry's amount from one account to the other.
    ///
    /// - Throws: `MoneyError` where an account holds another currency or overflows; nothing has then changed.
    package mutating func post(_ entry: LedgerEntry) throws(MoneyError) {
        let nothing = Money.zero(entry.amount.currency)
        var budget = accounts[entry.budget] ?? [:]
        budget[entry.from] = try (budget[entry.from] ?? nothing).subtracting(entry.amount)
        budget[entry.to] = try (budget[entry.to] ?? nothing).adding(entry.amount)
        accounts[entry.budget] = budget
    }
}
