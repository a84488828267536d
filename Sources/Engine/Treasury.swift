import WeirBudgeting
import WeirDecisioning
import WeirDomain

/// The ledger and the shadow prices of all budgets: what decisions of all shards draw on, behind one lock.
struct Treasury: Sendable {
    private(set) var ledger: Ledger
    /// By account of the plan; nil for stock.
    private(set) var prices: [PriceController?] = []
    /// The ledger's index of each account of the plan.
    private var indices: [Int] = []
    /// By account: what decisions reserved, and what of it they were expected to cost, in minor units.
    private var reserved: [Double] = []
    private var expected: [Double] = []

    init(ledger: Ledger = Ledger()) { self.ledger = ledger }

    /// Takes over a catalog's budgets: opens new ones, changes limits, keeps prices of those that remain.
    ///
    /// - Parameter saved: Prices from before a restart.
    /// - Throws: `LedgerError` where a new limit lies below what is spent and reserved; nothing has then changed.
    mutating func adopt(
        _ plan: CatalogPlan, previous: CatalogPlan?, saved: [BudgetID: PriceController.State] = [:], at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        var changed = ledger
        var entries: [LedgerEntry] = []
        for account in plan.accounts {
            entries += try changed.fund(account.id, limit: account.limit, at: time)
        }
        ledger = changed
        var states = saved
        for (account, controller) in zip(previous?.accounts ?? [], prices) {
            if let controller { states[account.id] = controller.state }
        }
        prices = plan.accounts.map { account in
            account.budget.map { budget in
                states[budget.id].map { PriceController(budget, restoring: $0) } ?? PriceController(budget)
            }
        }
        indices = plan.accounts.map { ledger.index(of: $0.id)! }
        reserved = plan.accounts.map { _ in 0 }
        expected = reserved
        return entries
    }

    /// What the accounts of a placement have left and what they charge.
    func quote(_ accounts: [Int]) -> (available: [Int64], prices: [Double]) {
        (
            accounts.map { ledger.accounts[indices[$0]].available },
            accounts.map { prices[$0]?.publishedPrice ?? 0 }
        )
    }

    /// Reserves what an offer draws.
    mutating func reserve(
        _ draws: [OfferPlan.Draw], for decision: DecisionID, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        // The window's timer gives back what is not used, so the reservation itself needs no expiry.
        try ledger.reserve(
            draws.map { Ledger.Draw(budget: indices[$0.account], amount: $0.amount) }, for: decision, until: nil,
            at: time)
    }

    /// Tells the prices what a decision is expected to cost.
    ///
    /// - Parameters:
    ///   - accounts: Of the placement.
    ///   - draws: Of the chosen offer; empty for "no offer".
    ///   - probability: That the offer will be used.
    mutating func observe(_ accounts: [Int], draws: [OfferPlan.Draw], probability: Double, at time: Timestamp) {
        for account in accounts {
            let amount = Double(draws.first { $0.account == account }?.amount.minorUnits ?? 0)
            reserved[account] += amount
            expected[account] += amount * probability
            let left = remaining(account)
            prices[account]?.observe(cost: amount * probability, at: time, remaining: left)
        }
    }

    /// What of an account is left for decisions to come, in minor units: of what is reserved only the usual share will
    /// be used.
    private func remaining(_ account: Int) -> Int64 {
        let balance = ledger.accounts[indices[account]]
        let share = reserved[account] > 0 ? expected[account] / reserved[account] : 1
        return balance.limit - balance.spent - Int64(share * Double(balance.reserved))
    }

    mutating func spend(_ decision: DecisionID, at time: Timestamp) -> [LedgerEntry] {
        guard ledger.isReserved(by: decision) else { return [] }
        return (try? ledger.spend(decision, at: time)) ?? []
    }

    mutating func release(_ decision: DecisionID, at time: Timestamp) -> [LedgerEntry] {
        guard ledger.isReserved(by: decision) else { return [] }
        return (try? ledger.release(decision, at: time)) ?? []
    }

    mutating func refund(_ decision: DecisionID, history: [LedgerEntry], at time: Timestamp) -> [LedgerEntry] {
        (try? ledger.refund(decision, history: history, at: time)) ?? []
    }

    func account(_ index: Int) -> Ledger.Account { ledger.accounts[indices[index]] }

    // MARK: Snapshots

    static let snapshotName = "prices"

    func bytes(for plan: CatalogPlan) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(UInt8(1))
        let priced = zip(plan.accounts, prices).compactMap { account, price in price.map { (account.id, $0.state) } }
        writer.list(priced) { writer, pair in
            writer.string(pair.0.rawValue)
            pair.1.encode(to: &writer)
        }
        return writer.bytes
    }

    static func states(decoding bytes: [UInt8]) throws -> [BudgetID: PriceController.State] {
        var reader = ByteReader(bytes)
        try reader.version(atMost: 1)
        var states: [BudgetID: PriceController.State] = [:]
        for _ in 0..<(try reader.count()) {
            let id = BudgetID(try reader.string())
            states[id] = try PriceController.State(from: &reader)
        }
        return states
    }
}
