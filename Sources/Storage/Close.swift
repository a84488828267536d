package import WeirDomain

/// The end of waiting for a decision's outcome, as a row.
package struct Close: Sendable, Equatable {
    package let decision: DecisionID

    package init(_ decision: DecisionID) { self.decision = decision }
}

extension RecordKind {
    public static var close: RecordKind { RecordKind(number: 6) }
}

extension Close: StoredRow {
    package static var recordKind: RecordKind { .close }
    package static var table: String { "closes" }
    package static var since: Int { 1 }
    package static let columns: [RowColumn] = [.integer("decision")]

    package var record: Record { .close(decision) }

    package func write(to row: some RowWriter) { row.write(decision.number) }

    package init(row: some RowReader) { self.init(DecisionID(number: row.integer())) }
}
