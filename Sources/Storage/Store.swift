public import WeirDomain

/// What a store keeps in order: each record has a sequence number, and a group of records is kept whole or not at all.
public enum Record: Sendable, Equatable {
    case event(Event)
    case decision(StoredDecision)
    case outcome(Outcome)
    case ledger(LedgerEntry)
    /// From now on this identifier means this customer.
    case link(IdentifierLink)
    /// No outcome of this decision is awaited any more.
    case close(DecisionID)
    case quarantine(QuarantinedMessage)
    case catalog(StoredCatalog)
    case model(RegisteredModel)
    case stage(StageChange)
    case armStop(ArmStop)
}

/// A record and its place in the one order of everything that happened.
public struct Sequenced: Sendable, Equatable {
    /// > 0, strictly ascending within a group and from group to group.
    public var sequence: Int64
    public var record: Record

    public init(_ sequence: Int64, _ record: Record) {
        self.sequence = sequence
        self.record = record
    }
}

/// A decision as the store sees it: what it must find again in columns, the rest in `body`.
public struct StoredDecision: Sendable, Equatable {
    public var id: DecisionID
    public var customer: CustomerID
    public var placement: PlacementID
    public var time: Timestamp
    /// Nil where no offer was given.
    public var offer: OfferID?
    public var goal: GoalID?
    public var coupon: String?
    /// When its window closes; nil where no outcome is awaited.
    public var closesAt: Timestamp?
    /// Unique where present.
    public var idempotencyKey: String?
    /// Stable hash of the request, to refuse a key that is used again for something else.
    public var fingerprint: UInt64
    /// The inputs and the result, in the binary form of `Decisioning`.
    public var body: [UInt8]

    public init(
        id: DecisionID, customer: CustomerID, placement: PlacementID, time: Timestamp, offer: OfferID?, goal: GoalID?,
        coupon: String?, closesAt: Timestamp?, idempotencyKey: String?, fingerprint: UInt64, body: [UInt8]
    ) {
        self.id = id
        self.customer = customer
        self.placement = placement
        self.time = time
        self.offer = offer
        self.goal = goal
        self.coupon = coupon
        self.closesAt = closesAt
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.body = body
    }
}

/// An identifier (`anonymous_id`, `email`) and the customer it belongs to.
public struct IdentifierLink: Sendable, Equatable {
    public var kind: String
    public var value: String
    public var customer: CustomerID

    public init(kind: String, value: String, customer: CustomerID) {
        self.kind = kind
        self.value = value
        self.customer = customer
    }
}

/// A message that could not be accepted, kept as it came until someone mends it.
public struct QuarantinedMessage: Sendable, Equatable {
    public var source: SourceID
    public var receivedTime: Timestamp
    /// JSON Pointer to the field at fault, such as `#/batch/3/userId`.
    public var pointer: String
    /// What is wrong and what to do.
    public var reason: String
    /// The message as it was sent.
    public var raw: [UInt8]

    public init(source: SourceID, receivedTime: Timestamp, pointer: String, reason: String, raw: [UInt8]) {
        self.source = source
        self.receivedTime = receivedTime
        self.pointer = pointer
        self.reason = reason
        self.raw = raw
    }
}

/// A catalog as it was applied, with the text of its files.
public struct StoredCatalog: Sendable, Equatable {
    /// Counted from 1; unique.
    public var version: Int
    public var appliedTime: Timestamp
    /// File name and content, sorted by name.
    public var files: [File]

    public struct File: Sendable, Equatable {
        public var name: String
        public var text: String

        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    public init(version: Int, appliedTime: Timestamp, files: [File]) {
        self.version = version
        self.appliedTime = appliedTime
        self.files = files
    }
}

/// A customer's profile as it was after the record with `sequence`.
public struct StoredProfile: Sendable, Equatable {
    public var customer: CustomerID
    public var sequence: Int64
    public var body: [UInt8]

    public init(customer: CustomerID, sequence: Int64, body: [UInt8]) {
        self.customer = customer
        self.sequence = sequence
        self.body = body
    }
}

/// A named state (a model, the prices) as it was after the record with `sequence`; the newest of a name counts.
///
/// Older ones stay until they are pruned: a state as of an old record is rebuilt from the snapshot before it.
public struct StoredSnapshot: Sendable, Equatable {
    public var name: String
    public var sequence: Int64
    public var body: [UInt8]

    public init(name: String, sequence: Int64, body: [UInt8]) {
        self.name = name
        self.sequence = sequence
        self.body = body
    }
}

/// An API key: only its hash is kept.
public struct StoredKey: Sendable, Equatable {
    public enum Scope: String, Sendable, CaseIterable {
        case collect, decide, manage
    }

    /// What people call it; unique. Events that come with it have it as their source.
    public var name: SourceID
    /// SHA-256 of the key, 32 bytes; unique.
    public var hash: [UInt8]
    public var scopes: Set<Scope>
    public var createdTime: Timestamp

    public init(name: SourceID, hash: [UInt8], scopes: Set<Scope>, createdTime: Timestamp) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdTime = createdTime
    }
}

/// What is committed at once.
public struct RecordGroup: Sendable, Equatable {
    /// In ascending sequence.
    public var records: [Sequenced] = []
    /// Replace older ones of the same customer; of two in one group the last counts.
    public var profiles: [StoredProfile] = []
    public var snapshots: [StoredSnapshot] = []
    /// Profiles whose customer was merged into another; they go after `profiles` were kept.
    public var removedProfiles: [CustomerID] = []

    public init() {}

    public var isEmpty: Bool {
        records.isEmpty && profiles.isEmpty && snapshots.isEmpty && removedProfiles.isEmpty
    }
}

/// Whether an acknowledged record survives a power cut or only the end of the process.
public enum Durability: String, Sendable, CaseIterable {
    /// The disk has confirmed it.
    case fsync
    /// The operating system has it: `kill -9` loses nothing, a power cut may lose the last moments.
    case process
}

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
    /// The newest decisions first; `customer` nil means everyone's.
    func latestDecisions(of customer: CustomerID?, limit: Int) throws -> [StoredDecision]
    func outcomes(of decision: DecisionID) throws -> [Outcome]
    func ledgerEntries(of decision: DecisionID) throws -> [LedgerEntry]

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
    /// Takes messages out of the quarantine, after they were resubmitted or given up.
    func removeFromQuarantine(_ numbers: [Int64]) throws

    /// By name.
    func keys() throws -> [StoredKey]
    /// Adds a key, or replaces the one of the same name.
    func save(_ key: StoredKey) throws
    func removeKey(named name: SourceID) throws

    /// How many there are of each kind of record, and of profiles.
    func counts() throws -> StoreCounts
    func close() throws
}

extension Store {
    /// Keeps a group from which nothing follows.
    public func commit(_ group: RecordGroup) throws {
        try commit(group) { _ in RecordGroup() }
    }
}

public enum RecordKind: UInt8, Sendable, CaseIterable {
    case event = 1, decision, outcome, ledger, link, close, quarantine, catalog, model, stage, armStop
}

public struct StoreCounts: Sendable, Equatable {
    public var events = 0
    public var decisions = 0
    public var outcomes = 0
    public var ledgerEntries = 0
    public var profiles = 0
    public var quarantined = 0

    public init() {}
}
