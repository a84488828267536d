public import WeirDomain

/// Where everything is kept that must outlive the process.
///
/// `commit` has one caller at a time (the journal); the other methods may be called from anywhere, at any time, and see
/// whole groups only. Errors are those of the medium: after a throwing `commit` nothing of its group is kept, and the
/// caller must stop, since memory is then ahead of the store.
public protocol Store: AnyObject, Sendable {
    /// Keeps the group and what follows from it, whole or not at all, durably when this returns.
    ///
    /// The group's own records are written first; an event whose (source, messageID) is known already is not kept
    /// again. Then `deriving` is told which events those were and returns what follows from the rest (outcomes, movements of
    /// money, profiles), which goes into the same transaction. So an event and its consequences cannot come apart.
    /// Balances of accounts follow the ledger entries in the same transaction.
    ///
    /// - Parameter deriving: Called once, with the sequence numbers of the known events, ascending; not at all where
    ///   the group itself is refused. What it throws undoes the whole group. Its own records come after the group's, and
    ///   none is a known event.
    func commit(_ group: RecordGroup, deriving: (_ knownEvents: [Int64]) throws -> RecordGroup) throws

    /// The highest sequence number ever committed; 0 in a new store. Numbers of known events and of records that were
    /// removed since count too, so that none is used twice.
    func lastSequence() throws -> Int64
    /// The highest decision number ever committed; 0 in a new store.
    func lastDecision() throws -> Int64

    /// Up to `limit` records with a sequence number above `sequence`, ascending, of the kinds asked for.
    func records(after sequence: Int64, kinds: Set<RecordKind>, limit: Int) throws -> [Sequenced]

    func profile(of customer: CustomerID) throws -> StoredProfile?
    /// The profiles that changed last, newest first, each handed to `body`; at one sequence number by customer.
    ///
    /// A read of the whole table, meant for the start. `body` must not call the store.
    func forEachProfile(limit: Int, _ body: (StoredProfile) throws -> Void) throws

    func decision(_ id: DecisionID) throws -> Sequenced?
    func decision(idempotencyKey: String) throws -> StoredDecision?
    /// Decisions whose outcome is still awaited, by ascending id.
    func openDecisions() throws -> [StoredDecision]
    /// The newest decisions first; `customer` nil means everyone's. A customer's are found without reading the others'.
    func latestDecisions(of customer: CustomerID?, limit: Int) throws -> [StoredDecision]
    /// Those of the decisions that are kept, read at once.
    func decisions(_ ids: [DecisionID]) throws -> [DecisionID: StoredDecision]
    /// The outcomes of each of the decisions, in their order, read at once; a decision without any is left out.
    func outcomes(of decisions: [DecisionID]) throws -> [DecisionID: [Outcome]]
    /// The outcomes that events about one order caused, in their order; found without reading the others.
    func outcomes(ofOrder order: String) throws -> [Outcome]
    /// The ledger's entries for each of the decisions, in their order, read at once; a decision without any is left out.
    func ledgerEntries(of decisions: [DecisionID]) throws -> [DecisionID: [LedgerEntry]]

    /// The balance of each account, in minor units, as kept beside the entries.
    func balances() throws -> [BudgetID: [LedgerEntry.Account: Money]]
    /// The balance of each account, summed from the entries anew.
    func balancesFromEntries() throws -> [BudgetID: [LedgerEntry.Account: Money]]

    /// What each identifier means now, in the order in which it came to.
    func links() throws -> [IdentifierLink]
    /// The newest state of that name that knows nothing of later records.
    func snapshot(named name: String, atOrBefore sequence: Int64) throws -> StoredSnapshot?
    /// Forgets all but the newest `count` states of a name. Records before the oldest that is left can be audited only
    /// from the beginning of the log.
    func pruneSnapshots(named name: String, keeping count: Int) throws
    /// The catalog of that version; the newest where `version` is nil.
    func catalog(version: Int?) throws -> StoredCatalog?

    /// Messages that wait to be mended, oldest first, with their numbers.
    func quarantine(limit: Int) throws -> [(number: Int64, message: QuarantinedMessage)]
    /// Those of the messages that wait, by number; found without reading the others.
    func quarantined(_ numbers: [Int64]) throws -> [(number: Int64, message: QuarantinedMessage)]
    /// The numbers of messages that wait, the oldest first, up to `last`.
    func quarantineNumbers(_ filter: QuarantineFilter, through last: Int64, limit: Int) throws -> [Int64]
    /// How much waits, by source; what has nothing is left out.
    func quarantineCounts() throws -> [QuarantineCount]
    /// Takes messages out of the quarantine, after they were resubmitted or given up.
    func removeFromQuarantine(_ numbers: [Int64]) throws

    /// By name.
    func keys() throws -> [StoredKey]
    /// Adds a key, or replaces the one of the same name.
    func save(_ key: StoredKey) throws
    func removeKey(named name: SourceID) throws

    /// Who may sign in, by name.
    func users() throws -> [StoredUser]
    /// Adds a person, or replaces the one of the same name.
    func save(_ user: StoredUser) throws
    func removeUser(named name: String) throws

    /// The access log's entries with a number above `number`, ascending.
    func accessLog(after number: Int64, limit: Int) throws -> [SealedAccessEntry]
    /// The newest entry of the access log; nil while it is empty.
    func lastAccessEntry() throws -> SealedAccessEntry?
    /// Appends to the access log, whole or not at all, durably when this returns.
    ///
    /// - Parameter sealing: Told the seal before (empty for the first), the number and the entry; returns its seal.
    func appendToAccessLog(
        _ entries: [AccessEntry], sealing: (_ previous: [UInt8], _ number: Int64, _ entry: AccessEntry) -> [UInt8]
    ) throws

    /// - Throws: `StoreError.replaced` where its files are no longer those that were opened.
    func checkPlace() throws

    /// How many there are of each kind of record, and of profiles.
    func counts() throws -> StoreCounts
    func close() throws
}

extension Store {
    /// Keeps a group from which nothing follows.
    public func commit(_ group: RecordGroup) throws {
        try commit(group) { _ in RecordGroup() }
    }

    /// The outcomes of one decision, in their order.
    public func outcomes(of decision: DecisionID) throws -> [Outcome] { try outcomes(of: [decision])[decision] ?? [] }

    /// The ledger's entries for one decision, in their order.
    public func ledgerEntries(of decision: DecisionID) throws -> [LedgerEntry] {
        try ledgerEntries(of: [decision])[decision] ?? []
    }
}
