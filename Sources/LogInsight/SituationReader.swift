import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Derives the situations of logged decisions from the records before them and compares them with what was logged.
struct SituationReader: LogReader {
    private(set) var audit = SituationAudit()
    /// Of the decision asked for; nil while it was not met.
    private(set) var verdict: SituationAudit.Verdict?
    private var history: ProfileHistory
    private let store: any Store
    private let plans: LoggedPlans
    private let identities: IdentityMap
    /// One decision and its person, by what is known of identifiers in the end; nil for all.
    private let wanted: (decision: DecisionID, person: CustomerID)?
    private let progress: (Int) -> Void

    /// - Parameter progress: Called with how many decisions were checked.
    init(_ pass: LogPass, only decision: StoredDecision? = nil, progress: @escaping (Int) -> Void = { _ in }) {
        store = pass.store
        plans = pass.plans
        identities = pass.identities
        history = ProfileHistory(settled: pass.identities)
        wanted = decision.map { ($0.id, pass.identities.current($0.customer)) }
        self.progress = progress
    }

    var kinds: Set<RecordKind> { [.event, .decision, .catalog] }

    mutating func read(_ entry: LogEntry) throws {
        // Who somebody is is said by events of that person alone.
        if let wanted, let person = entry.person, person != wanted.person { return }
        switch entry.content {
        case .event(let event): history.apply(event, sequence: entry.sequence)
        case .decision(let decision):
            if wanted.map({ $0.decision == decision.stored.id }) ?? true { try check(decision) }
            history.remember(
                try decision.record.recentDecision(try decision.plan), to: decision.stored.customer,
                sequence: entry.sequence)
        case .other(.catalog(let catalog)):
            try history.adopt(try plans.plan(of: catalog), sequence: entry.sequence) { apply in
                try store.forEachRecord(after: 0, through: entry.sequence, kinds: [.event, .decision]) { earlier in
                    if let wanted, identities.customer(of: earlier.record) != wanted.person { return }
                    switch earlier.record {
                    case .event(let event): apply(.event(event))
                    case .decision(let stored) where stored.offer != nil:
                        let decision = LoggedDecision(stored, plans: plans)
                        if let offer = try decision.record.recentDecision(try decision.plan) {
                            apply(.offer(offer, to: stored.customer))
                        }
                    default: break
                    }
                }
            }
        case .outcome, .other: break
        }
    }

    private mutating func check(_ decision: LoggedDecision) throws {
        let verdict = verdict(on: try decision.record.situation, plan: try decision.plan)
        audit.count(verdict, of: decision.stored.id)
        self.verdict = verdict
        progress(audit.checked)
    }

    private func verdict(on logged: Situation, plan: CatalogPlan) -> SituationAudit.Verdict {
        func derived(_ view: ProfileHistory.View) -> Situation {
            logged.derivedAgain(from: view.profile, recentDecisions: view.recentDecisions, plan: plan)
        }
        guard let views = history.views(of: logged.customer, under: plan) else {
            return .different([
                SituationDifference(
                    part: .catalog, name: "features", logged: "as version \(plan.version) declares them",
                    derived: "not in force at that place in the log")
            ])
        }
        let view = views.first { view in
            let again = derived(view)
            return again == logged || again.differences(fromLogged: logged, plan: plan).isEmpty
        }
        guard let view else { return .different(derived(views.latest).differences(fromLogged: logged, plan: plan)) }
        return view.unapplied.isEmpty ? .identical : .before(view.unapplied)
    }
}
