import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLog
import WeirStorage

/// What followers may read besides the record they are told.
struct FollowerContext {
    /// The catalog in force; nil before the first.
    var plan: CatalogPlan?
    /// The catalog that was in force when the group began.
    let planBefore: CatalogPlan?
    /// By the engine's clock, when the group began.
    let now: Timestamp
    /// The records of the group itself.
    var records = RecordGroup()
    /// What follows from them, so far.
    var derived = RecordGroup()
    /// Read from the store before the transaction began.
    var reads = StoredReads()
    /// Events of the group that were known already.
    var duplicates = 0

    private let identities: Guarded<IdentityMap>
    /// The decisions of the group, once one was asked for.
    private var decisions: [DecisionID: StoredDecision]?
    /// Whom the record that is being told is about, as far as it was asked for.
    private var subject: CustomerID??

    init(plan: CatalogPlan?, now: Timestamp, identities: Guarded<IdentityMap>) {
        self.plan = plan
        planBefore = plan
        self.now = now
        self.identities = identities
    }

    var goals: [Goal] { plan?.goals ?? [] }

    // MARK: Whom it is about

    /// Another record is told, or somebody turned out to be someone else.
    mutating func forgetSubject() { subject = nil }

    /// Whom an event is about; nil for an event about nobody.
    mutating func customer(of event: Event) -> CustomerID? {
        if let subject { return subject }
        let found = identities.withLock { $0.customer(userID: event.userID, anonymousID: event.anonymousID) }
        subject = found
        return found
    }

    /// Whom a decision is about by now: the person may have turned out to be someone else since it was made.
    mutating func customer(of decision: StoredDecision) -> CustomerID {
        if case .some(.some(let subject)) = subject { return subject }
        let found = identities.withLock { $0.current(decision.customer) }
        subject = found
        return found
    }

    /// Whom a customer of an earlier time has become.
    func current(_ customer: CustomerID) -> CustomerID { identities.withLock { $0.current(customer) } }

    /// The customers that an event names, as they are called now and as they were.
    func names(of event: Event) -> Set<CustomerID> {
        var names = Set(customers(namedBy: event))
        if let userID = event.userID { names.insert(CustomerID(userID)) }
        if let anonymousID = event.anonymousID { names.insert(IdentityMap.anonymous(anonymousID)) }
        return names
    }

    /// The customers that an event names, whoever they are by now.
    func customers(namedBy event: Event) -> [CustomerID] {
        identities.withLock { map in
            var named: [CustomerID] = []
            if let userID = event.userID { named.append(map.current(CustomerID(userID))) }
            if let anonymousID = event.anonymousID { named.append(map.current(IdentityMap.anonymous(anonymousID))) }
            if event.kind == .alias, let previous = event.context["previousId"]?.string {
                named += [map.current(CustomerID(previous)), map.current(IdentityMap.anonymous(previous))]
            }
            return named
        }
    }

    // MARK: Decisions of the past

    /// A decision of the log or of this group.
    mutating func decision(_ id: DecisionID) throws -> StoredDecision? {
        if let known = reads.known(id) ?? decisionOfGroup(id) { return known }
        return try reads.unforeseenDecision(id)
    }

    private mutating func decisionOfGroup(_ id: DecisionID) -> StoredDecision? {
        if decisions == nil {
            decisions = [:]
            for case .decision(let stored) in records.records.lazy.map(\.record) { decisions![stored.id] = stored }
        }
        return decisions![id]
    }

    /// How what a decision's offer costs follows from its order; nil where it is fixed.
    mutating func terms(of id: DecisionID) throws -> Discount? {
        guard let stored = try decision(id), DecisionRecord.mayHoldTerms(stored.body) else { return nil }
        return try DecisionRecord(decoding: stored.body).terms
    }

    /// The outcomes of a decision, those of this group last.
    mutating func outcomes(of id: DecisionID) throws -> [Outcome] {
        try reads.outcomes(of: id)
            + derived.records.compactMap {
                if case .outcome(let outcome) = $0.record, outcome.decision == id { outcome } else { nil }
            }
    }

    /// The decisions that an order had an outcome for, those of this group last.
    func decisions(ofOrder order: String) -> [DecisionID] {
        reads.decisions(ofOrder: order)
            + derived.records.compactMap {
                if case .outcome(let outcome) = $0.record, outcome.order == order { outcome.decision } else { nil }
            }
    }

    /// The movements of money for a decision, those of this group last.
    mutating func ledgerEntries(of id: DecisionID) throws -> [LedgerEntry] {
        try reads.ledgerEntries(of: id)
            + derived.records.compactMap {
                if case .ledger(let entry) = $0.record, entry.decision == id { entry } else { nil }
            }
    }
}
