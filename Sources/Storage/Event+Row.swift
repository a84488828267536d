package import WeirDomain
import WeirJSON

extension RecordKind {
    public static var event: RecordKind { RecordKind(number: 1) }
}

extension Event: StoredRow {
    package static var recordKind: RecordKind { .event }
    package static var table: String { "events" }
    package static var since: Int { 1 }
    package static let columns: [RowColumn] = [
        .text("source"), .text("message_id"), .text("kind"), .text("name"), .optional(.text("user_id")),
        .optional(.text("anonymous_id")), .integer("event_time"), .integer("received_time"), .text("properties"),
        .text("context"),
    ]

    package var record: Record { .event(self) }

    package func write(to row: some RowWriter) {
        row.write(source.rawValue)
        row.write(messageID)
        row.write(kind.rawValue)
        row.write(name)
        row.write(userID)
        row.write(anonymousID)
        row.write(eventTime.microseconds)
        row.write(receivedTime.microseconds)
        row.write(utf8: properties.bytes)
        row.write(utf8: context.bytes)
    }

    package init(row: some RowReader) throws {
        let source = SourceID(rawValue: row.text())
        let messageID = row.text()
        let kind: Kind = try row.word("events.kind")
        self.init(
            messageID: messageID, source: source, kind: kind, name: row.text(), userID: row.optionalText(),
            anonymousID: row.optionalText(), eventTime: Timestamp(microseconds: row.integer()),
            receivedTime: Timestamp(microseconds: row.integer()), properties: try row.json(), context: try row.json())
    }
}
