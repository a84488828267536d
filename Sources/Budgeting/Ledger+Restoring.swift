public import WeirDomain

/// What a decision holds back and for which offer, as kept over a restart.
public struct OpenReservation: Sendable, Equatable {
    public var decision: DecisionID
    public var amounts: [(budget: BudgetID, amount: Money)]
    /// Nil where an older version of Weir made the reservation.
    public var given: GivenOffer?

    public init(decision: DecisionID, amounts: [(budget: BudgetID, amount: Money)], given: GivenOffer? = nil) {
        self.decision = decision
        self.amounts = amounts
        self.given = given
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.decision == right.decision && left.given == right.given
            && left.amounts.elementsEqual(right.amounts) { $0.budget == $1.budget && $0.amount == $1.amount }
    }
}

extension Ledger {
    /// Rebuilds the ledger after a restart; budgets get their indices in the order of their names.
    ///
    /// - Throws: `LedgerError.doesNotBalance` where the accounts of a budget do not sum to zero, one is below zero, or
    ///   the open reservations are not what its account says is reserved.
    public init(
        restoring balances: [BudgetID: [LedgerEntry.Account: Money]], reservations: [OpenReservation]
    ) throws(LedgerError) {
        self.init()
        for budget in balances.keys.sorted() {
            if let account = try Self.account(budget, balances[budget]!) { open(account) }
        }
        var held = [Int64](repeating: 0, count: accounts.count)
        for stored in reservations {
            guard self.open(stored.decision) == nil else { throw .alreadyReserved(stored.decision) }
            var reservation = Reservation(given: stored.given)
            for (budget, amount) in stored.amounts {
                guard let index = index(of: budget) else {
                    throw .doesNotBalance(
                        budget, "decision \(stored.decision) holds \(amount) of it but it has no accounts")
                }
                guard amount.currency == accounts[index].currency else {
                    throw .mixedCurrencies(budget, expected: accounts[index].currency, found: amount.currency)
                }
                guard amount.minorUnits >= 0 else { throw .negative(budget, amount) }
                guard amount.minorUnits > 0 else { continue }
                let (sum, overflow) = held[index].addingReportingOverflow(amount.minorUnits)
                guard !overflow else { throw .doesNotBalance(budget, "its reservations do not fit 64 bits") }
                held[index] = sum
                reservation.append(Line(budget: index, amount: amount.minorUnits))
            }
            open(reservation, for: stored.decision)
        }
        for (account, held) in zip(accounts, held) where account.reserved != held {
            throw .doesNotBalance(
                account.budget,
                "\(account.money(account.reserved)) is reserved but open reservations hold \(account.money(held))")
        }
    }

    /// The open reservations in the order of their decisions, for `init(restoring:reservations:)`.
    public var openReservations: [OpenReservation] {
        openDecisions.map { decision in
            let reservation = open(decision)!
            return OpenReservation(
                decision: decision,
                amounts: (0..<reservation.count).map {
                    let account = accounts[reservation[$0].budget]
                    return (account.budget, account.money(reservation[$0].amount))
                },
                given: reservation.given)
        }
    }

    /// All balances, in the form in which they are stored.
    public var balances: [BudgetID: [LedgerEntry.Account: Money]] {
        var balances: [BudgetID: [LedgerEntry.Account: Money]] = [:]
        for account in accounts {
            balances[account.budget] = [
                .funding: account.money(account.funding), .available: account.money(account.available),
                .reserved: account.money(account.reserved), .spent: account.money(account.spent),
            ]
        }
        return balances
    }

    private static func account(
        _ budget: BudgetID, _ stored: [LedgerEntry.Account: Money]
    ) throws(LedgerError) -> Account? {
        guard let currency = LedgerEntry.Account.allCases.lazy.compactMap({ stored[$0] }).first?.currency else {
            return nil
        }
        for kind in LedgerEntry.Account.allCases {
            guard let money = stored[kind] else { continue }
            guard money.currency == currency else {
                throw .mixedCurrencies(budget, expected: currency, found: money.currency)
            }
            guard kind == .funding || money.minorUnits >= 0 else {
                throw .doesNotBalance(budget, "its \(kind.name) account stands at \(money)")
            }
        }
        var account = Account(budget, currency)
        account.funding = stored[.funding]?.minorUnits ?? 0
        account.available = stored[.available]?.minorUnits ?? 0
        account.reserved = stored[.reserved]?.minorUnits ?? 0
        account.spent = stored[.spent]?.minorUnits ?? 0
        // Subtracting from the funded amount cannot overflow where adding three balances could.
        guard account.funding <= 0, account.funding > .min,
            account.limit - account.available - account.reserved == account.spent
        else { throw .doesNotBalance(budget, "its accounts do not sum to zero") }
        return account
    }
}
