import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirLog
import WeirStorage

/// One reading of the log for everything that is measured from it.
///
/// Identifiers are those of today: a person counts once, under whichever identifier each record came in.
struct LogPass {
    /// Of the newest catalog.
    let plan: CatalogPlan
    var lifts: [LiftReader] = []
    var economics: EconomicsReader?
    var responses: ResponseReader?
    private let store: any Store
    private let identities: IdentityMap

    /// - Throws: `EngineError.noCatalog`, or what the store throws.
    init(store: any Store) throws {
        guard let newest = try store.catalog(version: nil) else { throw EngineError.noCatalog }
        self.store = store
        plan = try Recovery(store: store).compile(newest)
        identities = IdentityMap(restoring: try store.links())
    }

    /// Hands the records until now to the readers.
    ///
    /// - Parameter progress: Called with how many decisions were read.
    mutating func read(progress: (Int) -> Void = { _ in }) throws {
        let last = try store.lastSequence()
        let needsEvents = responses != nil || plan.catalog.metric != nil
        var plans = [plan.version: plan]
        var decisions = 0
        try store.forEachRecord(after: 0, kinds: needsEvents ? [.decision, .outcome, .event] : [.decision, .outcome]) {
            guard $0.sequence <= last else { return }
            switch $0.record {
            case .decision(let stored):
                decisions += 1
                progress(decisions)
                let record = try DecisionRecord(decoding: stored.body)
                let version = record.situation.catalogVersion
                if plans[version] == nil { plans[version] = try Recovery(store: store).plan(version: version) }
                note(record, plans[version]!)
            case .outcome(let outcome): note(outcome)
            case .event(let event): note(event)
            default: break
            }
        }
    }

    private mutating func note(_ record: DecisionRecord, _ plan: CatalogPlan) {
        let person = identities.current(record.situation.customer)
        for index in lifts.indices { lifts[index].note(record, of: person, plan: plan) }
        economics?.note(record, of: person, plan: plan)
        responses?.note(record.decision, at: record.situation.time, of: person)
    }

    private mutating func note(_ outcome: Outcome) {
        for index in lifts.indices { lifts[index].note(outcome) }
        economics?.note(outcome, of: identities.current(outcome.customer))
        responses?.note(outcome)
    }

    private mutating func note(_ event: Event) {
        guard let person = identities.customer(userID: event.userID, anonymousID: event.anonymousID) else { return }
        for index in lifts.indices { lifts[index].note(event, of: person) }
        economics?.note(event, of: person)
        responses?.note(event, of: person)
    }
}
