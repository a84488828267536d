import GRDB
public import WeirDomain
public import WeirStorage

extension SQLiteStore {
    public func lastSequence() throws -> Int64 { try highest("last_sequence") }

    public func lastDecision() throws -> Int64 { try highest("last_decision") }

    private func highest(_ column: String) throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT \(column) FROM store") ?? 0 }
    }

    // MARK: Profiles

    public func profile(of customer: CustomerID) throws -> StoredProfile? {
        try read {
            let select = try SQLStatement($0, "SELECT sequence, body FROM profiles WHERE customer = ?")
            select.bind(customer.rawValue)
            guard try select.next() else { return nil }
            return StoredProfile(customer: customer, sequence: select.integer(), body: select.bytes())
        }
    }

    public func forEachProfile(limit: Int, _ body: (StoredProfile) throws -> Void) throws {
        try read {
            // Sorted by number and sequence alone: bodies are read only of those that are handed on.
            let select = try SQLStatement(
                $0,
                """
                SELECT customer, sequence, body FROM profiles JOIN
                (SELECT number FROM profiles ORDER BY sequence DESC, customer LIMIT ?) USING (number)
                ORDER BY sequence DESC, customer
                """)
            select.bind(Int64(limit))
            while try select.next() {
                try body(
                    StoredProfile(
                        customer: CustomerID(rawValue: select.text()), sequence: select.integer(), body: select.bytes())
                )
            }
        }
    }

    // MARK: Decisions

    public func decision(_ id: DecisionID) throws -> Sequenced? {
        try read { database in
            try StoredDecision.rows(of: database, where: "WHERE id = ?") { $0.bind(id.number) }
                .first.map { Sequenced($0.sequence, .decision($0.row)) }
        }
    }

    public func decision(idempotencyKey: String) throws -> StoredDecision? {
        try decisions("WHERE idempotency_key = ?") { $0.bind(idempotencyKey) }.first
    }

    public func openDecisions() throws -> [StoredDecision] {
        try decisions("JOIN open_decisions USING (id) ORDER BY id") { _ in }
    }

    func decisions(_ condition: String, bind: (SQLStatement) -> Void) throws -> [StoredDecision] {
        try read { try StoredDecision.rows(of: $0, where: condition, bind: bind).map(\.row) }
    }

    public func decisions(_ ids: [DecisionID]) throws -> [DecisionID: StoredDecision] {
        let rows: [DecisionID: [StoredDecision]] = try rows(of: ids, where: "id = ?")
        return rows.compactMapValues { $0.first }
    }

    public func outcomes(of decisions: [DecisionID]) throws -> [DecisionID: [Outcome]] {
        try rows(of: decisions, where: "decision = ? ORDER BY sequence")
    }

    /// The rows of each decision: one look at the store, one statement for all.
    private func rows<Row: StoredRow>(
        of decisions: [DecisionID], where condition: String
    ) throws -> [DecisionID: [Row]] {
        guard !decisions.isEmpty else { return [:] }
        return try read { database in
            let select = try SQLStatement(database, Row.selection("WHERE " + condition))
            var rows: [DecisionID: [Row]] = [:]
            // Ascending, so that neighbours on a page are read together.
            for decision in Set(decisions).sorted() {
                select.bind(decision.number)
                while try select.next() {
                    select.skip()
                    rows[decision, default: []].append(try Row(row: select))
                }
            }
            return rows
        }
    }

    // MARK: Ledger

    public func ledgerEntries(of decisions: [DecisionID]) throws -> [DecisionID: [LedgerEntry]] {
        try rows(of: decisions, where: "decision = ? ORDER BY sequence")
    }

    public func balances() throws -> [BudgetID: [LedgerEntry.Account: Money]] {
        try read {
            let select = try SQLStatement($0, "SELECT budget, account, balance, currency FROM accounts")
            var balances: [BudgetID: [LedgerEntry.Account: Money]] = [:]
            while try select.next() {
                let (budget, account) = (
                    BudgetID(rawValue: select.text()),
                    try select.number("accounts.account", as: LedgerEntry.Account.self)
                )
                balances[budget, default: [:]][account] = Money(
                    minorUnits: select.integer(), currency: try select.currency())
            }
            return balances
        }
    }

    public func balancesFromEntries() throws -> [BudgetID: [LedgerEntry.Account: Money]] {
        try read {
            let select = try SQLStatement($0, LedgerEntry.selection("ORDER BY sequence"))
            var balances = Balances()
            while try select.next() {
                let sequence = select.integer()
                do {
                    try balances.post(try LedgerEntry(row: select))
                } catch let error as MoneyError {
                    throw StoreDamage(detail: "ledger entry \(sequence): \(error)")
                }
            }
            return balances.accounts
        }
    }

    // MARK: The rest

    public func links() throws -> [IdentifierLink] {
        try read {
            // With max(), SQLite takes the other columns from the row that has it (sqlite.org/lang_select.html).
            let select = try SQLStatement(
                $0,
                """
                SELECT kind, value, customer, max(sequence) AS newest FROM identifiers GROUP BY kind, value
                ORDER BY newest
                """)
            var links: [IdentifierLink] = []
            while try select.next() { links.append(IdentifierLink(row: select)) }
            return links
        }
    }

    public func snapshot(named name: String, atOrBefore sequence: Int64) throws -> StoredSnapshot? {
        try read {
            let select = try SQLStatement(
                $0,
                """
                SELECT sequence, body FROM snapshots WHERE name = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1
                """)
            select.bind(name)
            select.bind(sequence)
            guard try select.next() else { return nil }
            return StoredSnapshot(name: name, sequence: select.integer(), body: select.bytes())
        }
    }

    public func catalog(version: Int?) throws -> StoredCatalog? {
        try read { database in
            try StoredCatalog.rows(
                of: database, where: "WHERE ?1 IS NULL OR version = ?1 ORDER BY version DESC LIMIT 1"
            ) {
                $0.bind(version.map(Int64.init))
            }
            .first?.row
        }
    }

    public func quarantine(limit: Int) throws -> [(number: Int64, message: QuarantinedMessage)] {
        try read { database in
            try QuarantinedMessage.rows(of: database, where: "ORDER BY sequence LIMIT ?") { $0.bind(Int64(limit)) }
                .map { (number: $0.sequence, message: $0.row) }
        }
    }

    public func quarantined(_ numbers: [Int64]) throws -> [(number: Int64, message: QuarantinedMessage)] {
        try read { database in
            try Set(numbers).sorted().flatMap { number in
                try QuarantinedMessage.rows(of: database, where: "WHERE sequence = ?") { $0.bind(number) }
                    .map { (number: $0.sequence, message: $0.row) }
            }
        }
    }

    public func quarantineNumbers(
        _ filter: QuarantineFilter, through last: Int64, limit: Int
    ) throws -> [Int64] {
        try read { database in
            let select = try SQLStatement(
                database,
                """
                SELECT sequence FROM quarantine
                WHERE sequence <= ?1 AND (?2 IS NULL OR source = ?2) AND (?3 IS NULL OR received_time < ?3)
                ORDER BY sequence LIMIT ?4
                """)
            select.bind(last)
            select.bind(filter.source?.rawValue)
            select.bind(filter.before?.microseconds)
            select.bind(Int64(limit))
            var numbers: [Int64] = []
            while try select.next() { numbers.append(select.integer()) }
            return numbers
        }
    }

    public func quarantineCounts() throws -> [QuarantineCount] {
        try read { database in
            // Of a blob its length stands at the beginning of its row: what is in it is not read.
            let select = try SQLStatement(
                database, "SELECT source, count(*), sum(length(raw)) FROM quarantine GROUP BY source ORDER BY source")
            var counts: [QuarantineCount] = []
            while try select.next() {
                counts.append(
                    QuarantineCount(
                        source: SourceID(rawValue: select.text()), messages: Int(select.integer()),
                        bytes: Int(select.integer())))
            }
            return counts
        }
    }

    public func counts() throws -> StoreCounts {
        try read { database in
            func count(_ table: String) throws -> Int {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            }
            var counts = StoreCounts()
            counts.events = try Int.fetchOne(database, sql: "SELECT event_count FROM store") ?? 0
            counts.decisions = try count("decisions")
            counts.outcomes = try count("outcomes")
            counts.ledgerEntries = try count("ledger")
            counts.profiles = try count("profiles")
            counts.quarantined = try count("quarantine")
            return counts
        }
    }
}
