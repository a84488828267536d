public import WeirDomain

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

extension RecordKind {
    public static var link: RecordKind { RecordKind(number: 5) }
}

extension IdentifierLink: StoredRow {
    package static var recordKind: RecordKind { .link }
    package static var table: String { "identifiers" }
    package static var since: Int { 1 }
    package static let columns: [RowColumn] = [.text("kind"), .text("value"), .text("customer")]

    package var record: Record { .link(self) }

    package func write(to row: some RowWriter) {
        row.write(kind)
        row.write(value)
        row.write(customer.rawValue)
    }

    package init(row: some RowReader) {
        self.init(kind: row.text(), value: row.text(), customer: CustomerID(rawValue: row.text()))
    }
}
