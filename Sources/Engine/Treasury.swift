import WeirBudgeting
import WeirDecisioning
import WeirDomain

/// The ledger and the shadow prices of all budgets: what decisions of all shards draw on, behind one lock.
///
/// Decisions under way keep their catalog while the next one takes over, and catalogs number their accounts differently;
/// so whoever asks says which catalog the numbers belong to.
struct Treasury: Sendable {
    private(set) var ledger: Ledger
    /// By the ledger's index; nil for stock, which has no price.
    private var meters: [Meter?] = []
    /// The ledger's index of each account of a catalog, by the catalog's version.
    private var layouts: [Int: [Int]] = [:]

    private var pricing = PriceController.Settings()

    /// The price of a budget, and what it is told.
    private struct Meter: Sendable {
        var price: PriceController
        /// What decisions reserved, and what of it they were expected to cost, in minor units.
        var reserved = 0.0
        var expected = 0.0
        /// What had been spent when this began.
        var spentBefore: Int64

        /// What is spent per unit that was expected to be, of decisions whose outcome is known.
        ///
        /// Whoever is chosen is chosen among others for what the model overrates in them; a budget that believed it would
        /// be spent too slowly for most of its time.
        func realization(_ balance: Ledger.Account, awaited: Double) -> Double {
            // As if half a percent of the limit had come true exactly.
            let prior = 0.005 * Double(balance.limit)
            let known = max(0, expected - awaited) + prior
            return min(max((Double(balance.spent - spentBefore) + prior) / known, 0.5), 2)
        }
    }

    init(ledger: Ledger = Ledger()) { self.ledger = ledger }

    /// Keeps every price at its budget's floor.
    mutating func fixPrices() { pricing.ceiling = 0 }

    // MARK: Catalogs

    /// Takes over a catalog's budgets: opens new ones, changes limits, keeps prices of those that remain.
    ///
    /// - Throws: `LedgerError` where a new limit lies below what is spent and reserved; nothing has then changed.
    mutating func adopt(_ plan: CatalogPlan, at time: Timestamp) throws(LedgerError) -> [LedgerEntry] {
        var changed = ledger
        var entries: [LedgerEntry] = []
        for account in plan.accounts {
            entries += try changed.fund(account.id, limit: account.limit, at: time)
        }
        ledger = changed
        connect(plan, saved: [:])
        return entries
    }

    /// Goes on with the catalog of before a restart: the limits stand as the ledger's entries left them.
    mutating func resume(
        _ plan: CatalogPlan, saved: [BudgetID: PriceController.State], at time: Timestamp
    ) throws(LedgerError) {
        // A limit of 0 leaves no entry, so such an account is not in the stored ledger.
        for account in plan.accounts where ledger.index(of: account.id) == nil {
            _ = try ledger.fund(account.id, limit: .zero(account.limit.currency), at: time)
        }
        connect(plan, saved: saved)
    }

    private mutating func connect(_ plan: CatalogPlan, saved: [BudgetID: PriceController.State]) {
        let indices = indices(of: plan)
        meters += [Meter?](repeating: nil, count: ledger.accounts.count - meters.count)
        for (account, index) in zip(plan.accounts, indices) {
            guard let budget = account.budget else { continue }
            let state = meters[index]?.price.state ?? saved[budget.id]
            let price =
                state.map { PriceController(budget, settings: pricing, restoring: $0) }
                ?? PriceController(budget, settings: pricing)
            meters[index] = Meter(
                price: price, reserved: meters[index]?.reserved ?? 0, expected: meters[index]?.expected ?? 0,
                spentBefore: meters[index]?.spentBefore ?? ledger.accounts[index].spent)
        }
        layouts[plan.version] = indices
        layouts[plan.version - 8] = nil  // A decision under way is no older than a few microseconds.
    }

    private func indices(of plan: CatalogPlan) -> [Int] {
        // Accounts never leave the ledger, so those of an old catalog are found too.
        layouts[plan.version] ?? plan.accounts.map { ledger.index(of: $0.id)! }
    }

    // MARK: Decisions

    /// What some accounts of a catalog have left and what they charge.
    func quote(_ accounts: [Int], of plan: CatalogPlan) -> (available: [Int64], prices: [Double]) {
        let indices = indices(of: plan)
        return (
            accounts.map { ledger.accounts[indices[$0]].available },
            accounts.map { meters[indices[$0]]?.price.publishedPrice ?? 0 }
        )
    }

    /// Reserves what an offer of a catalog draws; the window's timer gives back what is not used.
    ///
    /// - Returns: Nil where a budget has too little left; nothing has then changed.
    mutating func reserve(
        _ offer: OfferPlan, of plan: CatalogPlan, for decision: DecisionID, at time: Timestamp
    ) -> [LedgerEntry]? {
        let indices = indices(of: plan)
        let draws = offer.draws.map { Ledger.Draw(budget: indices[$0.account], amount: $0.amount) }
        do {
            return try ledger.reserve(draws, for: decision, giving: plan.given(offer), at: time)
        } catch .insufficient {
            return nil
        } catch {
            preconditionFailure("A new decision can reserve in the currencies of its catalog: \(error)")
        }
    }

    /// Whether `reserve` would find enough in each budget.
    func canReserve(_ offer: OfferPlan, of plan: CatalogPlan) -> Bool {
        let indices = indices(of: plan)
        var left: [Int: Int64] = [:]
        return offer.draws.allSatisfy { draw in
            let index = indices[draw.account]
            left[index] = (left[index] ?? ledger.accounts[index].available) - draw.amount.minorUnits
            return left[index]! >= 0
        }
    }

    /// Tells the prices what a decision is expected to cost.
    ///
    /// - Parameters:
    ///   - accounts: Of the placement.
    ///   - draws: Of the chosen offer; empty for "no offer".
    ///   - probability: That the offer will be used.
    mutating func observe(
        _ accounts: [Int], of plan: CatalogPlan, draws: [OfferPlan.Draw], probability: Double, at time: Timestamp
    ) {
        let indices = indices(of: plan)
        for account in accounts {
            guard var meter = meters[indices[account]] else { continue }
            let amount = Double(draws.first { $0.account == account }?.amount.minorUnits ?? 0)
            meter.reserved += amount
            meter.expected += amount * probability
            // Of what is reserved only the usual share will be used; the rest is left for decisions to come.
            let balance = ledger.accounts[indices[account]]
            let share = meter.reserved > 0 ? meter.expected / meter.reserved : 1
            let awaited = share * Double(balance.reserved)
            let realization = meter.realization(balance, awaited: awaited)
            meter.price.observe(
                cost: amount * probability * realization, at: time,
                remaining: balance.limit - balance.spent - Int64(saturating: awaited * realization))
            meters[indices[account]] = meter
        }
    }

    // MARK: Outcomes

    /// Spends what a decision has reserved; nothing where it has nothing reserved any more.
    ///
    /// - Parameter cost: What the offer's use did cost, the rest comes back; nil means all that is reserved.
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func spend(
        _ decision: DecisionID, cost: Money? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        ledger.isReserved(by: decision) ? try ledger.spend(decision, actual: cost, at: time) : []
    }

    func isReserved(by decision: DecisionID) -> Bool { ledger.isReserved(by: decision) }

    /// Gives back what a decision has reserved; nothing where it has nothing reserved any more.
    ///
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func release(_ decision: DecisionID, at time: Timestamp) throws(LedgerError) -> [LedgerEntry] {
        ledger.isReserved(by: decision) ? try ledger.release(decision, at: time) : []
    }

    /// Spends what a decision had got back: its offer was used after all.
    ///
    /// - Parameters:
    ///   - history: The decision's entries so far.
    ///   - cost: What the use did cost; nil means all that was reserved.
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func spendReleased(
        _ decision: DecisionID, history: [LedgerEntry], cost: Money? = nil, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        try ledger.spendReleased(decision, history: history, actual: cost, at: time)
    }

    /// Books anew what a use did cost, since its order was told anew.
    ///
    /// - Parameters:
    ///   - history: The decision's entries so far.
    ///   - share: Which part of the use has been refunded.
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func rebook(
        _ decision: DecisionID, history: [LedgerEntry], cost: Money, share: Double, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        try ledger.rebook(decision, history: history, cost: cost, share: share, at: time)
    }

    /// Takes back what a decision has spent.
    ///
    /// - Parameters:
    ///   - history: The decision's entries so far.
    ///   - share: Which part is taken back in all, refunds of before included.
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func refund(
        _ decision: DecisionID, history: [LedgerEntry], share: Double, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        try ledger.refund(decision, history: history, share: share, at: time)
    }

    // MARK: Codes that leaked

    /// The account on which uses of a campaign's codes stand by people who were not given them.
    static func leaks(of campaign: CampaignID) -> BudgetID { BudgetID("leaked/\(campaign)") }

    /// Books a use that no decision stands behind.
    ///
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func bookLeak(
        _ amount: Money, of given: GivenOffer, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        let entries = try ledger.book(amount, on: Self.leaks(of: given.campaign), giving: given, at: time)
        meters += [Meter?](repeating: nil, count: ledger.accounts.count - meters.count)
        return entries
    }

    /// Takes such a use back.
    ///
    /// - Throws: What only a broken ledger throws: the process must stop.
    mutating func takeBackLeak(
        _ amount: Money, of given: GivenOffer, at time: Timestamp
    ) throws(LedgerError) -> [LedgerEntry] {
        try ledger.unbook(amount, on: Self.leaks(of: given.campaign), giving: given, at: time)
    }

    // MARK: Reading

    /// Where a budget stands; nil where it was never opened or is stock.
    func standing(of budget: BudgetID) -> (balance: Ledger.Account, price: PriceController)? {
        guard let index = ledger.index(of: budget), let meter = meters[index] else { return nil }
        return (ledger.accounts[index], meter.price)
    }

    // MARK: Snapshots

    static let snapshotName = "prices"

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed(UInt8(1))
        let priced = zip(ledger.accounts, meters).compactMap { account, meter in meter.map { (account.budget, $0) } }
            .sorted { $0.0 < $1.0 }
        writer.list(priced) { writer, pair in
            writer.string(pair.0.rawValue)
            pair.1.price.state.encode(to: &writer)
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
