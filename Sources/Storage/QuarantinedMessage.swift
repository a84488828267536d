public import WeirDomain

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

extension RecordKind {
    public static var quarantine: RecordKind { RecordKind(number: 7) }
}

extension QuarantinedMessage: StoredRow {
    package static var recordKind: RecordKind { .quarantine }
    package static var table: String { "quarantine" }
    package static var since: Int { 1 }
    package static let columns: [RowColumn] = [
        .text("source"), .integer("received_time"), .text("pointer"), .text("reason"), .bytes("raw"),
    ]

    package var record: Record { .quarantine(self) }

    package func write(to row: some RowWriter) {
        row.write(source.rawValue)
        row.write(receivedTime.microseconds)
        row.write(pointer)
        row.write(reason)
        row.write(raw)
    }

    package init(row: some RowReader) {
        self.init(
            source: SourceID(rawValue: row.text()), receivedTime: Timestamp(microseconds: row.integer()),
            pointer: row.text(), reason: row.text(), raw: row.bytes())
    }
}
