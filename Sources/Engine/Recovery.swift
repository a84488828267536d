import WeirBudgeting
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirStorage

/// Rebuilds from the store what the engine keeps in memory, but for the profiles, which are read when they are needed.
struct Recovery {
    let store: any Store

    struct Result {
        var sequence: Int64
        var treasury: Treasury
        var identities = IdentityMap()
        var learner: Learner?
        var joiner = OutcomeJoiner()
        var registry = ModelRegistry()
        var stops: [ArmStop] = []
    }

    func run() throws -> Result {
        let open = try store.openDecisions()
        let reservations = try open.compactMap { try reservation(of: $0) }
        var result = Result(
            sequence: try store.lastSequence(),
            treasury: Treasury(ledger: try Ledger(restoring: try store.balances(), reservations: reservations)))
        result.identities = IdentityMap(restoring: try store.links())
        result.registry = try registry()
        try store.forEachRecord(after: 0, kinds: [.armStop]) { entry in
            if case .armStop(let stop) = entry.record { result.stops.append(stop) }
        }
        guard let newest = try store.catalog(version: nil) else { return result }

        let plan = try compile(newest)
        let prices = try store.snapshot(named: Treasury.snapshotName, atOrBefore: .max)
        try result.treasury.resume(
            plan, saved: try prices.map { try Treasury.states(decoding: $0.body) } ?? [:], at: newest.appliedTime)
        result.learner = try learner(atOrBefore: .max)
        for decision in open {
            guard let goalID = decision.goal, let closesAt = decision.closesAt else { continue }
            let awaited = OutcomeJoiner.Awaited(
                id: decision.id, customer: result.identities.current(decision.customer), time: decision.time,
                closesAt: closesAt, goal: goalID, offer: decision.offer, coupon: decision.coupon)
            result.joiner.await(awaited, goal: plan.goalIndex(goalID).map { plan.goals[$0] })
            for outcome in try store.outcomes(of: decision.id) { result.joiner.restore(outcome) }
        }
        return result
    }

    /// The learner as it was after the record with `sequence`: the last snapshot before it, and the lessons since.
    func learner(atOrBefore sequence: Int64) throws -> Learner? {
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
    func advance(_ learner: inout Learner?, with entry: Sequenced) throws {
        switch entry.record {
        case .catalog(let catalog):
            let plan = try compile(catalog)
            if learner == nil { learner = Learner(plan: plan, version: entry.sequence) }
            learner!.adapt(to: plan, sequence: entry.sequence)
        case .outcome(let outcome):
            guard outcome.lesson != .none, learner != nil,
                case .decision(let stored)? = try store.decision(outcome.decision)?.record
            else { return }
            _ = learner!.learn(outcome, of: try DecisionRecord(decoding: stored.body), sequence: entry.sequence)
        case .stage(let change):
            try learner?.change(change, trained: { try trained(change.model) }, sequence: entry.sequence)
        default: break
        }
    }

    func registry() throws -> ModelRegistry {
        var registry = ModelRegistry()
        try store.forEachRecord(after: 0, kinds: [.model, .stage]) { entry in
            switch entry.record {
            case .model(let model): try registry.add(model)
            case .stage(let change): registry.note(change)
            default: break
            }
        }
        return registry
    }

    func trained(_ id: ModelID) throws -> TrainedModel {
        guard let entry = try registry()[id] else { throw EngineError.unknownModel(id.rawValue, known: []) }
        return entry.trained
    }

    func plan(version: Int) throws -> CatalogPlan {
        guard let stored = try store.catalog(version: version) else { throw DamagedRecord(offset: 0) }
        return try compile(stored)
    }

    func compile(_ stored: StoredCatalog) throws -> CatalogPlan {
        let catalog = try readCatalog(stored.files.map { CatalogFile(name: $0.name, text: $0.text) })
        return try CatalogPlan(catalog, version: stored.version)
    }

    /// What an open decision still holds, from its entries.
    private func reservation(of decision: StoredDecision) throws -> OpenReservation? {
        var held: [BudgetID: Money] = [:]
        for entry in try store.ledgerEntries(of: decision.id) {
            let sign: Int64 = entry.to == .reserved ? 1 : entry.from == .reserved ? -1 : 0
            let before = held[entry.budget] ?? .zero(entry.amount.currency)
            held[entry.budget] = Money(
                minorUnits: before.minorUnits + sign * entry.amount.minorUnits, currency: before.currency)
        }
        let amounts = held.sorted { $0.key < $1.key }.filter { $0.value.minorUnits > 0 }.map {
            (budget: $0.key, amount: $0.value)
        }
        return amounts.isEmpty ? nil : OpenReservation(decision: decision.id, amounts: amounts, expiry: nil)
    }
}
