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
        /// Orders whose outcomes so far are asked for, with all about their decisions.
        var orders: Set<String> = []
        /// Customers whose decisions of the past are asked for, with all about them: those whose window closes after the
        /// moment.
        var past: [CustomerID: Timestamp] = [:]
        /// Decisions that gave a code for all to somebody who now uses it, newest first.
        var holders: [CouponHolder: [DecisionID]] = [:]

        /// Asks for all about a decision.
        mutating func askForAll(about decision: DecisionID) {
            decisions.insert(decision)
            outcomes.insert(decision)
            ledgerEntries.insert(decision)
        }

        /// Asks for the decisions of a customer whose window closes after a moment.
        mutating func askForPast(of customer: CustomerID, closingAfter moment: Timestamp) {
            past[customer] = past[customer].map { min($0, moment) } ?? moment
        }
    }

    private let store: (any Store)?
    private let wanted: Wanted
    private var decisions: [DecisionID: StoredDecision] = [:]
    private var outcomes: [DecisionID: [Outcome]] = [:]
    private var entries: [DecisionID: [LedgerEntry]] = [:]
    private var orders: [String: [DecisionID]] = [:]
    private var past: [CustomerID: [DecisionID]] = [:]
    /// How many decisions of one person are looked at for something that is told late.
    private static let pastLimit = 64
    /// Reads that nobody had foreseen, made one by one inside the transaction: slow, and none in a sound engine.
    private(set) var unforeseen = 0

    init() {
        store = nil
        wanted = Wanted()
    }

    init(_ wanted: Wanted, from store: any Store) throws {
        self.store = store
        var wanted = wanted
        var found: Set<DecisionID> = []
        for order in wanted.orders {
            let ids = try store.outcomes(ofOrder: order).map(\.decision)
            orders[order] = ids
            found.formUnion(ids)
        }
        for (customer, moment) in wanted.past {
            let ids = try store.latestDecisions(of: customer, limit: Self.pastLimit)
                .filter { $0.goal != nil && $0.closesAt.map { $0 > moment } ?? false }.map(\.id)
            past[customer] = ids
            found.formUnion(ids)
        }
        wanted.decisions.formUnion(found)
        wanted.outcomes.formUnion(found)
        wanted.ledgerEntries.formUnion(found)
        self.wanted = wanted
        decisions = try store.decisions(Array(wanted.decisions))
        // Who has none is known to have none.
        outcomes = Dictionary(uniqueKeysWithValues: wanted.outcomes.map { ($0, []) })
            .merging(try store.outcomes(of: Array(wanted.outcomes))) { $1 }
        entries = Dictionary(uniqueKeysWithValues: wanted.ledgerEntries.map { ($0, []) })
            .merging(try store.ledgerEntries(of: Array(wanted.ledgerEntries))) { $1 }
    }

    /// The decisions that an order had an outcome for; none where that was not asked.
    func decisions(ofOrder order: String) -> [DecisionID] { orders[order] ?? [] }

    /// The decisions of a customer's past, newest first; none where they were not asked for.
    func pastDecisions(of customer: CustomerID) -> [DecisionID] { past[customer] ?? [] }

    /// The decisions that gave a code for all to somebody, newest first; none where they were not asked for.
    func decisions(of holder: CouponHolder) -> [DecisionID] { wanted.holders[holder] ?? [] }

    /// A decision that was read.
    func known(_ id: DecisionID) -> StoredDecision? { decisions[id] }

    /// A decision that is neither known nor of the group.
    mutating func unforeseenDecision(_ id: DecisionID) throws -> StoredDecision? {
        if wanted.decisions.contains(id) { return nil }  // The log has none of that id.
        unforeseen += 1
        guard case .decision(let stored)? = try store?.decision(id)?.record else { return nil }
        return stored
    }

    /// Whether the outcomes of a decision were asked for.
    func hasOutcomes(of id: DecisionID) -> Bool { outcomes[id] != nil }

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

/// Somebody with a code that is one for all.
struct CouponHolder: Hashable {
    var key: CouponKey
    var customer: CustomerID
}
