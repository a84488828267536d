import WeirDomain
import WeirStorage

/// What followers need of the store for a group, read at once before its transaction begins.
struct StoredReads {
    /// What to read.
    struct Wanted {
        var decisions: Set<DecisionID> = []
        /// Decisions whose outcomes so far are asked for.
        var outcomes: Set<DecisionID> = []
        /// Decisions whose movements of money are asked for.
        var ledgerEntries: Set<DecisionID> = []

        var isEmpty: Bool { decisions.isEmpty && outcomes.isEmpty && ledgerEntries.isEmpty }
    }

    private let store: (any Store)?
    private let wanted: Wanted
    private var decisions: [DecisionID: StoredDecision] = [:]
    private var outcomes: [DecisionID: [Outcome]] = [:]
    private var entries: [DecisionID: [LedgerEntry]] = [:]
    /// Reads that nobody had foreseen, made one by one inside the transaction: slow, and none in a sound engine.
    private(set) var unforeseen = 0

    init() {
        store = nil
        wanted = Wanted()
    }

    init(_ wanted: Wanted, from store: any Store) throws {
        self.store = store
        self.wanted = wanted
        decisions = try store.decisions(Array(wanted.decisions))
        // Who has none is known to have none.
        outcomes = Dictionary(uniqueKeysWithValues: wanted.outcomes.map { ($0, []) })
            .merging(try store.outcomes(of: Array(wanted.outcomes))) { $1 }
        entries = Dictionary(uniqueKeysWithValues: wanted.ledgerEntries.map { ($0, []) })
            .merging(try store.ledgerEntries(of: Array(wanted.ledgerEntries))) { $1 }
    }

    /// A decision that was read.
    func known(_ id: DecisionID) -> StoredDecision? { decisions[id] }

    /// A decision that is neither known nor of the group.
    mutating func unforeseenDecision(_ id: DecisionID) throws -> StoredDecision? {
        if wanted.decisions.contains(id) { return nil }  // The log has none of that id.
        unforeseen += 1
        guard case .decision(let stored)? = try store?.decision(id)?.record else { return nil }
        return stored
    }

    mutating func outcomes(of id: DecisionID) throws -> [Outcome] {
        if let known = outcomes[id] { return known }
        unforeseen += 1
        return try store?.outcomes(of: id) ?? []
    }

    mutating func ledgerEntries(of id: DecisionID) throws -> [LedgerEntry] {
        if let known = entries[id] { return known }
        unforeseen += 1
        return try store?.ledgerEntries(of: id) ?? []
    }
}
