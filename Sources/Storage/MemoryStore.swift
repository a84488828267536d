import Synchronization
public import WeirDomain

/// A store in memory, for tests and simulations: what SQLite keeps, without a disk, and with crashes on demand.
public final class MemoryStore: Store {
    /// Where the process dies in the next commit.
    public enum Failure: Sendable, Equatable, CaseIterable {
        /// Nothing of the group is kept.
        case beforeCommit
        /// The group is kept, but its caller never hears of it.
        case afterCommit
    }

    private struct State {
        var contents = MemoryContents()
        var failure: Failure?
        var isCrashed = false
        var isClosed = false
    }

    private let state: Mutex<State>

    public init() { state = Mutex(State()) }

    private init(_ contents: MemoryContents) { state = Mutex(State(contents: contents)) }

    /// Set to let the next commit crash. Every later call then throws `SimulatedCrash`, since a dead process asks
    /// nothing.
    public var failure: Failure? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }

    /// What a new process finds, after a crash or without one; this store is closed.
    public func reopened() -> MemoryStore {
        state.withLock {
            $0.isClosed = true
            return MemoryStore($0.contents)
        }
    }

    public func close() throws {
        try state.withLock {
            if $0.isCrashed { throw SimulatedCrash() }
            $0.isClosed = true
        }
    }

    private func access<Result: Sendable>(_ body: (inout MemoryContents) throws -> Result) throws -> Result {
        try state.withLock {
            if $0.isCrashed { throw SimulatedCrash() }
            if $0.isClosed { throw StoreError.closed }
            return try body(&$0.contents)
        }
    }

    // MARK: Writing

    public func commit(_ group: RecordGroup, deriving: (_ knownEvents: [Int64]) throws -> RecordGroup) throws {
        // Unlocked while the caller derives: it may read from the store, and sees the groups before this one.
        let derived = try deriving(try access { try $0.knownEvents(in: group) })
        let failure = failure
        if failure == .beforeCommit { throw crash() }
        try access { try $0.keep(group, derived: derived) }
        if failure == .afterCommit { throw crash() }
    }

    private func crash() -> SimulatedCrash {
        state.withLock { $0.isCrashed = true }
        return SimulatedCrash()
    }

    public func removeFromQuarantine(_ numbers: [Int64]) throws {
        try access { contents in
            let numbers = Set(numbers)
            contents.records.removeAll {
                if case .quarantine = $0.record { numbers.contains($0.sequence) } else { false }
            }
        }
    }

    public func save(_ key: StoredKey) throws {
        try access { contents in
            guard contents.keys.values.allSatisfy({ $0.hash != key.hash || $0.name == key.name }) else {
                throw StoreError.conflict(detail: "two keys have one hash")
            }
            contents.keys[key.name] = key
        }
    }

    public func removeKey(named name: SourceID) throws { try access { _ = $0.keys.removeValue(forKey: name) } }

    public func save(_ user: StoredUser) throws { try access { $0.users[user.name] = user } }

    public func removeUser(named name: String) throws { try access { _ = $0.users.removeValue(forKey: name) } }

    public func appendToAccessLog(
        _ entries: [AccessEntry], sealing: ([UInt8], Int64, AccessEntry) -> [UInt8]
    ) throws {
        try access { contents in
            for entry in entries {
                let (number, previous) = (Int64(contents.accessLog.count) + 1, contents.accessLog.last?.seal ?? [])
                contents.accessLog.append(
                    SealedAccessEntry(number: number, entry: entry, seal: sealing(previous, number, entry)))
            }
        }
    }

    /// Memory is never elsewhere.
    public func checkPlace() throws {}

    public func pruneSnapshots(named name: String, keeping count: Int) throws {
        try access { contents in
            contents.snapshots[name] = contents.snapshots[name].map { Array($0.suffix(count)) }
        }
    }

    // MARK: Reading

    public func lastSequence() throws -> Int64 { try access { $0.lastSequence } }
    public func lastDecision() throws -> Int64 { try access { $0.lastDecision } }

    public func records(after sequence: Int64, kinds: Set<RecordKind>, limit: Int) throws -> [Sequenced] {
        try access { contents in
            Array(contents.records(after: sequence).lazy.filter { kinds.contains($0.record.kind) }.prefix(limit))
        }
    }

    public func profile(of customer: CustomerID) throws -> StoredProfile? { try access { $0.profiles[customer] } }

    public func forEachProfile(limit: Int, _ body: (StoredProfile) throws -> Void) throws {
        let newest = try access { contents in
            contents.profiles.values.sorted { ($1.sequence, $0.customer) < ($0.sequence, $1.customer) }.prefix(limit)
        }
        for profile in newest { try body(profile) }
    }

    public func decision(_ id: DecisionID) throws -> Sequenced? {
        try access { contents in
            contents.decisions[id].map { Sequenced($0.sequence, .decision($0.decision)) }
        }
    }

    public func decision(idempotencyKey: String) throws -> StoredDecision? {
        try access { contents in
            contents.decisionsByKey[idempotencyKey].flatMap { contents.decisions[$0]?.decision }
        }
    }

    public func openDecisions() throws -> [StoredDecision] {
        try access { contents in contents.open.sorted().compactMap { contents.decisions[$0]?.decision } }
    }

    public func latestDecisions(of customer: CustomerID?, limit: Int) throws -> [StoredDecision] {
        try access { contents in
            let decisions = contents.decisions.values.lazy.map(\.decision)
                .filter { customer == nil || $0.customer == customer }
            return Array(decisions.sorted { $0.id > $1.id }.prefix(limit))
        }
    }

    public func decisions(_ ids: [DecisionID]) throws -> [DecisionID: StoredDecision] {
        try access { contents in Self.found(ids) { contents.decisions[$0]?.decision } }
    }

    public func outcomes(of decisions: [DecisionID]) throws -> [DecisionID: [Outcome]] {
        try access { contents in Self.found(decisions) { contents.outcomes[$0] } }
    }

    public func outcomes(ofOrder order: String) throws -> [Outcome] {
        try access { contents in
            contents.records.compactMap {
                if case .outcome(let outcome) = $0.record, outcome.order == order { outcome } else { nil }
            }
        }
    }

    public func ledgerEntries(of decisions: [DecisionID]) throws -> [DecisionID: [LedgerEntry]] {
        try access { contents in Self.found(decisions) { contents.entries[$0] } }
    }

    private static func found<Value>(_ ids: [DecisionID], at: (DecisionID) -> Value?) -> [DecisionID: Value] {
        var found: [DecisionID: Value] = [:]
        for id in ids { found[id] = at(id) }
        return found
    }

    public func balances() throws -> [BudgetID: [LedgerEntry.Account: Money]] {
        try access { $0.balances.accounts }
    }

    public func balancesFromEntries() throws -> [BudgetID: [LedgerEntry.Account: Money]] {
        var balances = Balances()
        for record in try access({ $0.records }) {
            if case .ledger(let entry) = record.record { try balances.post(entry) }
        }
        return balances.accounts
    }

    public func links() throws -> [IdentifierLink] {
        struct Identifier: Hashable { var kind, value: String }
        var seen: Set<Identifier> = []
        var newestFirst: [IdentifierLink] = []
        for record in try access({ $0.records }).reversed() {
            guard case .link(let link) = record.record else { continue }
            if seen.insert(Identifier(kind: link.kind, value: link.value)).inserted { newestFirst.append(link) }
        }
        return newestFirst.reversed()
    }

    public func snapshot(named name: String, atOrBefore sequence: Int64) throws -> StoredSnapshot? {
        try access { $0.snapshots[name]?.last { $0.sequence <= sequence } }
    }

    public func catalog(version: Int?) throws -> StoredCatalog? {
        try access { contents in
            guard let version = version ?? contents.catalogs.keys.max() else { return nil }
            return contents.catalogs[version]
        }
    }

    public func quarantine(limit: Int) throws -> [(number: Int64, message: QuarantinedMessage)] {
        try records(after: 0, kinds: [.quarantine], limit: limit).compactMap {
            if case .quarantine(let message) = $0.record { ($0.sequence, message) } else { nil }
        }
    }

    public func quarantined(_ numbers: [Int64]) throws -> [(number: Int64, message: QuarantinedMessage)] {
        let numbers = Set(numbers)
        return try quarantine(limit: .max).filter { numbers.contains($0.number) }
    }

    public func quarantineNumbers(
        _ filter: QuarantineFilter, through last: Int64, limit: Int
    ) throws -> [Int64] {
        let found = try quarantine(limit: .max).lazy.filter { number, message in
            number <= last && (filter.source.map { $0 == message.source } ?? true)
                && (filter.before.map { message.receivedTime < $0 } ?? true)
        }
        return Array(found.map(\.number).prefix(limit))
    }

    public func quarantineCounts() throws -> [QuarantineCount] {
        let bySource = Dictionary(grouping: try quarantine(limit: .max).map(\.message), by: \.source)
        return bySource.sorted { $0.key < $1.key }.map { source, messages in
            QuarantineCount(
                source: source, messages: messages.count, bytes: messages.reduce(0) { $0 + $1.raw.count })
        }
    }

    public func keys() throws -> [StoredKey] { try access { $0.keys.values.sorted { $0.name < $1.name } } }

    public func users() throws -> [StoredUser] { try access { $0.users.values.sorted { $0.name < $1.name } } }

    public func accessLog(after number: Int64, limit: Int) throws -> [SealedAccessEntry] {
        try access { Array($0.accessLog.dropFirst(Int(clamping: number)).prefix(limit)) }
    }

    public func lastAccessEntry() throws -> SealedAccessEntry? { try access { $0.accessLog.last } }

    public func counts() throws -> StoreCounts {
        try access { contents in
            var counts = StoreCounts()
            for record in contents.records {
                switch record.record {
                case .event: counts.events += 1
                case .decision: counts.decisions += 1
                case .outcome: counts.outcomes += 1
                case .ledger: counts.ledgerEntries += 1
                case .quarantine: counts.quarantined += 1
                default: break
                }
            }
            counts.profiles = contents.profiles.count
            return counts
        }
    }
}
