package import WeirDomain

extension Ledger {
    /// What the use of an offer has taken from one budget so far.
    package struct Use: Sendable, Equatable {
        package var budget: BudgetID
        /// Spent by the use, before refunds.
        package var spent: Int64 = 0
        /// What of it was refunded.
        package var refunded: Int64 = 0
        var given: GivenOffer?
    }

    /// What the last use of a decision's offer has taken from its budgets in a currency, by its entries as journaled.
    ///
    /// What all came back is spent anew by another use. A budget from which it was reserved is one of them although nothing of
    /// it was spent.
    package static func uses(of decision: DecisionID, in currency: Currency, history: [LedgerEntry]) -> [Use] {
        var uses: [Use] = []
        for entry in history where entry.decision == decision && entry.amount.currency == currency {
            let place = uses.firstIndex { $0.budget == entry.budget } ?? uses.endIndex
            if place == uses.endIndex { uses.append(Use(budget: entry.budget)) }
            uses[place].given = entry.given ?? uses[place].given
            switch entry.reason {
            case .spent: uses[place].spent += entry.amount.minorUnits
            case .refunded: uses[place].refunded += entry.amount.minorUnits
            case .funded, .reserved, .released: break
            }
            if uses[place].refunded >= uses[place].spent { (uses[place].spent, uses[place].refunded) = (0, 0) }
        }
        return uses
    }

    /// Books anew what the use of a decision's offer did cost, because its order was told anew with another amount: what had
    /// been spent comes back, and what it does cost is spent, as much as its budgets have.
    ///
    /// - Parameters:
    ///   - history: The decision's entries, as journaled.
    ///   - cost: Of the use, before refunds; ≥ 0.
    ///   - share: Which part of the use has been refunded, in 0 … 1.
    package mutating func rebook(
        _ decision: DecisionID, history: [LedgerEntry], cost: Money, share: Double, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        precondition((0...1).contains(share))
        var entries: [LedgerEntry] = []
        guard !isReserved(by: decision) else { return entries }
        for use in Self.uses(of: decision, in: cost.currency, history: history) {
            guard let index = index(of: use.budget) else { continue }
            let account = accounts[index]
            guard cost.minorUnits >= 0 else { throw .negative(account.budget, cost) }
            let net = use.spent - use.refunded
            guard net <= account.spent else {
                throw .exceedsSpent(
                    account.budget, spent: account.money(account.spent), requested: account.money(net))
            }
            let spent = min(cost.minorUnits, account.available + net)
            let refunded = Int64((Double(spent) * share).rounded())
            guard spent - refunded != net || net > 0 && spent != use.spent else { continue }
            post(.refunded, net, index, decision, use.given, time, in: &entries)
            post(.reserved, spent, index, decision, use.given, time, in: &entries)
            post(.spent, spent, index, decision, use.given, time, in: &entries)
            post(.refunded, refunded, index, decision, use.given, time, in: &entries)
        }
        return entries
    }
}
