import WeirBudgeting
package import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirLog
package import WeirStorage

/// What the store says of the past: for followers that take up where they were, and for whoever recomputes it.
package struct Recovery {
    package let store: any Store
    /// By the engine's clock.
    var now = Timestamp(microseconds: 0)
    var identities: Guarded<IdentityMap>?
    private var newest: StoredCatalog??
    private var newestPlan: CatalogPlan?
    private var open: [StoredDecision]?

    package init(store: any Store) { self.store = store }

    /// For followers, which share it, so that nothing is read twice.
    init(_ shared: SharedState, at now: Timestamp) {
        store = shared.store
        identities = shared.identities
        self.now = now
    }

    // MARK: Where followers take up

    /// Whom a customer of an earlier time has become.
    func current(_ customer: CustomerID) -> CustomerID { identities?.withLock { $0.current(customer) } ?? customer }

    /// Whom a record is about; nil for records about nobody.
    func customer(of record: Record) -> CustomerID? { identities?.withLock { $0.customer(of: record) } }

    /// The catalog in force; nil before the first.
    mutating func newestCatalog() throws -> StoredCatalog? {
        if let newest { return newest }
        let found = try store.catalog(version: nil)
        newest = found
        return found
    }

    /// The catalog in force, compiled; nil before the first.
    mutating func plan() throws -> CatalogPlan? {
        if newestPlan == nil { newestPlan = try newestCatalog().map { try compile($0) } }
        return newestPlan
    }

    /// Decisions whose outcome is awaited.
    mutating func openDecisions() throws -> [StoredDecision] {
        if open == nil { open = try store.openDecisions() }
        return open!
    }

    /// Counts an experiment from the log, from the first catalog that declared it.
    func tally(of experiment: Experiment, _ plan: CatalogPlan) throws -> ExperimentTally {
        var tally = ExperimentTally(experiment, plan: plan)
        guard let first = try firstSequence(declaring: experiment.id) else { return tally }
        try store.forEachRecord(after: first, kinds: [.event, .decision, .outcome]) { entry in
            try tally.take(entry.record) { current($0) }
        }
        return tally
    }

    // MARK: The models of a moment

    /// The learner as it was after the record with `sequence`: the last snapshot before it, and the lessons since.
    package func learner(atOrBefore sequence: Int64) throws -> Learner? {
        var learner: Learner?
        if let snapshot = try store.snapshot(named: Learner.snapshotName, atOrBefore: sequence) {
            learner = try Learner(
                decoding: snapshot.body, plans: { version in try self.plan(version: version) },
                trained: { id in try self.trained(id) })
        }
        var position = learner?.version ?? 0
        while position < sequence {
            let page = try store.records(after: position, kinds: [.outcome, .catalog, .stage], limit: 5_000)
            if page.isEmpty { break }
            for entry in page where entry.sequence <= sequence {
                try advance(&learner, with: entry)
            }
            position = page.last!.sequence
        }
        return learner
    }

    /// Takes one record of the log into a learner, as the committer did when it was written.
    package func advance(_ learner: inout Learner?, with entry: Sequenced) throws {
        _ = try Learner.take(
            entry, into: &learner, plan: { try compile($0) },
            decision: { id in
                guard case .decision(let stored)? = try store.decision(id)?.record else { return nil }
                return stored
            }, trained: { try trained($0) })
    }

    package func registry() throws -> ModelRegistry {
        var registry = ModelRegistry()
        try store.forEachRecord(after: 0, kinds: [.model, .stage]) { entry in
            switch entry.record {
            case .model(let model): registry.append(model)
            case .stage(let change): registry.record(change)
            default: break
            }
        }
        return registry
    }

    /// A registered model; nil where its file is damaged.
    func trained(_ id: ModelID) throws -> TrainedModel? { try registry().usable(id) }

    package func plan(version: Int) throws -> CatalogPlan { try store.plan(version: version) }

    package func compile(_ stored: StoredCatalog) throws -> CatalogPlan { try stored.compiled() }

    /// What an open decision still holds, from its entries.
    func reservation(of decision: StoredDecision) throws -> OpenReservation? {
        var held: [BudgetID: Money] = [:]
        var given: GivenOffer?
        for entry in try store.ledgerEntries(of: decision.id) {
            given = entry.given ?? given
            let sign: Int64 = entry.to == .reserved ? 1 : entry.from == .reserved ? -1 : 0
            let before = held[entry.budget] ?? .zero(entry.amount.currency)
            held[entry.budget] = Money(
                minorUnits: before.minorUnits + sign * entry.amount.minorUnits, currency: before.currency)
        }
        let amounts = held.sorted { $0.key < $1.key }.filter { $0.value.minorUnits > 0 }.map {
            (budget: $0.key, amount: $0.value)
        }
        return amounts.isEmpty ? nil : OpenReservation(decision: decision.id, amounts: amounts, given: given)
    }
}
