import Logging
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirStorage

/// Moves money: what decisions reserved is written down, and outcomes spend it, give it back or refund it.
struct MoneyFollower: Follower {
    /// Where the budgets stand.
    struct Figures: Sendable {
        struct Standing: Sendable {
            var balance: Ledger.Account
            var price: PriceController
        }

        var standings: [BudgetID: Standing] = [:]
        var history = BudgetHistory()
    }

    static let follows: [RecordKind] = [.decision, .outcome, .catalog]

    private let shared: SharedState
    private(set) var figures = Figures()

    init(_ shared: SharedState) { self.shared = shared }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        let entries: [LedgerEntry]
        switch (entry.record, attachment) {
        case (.decision, .reservation(let posted, _)): entries = posted
        case (.catalog, .catalog(let change)): entries = change.entries
        case (.outcome(let outcome), .verdict(let movement, _, let cost)):
            entries = try move(movement, cost, outcome, &context)
        default: return []
        }
        return entries.map { .record(.ledger($0)) }
    }

    private func move(
        _ movement: OutcomeJoiner.Movement, _ cost: Money?, _ outcome: Outcome, _ context: inout FollowerContext
    ) throws -> [LedgerEntry] {
        let (id, time) = (outcome.decision, outcome.receivedTime)
        switch movement {
        case .none: return []
        case .spend:
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.spend(id, cost: cost, at: time)
            }
        case .release:
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in try treasury.release(id, at: time) }
        case .spendReleased:
            let history = try context.ledgerEntries(of: id)
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.spendReleased(id, history: history, cost: cost, at: time)
            }
        case .rebook:
            guard let cost else { return [] }
            let history = try context.ledgerEntries(of: id)
            let share = outcome.share?.upperBound ?? 0
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.rebook(id, history: history, cost: cost, share: share, at: time)
            }
        case .refund:
            let history = try context.ledgerEntries(of: id)
            let share = outcome.share?.upperBound ?? 1
            return try shared.treasury.withLock { (treasury) throws(LedgerError) in
                try treasury.refund(id, history: history, share: share, at: time)
            }
        }
    }

    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect] {
        measure(context.plan)
        for budget in context.planBefore?.catalog.budgets ?? [] {
            guard let standing = figures.standings[budget.id] else { continue }
            figures.history.record(
                BudgetSample(
                    time: context.now, spent: standing.balance.spent, reserved: standing.balance.reserved,
                    price: standing.price.publishedPrice), of: budget)
        }
        return []
    }

    /// Takes down where the budgets stand.
    private mutating func measure(_ plan: CatalogPlan?) {
        guard let plan else { return }
        figures.standings = shared.treasury.withLock { treasury in
            var standings: [BudgetID: Figures.Standing] = [:]
            for budget in plan.catalog.budgets {
                guard let (balance, price) = treasury.standing(of: budget.id) else { continue }
                standings[budget.id] = Figures.Standing(balance: balance, price: price)
            }
            return standings
        }
    }

    mutating func save(into checkpoint: inout Checkpoint, _ context: FollowerContext) {
        guard checkpoint.isComplete else { return }
        checkpoint.snapshots.append(
            StoredSnapshot(
                name: BudgetHistory.snapshotName, sequence: checkpoint.sequence, body: figures.history.bytes))
        checkpoint.snapshots.append(
            StoredSnapshot(
                name: Treasury.snapshotName, sequence: checkpoint.sequence, body: shared.treasury.withLock(\.bytes)))
    }

    mutating func restore(from recovery: inout Recovery) throws {
        let reservations = try recovery.openDecisions().compactMap { try recovery.reservation(of: $0) }
        var treasury = Treasury(
            ledger: try Ledger(restoring: try recovery.store.balances(), reservations: reservations))
        if let plan = try recovery.plan(), let newest = try recovery.newestCatalog() {
            let prices = try recovery.store.snapshot(named: Treasury.snapshotName, atOrBefore: .max)
            try treasury.resume(
                plan, saved: try prices.map { try Treasury.states(decoding: $0.body) } ?? [:], at: newest.appliedTime)
            if let history = try recovery.store.snapshot(named: BudgetHistory.snapshotName, atOrBefore: .max) {
                try figures.history.restore(history.body)
            }
        }
        if !shared.settings.usesShadowPrices { treasury.fixPrices() }
        shared.treasury.withLock { [treasury] in $0 = treasury }
        measure(try recovery.plan())
    }
}
