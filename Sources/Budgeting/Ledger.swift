public import WeirDomain

/// The accounts of all budgets, by double entry: what one account loses another gains, so each budget sums to zero and
/// no more can be reserved and spent than was funded.
///
/// A value without clock or storage: each change returns the entries to be journaled, and a refused one changes nothing.
/// Budgets are named by their index in the hot path; stock is a budget counted in `Currency.pieces`.
public struct Ledger: Sendable {
    /// What a decision takes from one budget.
    public struct Draw: Sendable, Hashable {
        /// From `Ledger.index(of:)`.
        public var budget: Int
        /// ≥ 0, in the budget's currency.
        public var amount: Money

        public init(budget: Int, amount: Money) {
            self.budget = budget
            self.amount = amount
        }
    }

    /// The balances of one budget, in minor units of its currency.
    public struct Account: Sendable, Hashable {
        public let budget: BudgetID
        public let currency: Currency
        /// Minus the limit.
        public internal(set) var funding: Int64 = 0
        public internal(set) var available: Int64 = 0
        public internal(set) var reserved: Int64 = 0
        public internal(set) var spent: Int64 = 0

        public var limit: Int64 { -funding }

        init(_ budget: BudgetID, _ currency: Currency) {
            self.budget = budget
            self.currency = currency
        }

        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
    }

    /// By index; indices never change while the ledger lives.
    public private(set) var accounts: [Account] = []
    private var indices: [BudgetID: Int] = [:]
    private var reservations: [DecisionID: Reservation] = [:]

    public init() {}

    public func index(of budget: BudgetID) -> Int? { indices[budget] }

    /// How many decisions hold a reservation.
    public var openCount: Int { reservations.count }

    public func isReserved(by decision: DecisionID) -> Bool { reservations[decision] != nil }

    /// By how many minor units the accounts are out of balance, over all budgets: always 0.
    public var trialBalance: Int64 {
        accounts.reduce(0) { $0 + abs($1.funding + $1.available + $1.reserved + $1.spent) }
    }

    // MARK: - Changes

    /// Opens a budget, or changes its limit.
    ///
    /// - Parameter limit: ≥ what is reserved and spent; in the currency of the first limit.
    public mutating func fund(
        _ budget: BudgetID, limit: Money, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        let known = indices[budget]
        var account = known.map { accounts[$0] } ?? Account(budget, limit.currency)
        try Self.check(limit, for: account)
        guard limit.minorUnits >= account.reserved + account.spent else {
            throw .limitBelowCommitments(
                budget, limit: limit, reserved: account.money(account.reserved), spent: account.money(account.spent))
        }

        let change = limit.minorUnits - account.limit
        account.funding -= change
        account.available += change
        if let known {
            accounts[known] = account
        } else {
            indices[budget] = accounts.count
            accounts.append(account)
        }
        var entries: [LedgerEntry] = []
        account.post(
            .funded, from: change > 0 ? .funding : .available, to: change > 0 ? .available : .funding, abs(change),
            decision: nil, nil, time, in: &entries)
        return entries
    }

    /// Holds back what a decision may cost, from all its budgets or from none.
    ///
    /// - Parameters:
    ///   - draws: A budget may occur twice; its amounts then add up.
    ///   - given: What is given for it, which every entry of the decision will name.
    public mutating func reserve(
        _ draws: [Draw], for decision: DecisionID, giving given: GivenOffer? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        guard reservations[decision] == nil else { throw .alreadyReserved(decision) }
        for index in draws.indices {
            let draw = draws[index]
            try Self.check(draw.amount, for: accounts[draw.budget])
            var left = accounts[draw.budget].available
            for earlier in draws[..<index] where earlier.budget == draw.budget { left -= earlier.amount.minorUnits }
            guard draw.amount.minorUnits <= left else {
                throw .insufficient(
                    accounts[draw.budget].budget, available: accounts[draw.budget].money(left), requested: draw.amount)
            }
        }

        // Nothing below can fail, so a reservation is posted whole or not at all.
        var entries: [LedgerEntry] = []
        entries.reserveCapacity(draws.count)
        var reservation = Reservation(given: given)
        for draw in draws where draw.amount.minorUnits > 0 {
            let amount = draw.amount.minorUnits
            accounts[draw.budget].available -= amount
            accounts[draw.budget].reserved += amount
            reservation.append(Line(budget: draw.budget, amount: amount))
            accounts[draw.budget].post(
                .reserved, from: .available, to: .reserved, amount, decision: decision, given, time, in: &entries)
        }
        open(reservation, for: decision)
        return entries
    }

    /// Turns a reservation into spending.
    ///
    /// - Parameter actual: What the offer did cost, ≤ what was reserved; the rest is released. It holds for each budget
    ///   in its currency; nil, and budgets in other currencies (stock), mean that all is spent.
    public mutating func spend(
        _ decision: DecisionID, actual: Money? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        guard let found = reservations.index(forKey: decision) else { throw .notReserved(decision) }
        let reservation = reservations.values[found]
        if let actual { try check(actual, against: reservation) }

        reservations.remove(at: found)
        var entries: [LedgerEntry] = []
        entries.reserveCapacity(reservation.count)
        reservation.forEach { line in
            let spent = actual?.currency == accounts[line.budget].currency ? actual!.minorUnits : line.amount
            accounts[line.budget].reserved -= line.amount
            accounts[line.budget].spent += spent
            accounts[line.budget].available += line.amount - spent
            accounts[line.budget].post(
                .spent, from: .reserved, to: .spent, spent, decision: decision, reservation.given, time, in: &entries)
            accounts[line.budget].post(
                .released, from: .reserved, to: .available, line.amount - spent, decision: decision, reservation.given,
                time, in: &entries)
        }
        return entries
    }

    /// Gives a reservation back, unused.
    public mutating func release(
        _ decision: DecisionID, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        guard let found = reservations.index(forKey: decision) else { throw .notReserved(decision) }
        let reservation = reservations.values[found]

        reservations.remove(at: found)
        var entries: [LedgerEntry] = []
        entries.reserveCapacity(reservation.count)
        reservation.forEach { line in
            accounts[line.budget].reserved -= line.amount
            accounts[line.budget].available += line.amount
            accounts[line.budget].post(
                .released, from: .reserved, to: .available, line.amount, decision: decision, reservation.given, time,
                in: &entries)
        }
        return entries
    }

    /// Takes back what a decision has spent, less what was refunded before: twice refunded counts once.
    ///
    /// - Parameters:
    ///   - history: The decision's entries, as journaled; the ledger does not keep closed decisions.
    ///   - share: Which part of what was spent is taken back in all, refunds of before included; in 0 … 1. Money is rounded
    ///     to whole minor units; of stock only a whole piece comes back, when all does.
    public mutating func refund(
        _ decision: DecisionID, history: [LedgerEntry], share: Double = 1, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        precondition((0...1).contains(share))
        var draws: [Line] = []
        var spent: [Int64] = []
        var given: GivenOffer?
        for entry in history where entry.decision == decision {
            guard entry.reason == .spent || entry.reason == .refunded, let index = indices[entry.budget] else {
                continue
            }
            try Self.check(entry.amount, for: accounts[index])
            given = entry.given ?? given
            let amount = entry.reason == .spent ? entry.amount.minorUnits : -entry.amount.minorUnits
            let place = draws.firstIndex { $0.budget == index } ?? draws.endIndex
            if place == draws.endIndex {
                draws.append(Line(budget: index, amount: 0))
                spent.append(0)
            }
            draws[place].amount += amount
            if entry.reason == .spent { spent[place] += amount }
            if draws[place].amount == 0 { spent[place] = 0 }  // All came back: what is spent anew is another use.
        }
        if share < 1 {
            for place in draws.indices {
                let refunded = spent[place] - draws[place].amount
                let isStock = accounts[draws[place].budget].currency == .pieces
                draws[place].amount = isStock ? 0 : Int64((Double(spent[place]) * share).rounded()) - refunded
            }
        }
        for draw in draws where draw.amount > accounts[draw.budget].spent {
            let account = accounts[draw.budget]
            throw .exceedsSpent(
                account.budget, spent: account.money(account.spent), requested: account.money(draw.amount))
        }

        var entries: [LedgerEntry] = []
        for draw in draws where draw.amount > 0 {
            accounts[draw.budget].spent -= draw.amount
            accounts[draw.budget].available += draw.amount
            accounts[draw.budget].post(
                .refunded, from: .spent, to: .available, draw.amount, decision: decision, given, time, in: &entries)
        }
        return entries
    }

    /// Spends once more what a decision had reserved and got back, because its offer was used after all: as much as its
    /// budgets still have.
    ///
    /// - Parameters:
    ///   - history: The decision's entries, as journaled.
    ///   - actual: What the offer did cost, ≤ what was reserved, as `spend` takes it.
    public mutating func spendReleased(
        _ decision: DecisionID, history: [LedgerEntry], actual: Money? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        guard reservations[decision] == nil else { return try spend(decision, actual: actual, at: time) }
        var draws: [Line] = []
        var given: GivenOffer?
        for entry in history where entry.decision == decision {
            guard entry.reason == .reserved || entry.reason == .released || entry.reason == .refunded,
                let index = indices[entry.budget]
            else { continue }
            try Self.check(entry.amount, for: accounts[index])
            given = entry.given ?? given
            guard entry.reason != .reserved || !draws.contains(where: { $0.budget == index }) else { continue }
            // Released and refunded is what is with the budget again; the first reservation names the budgets.
            let place = draws.firstIndex { $0.budget == index } ?? draws.endIndex
            if place == draws.endIndex { draws.append(Line(budget: index, amount: 0)) }
            if entry.reason != .reserved { draws[place].amount = max(draws[place].amount, entry.amount.minorUnits) }
        }

        var entries: [LedgerEntry] = []
        for draw in draws {
            let isOfActual = actual?.currency == accounts[draw.budget].currency && draw.amount > 0
            let amount = min(isOfActual ? actual!.minorUnits : draw.amount, accounts[draw.budget].available)
            guard amount > 0 else { continue }
            accounts[draw.budget].available -= amount
            accounts[draw.budget].spent += amount
            accounts[draw.budget].post(
                .reserved, from: .available, to: .reserved, amount, decision: decision, given, time, in: &entries)
            accounts[draw.budget].post(
                .spent, from: .reserved, to: .spent, amount, decision: decision, given, time, in: &entries)
        }
        return entries
    }

    /// Spends what no budget allowed for on an account of its own, whose limit grows by as much: in the open, and apart
    /// from what budgets hold.
    public mutating func book(
        _ amount: Money, on budget: BudgetID, giving given: GivenOffer? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        let limit = Money(minorUnits: limit(of: budget) + amount.minorUnits, currency: amount.currency)
        var entries = try fund(budget, limit: limit, at: time)
        let index = indices[budget]!
        accounts[index].available -= amount.minorUnits
        accounts[index].spent += amount.minorUnits
        accounts[index].post(
            .spent, from: .available, to: .spent, amount.minorUnits, decision: nil, given, time, in: &entries)
        return entries
    }

    /// Takes back what `book` has spent; the account's limit falls by as much.
    public mutating func unbook(
        _ amount: Money, on budget: BudgetID, giving given: GivenOffer? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        guard let index = indices[budget], accounts[index].spent >= amount.minorUnits else {
            throw .exceedsSpent(budget, spent: .zero(amount.currency), requested: amount)
        }
        try Self.check(amount, for: accounts[index])
        var entries: [LedgerEntry] = []
        accounts[index].spent -= amount.minorUnits
        accounts[index].available += amount.minorUnits
        accounts[index].post(
            .refunded, from: .spent, to: .available, amount.minorUnits, decision: nil, given, time, in: &entries)
        let limit = Money(minorUnits: accounts[index].limit - amount.minorUnits, currency: amount.currency)
        return entries + (try fund(budget, limit: limit, at: time))
    }

    private func limit(of budget: BudgetID) -> Int64 { indices[budget].map { accounts[$0].limit } ?? 0 }

    // MARK: - Private parts

    /// Moves an amount between two accounts of a budget, as a reason has it, and writes the entry.
    mutating func post(
        _ reason: LedgerEntry.Reason, _ amount: Int64, _ budget: Int, _ decision: DecisionID, _ given: GivenOffer?,
        _ time: Timestamp, in entries: inout [LedgerEntry]
    ) {
        switch reason {
        case .reserved:
            accounts[budget].available -= amount
            accounts[budget].reserved += amount
            accounts[budget].post(
                reason, from: .available, to: .reserved, amount, decision: decision, given, time, in: &entries)
        case .spent:
            accounts[budget].reserved -= amount
            accounts[budget].spent += amount
            accounts[budget].post(
                reason, from: .reserved, to: .spent, amount, decision: decision, given, time, in: &entries)
        case .refunded:
            accounts[budget].spent -= amount
            accounts[budget].available += amount
            accounts[budget].post(
                reason, from: .spent, to: .available, amount, decision: decision, given, time, in: &entries)
        case .released, .funded: preconditionFailure("\(reason) is posted where it is decided")
        }
    }

    func open(_ decision: DecisionID) -> Reservation? { reservations[decision] }

    /// In the order of decisions.
    var openDecisions: [DecisionID] { reservations.keys.sorted() }

    mutating func open(_ reservation: Reservation, for decision: DecisionID) {
        reservations[decision] = reservation
    }

    mutating func open(_ account: Account) {
        indices[account.budget] = accounts.count
        accounts.append(account)
    }

    private func check(_ actual: Money, against reservation: Reservation) throws(LedgerError) {
        for index in 0..<reservation.count {
            let line = reservation[index]
            let account = accounts[line.budget]
            guard account.currency == actual.currency else { continue }
            try Self.check(actual, for: account)
            guard actual.minorUnits <= line.amount else {
                throw .exceedsReservation(account.budget, reserved: account.money(line.amount), requested: actual)
            }
        }
    }

    private static func check(_ amount: Money, for account: Account) throws(LedgerError) {
        guard amount.currency == account.currency else {
            throw .mixedCurrencies(account.budget, expected: account.currency, found: amount.currency)
        }
        guard amount.minorUnits >= 0 else { throw .negative(account.budget, amount) }
    }
}

extension Ledger.Account {
    /// Writes an entry for a movement; a movement of nothing is none.
    @inline(__always)
    fileprivate func post(
        _ reason: LedgerEntry.Reason, from: LedgerEntry.Account, to: LedgerEntry.Account, _ amount: Int64,
        decision: DecisionID?, _ given: GivenOffer?, _ time: Timestamp, in entries: inout [LedgerEntry]
    ) {
        guard amount > 0 else { return }
        entries.append(
            LedgerEntry(
                budget: budget, reason: reason, from: from, to: to, amount: money(amount), decision: decision,
                given: given, time: time))
    }
}
