import GRDB
import WeirDomain

extension SQLiteStore {
    public func records(after sequence: Int64, kinds: Set<RecordKind>, limit: Int) throws -> [Sequenced] {
        try read { database in
            var tables: [TableReader] = []
            for kind in RecordKind.allCases where kinds.contains(kind) {
                if let table = try TableReader(kind, after: sequence, in: database) { tables.append(table) }
            }
            var records: [Sequenced] = []
            // Each table is read in the order of its key; the least of their next numbers is the next record.
            while records.count < limit,
                let next = tables.indices.min(by: { tables[$0].sequence < tables[$1].sequence })
            {
                records.append(Sequenced(tables[next].sequence, try tables[next].record()))
                if try !tables[next].advance() { tables.remove(at: next) }
            }
            return records
        }
    }
}

/// The records of one kind, in order.
private struct TableReader {
    private let kind: RecordKind
    private let rows: SQLStatement
    /// Of the record at hand.
    private(set) var sequence: Int64

    /// - Returns: Nil where no such record follows.
    init?(_ kind: RecordKind, after sequence: Int64, in database: Database) throws {
        self.kind = kind
        self.sequence = sequence
        rows = try SQLStatement(database, Self.selections[kind]!)
        rows.bind(sequence)
        guard try advance() else { return nil }
    }

    mutating func advance() throws -> Bool {
        guard try rows.next() else { return false }
        sequence = rows.integer()
        return true
    }

    /// The record at hand; once only.
    func record() throws -> Record {
        switch kind {
        case .event: .event(try Event(row: rows))
        case .decision: .decision(StoredDecision(row: rows))
        case .outcome: .outcome(try Outcome(row: rows))
        case .ledger: .ledger(try LedgerEntry(row: rows))
        case .link: .link(IdentifierLink(row: rows))
        case .close: .close(Close(row: rows).decision)
        case .quarantine: .quarantine(QuarantinedMessage(row: rows))
        case .catalog: .catalog(try StoredCatalog(row: rows))
        case .model: .model(RegisteredModel(row: rows))
        case .stage: .stage(try StageChange(row: rows))
        case .armStop: .armStop(ArmStop(row: rows))
        }
    }

    private static let selections: [RecordKind: String] = [
        .event: Event.selectionAfter, .decision: StoredDecision.selectionAfter, .outcome: Outcome.selectionAfter,
        .ledger: LedgerEntry.selectionAfter, .link: IdentifierLink.selectionAfter, .close: Close.selectionAfter,
        .quarantine: QuarantinedMessage.selectionAfter, .catalog: StoredCatalog.selectionAfter,
        .model: RegisteredModel.selectionAfter, .stage: StageChange.selectionAfter,
        .armStop: ArmStop.selectionAfter,
    ]
}

extension StoredRow {
    fileprivate static var selectionAfter: String { selection("WHERE sequence > ? ORDER BY sequence") }
}
