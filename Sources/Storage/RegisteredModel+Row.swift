package import WeirDomain

extension RecordKind {
    public static var model: RecordKind { RecordKind(number: 9) }
}

extension RegisteredModel: StoredRow {
    package static var recordKind: RecordKind { .model }
    package static var table: String { "models" }
    package static var since: Int { 2 }
    package static let columns: [RowColumn] = [
        .text("id"), .text("goal"), .integer("registered_time"), .bytes("file"),
    ]

    package var record: Record { .model(self) }

    package func write(to row: some RowWriter) {
        row.write(id.rawValue)
        row.write(goal.rawValue)
        row.write(registeredTime.microseconds)
        row.write(file)
    }

    package init(row: some RowReader) {
        self.init(
            id: ModelID(rawValue: row.text()), goal: GoalID(rawValue: row.text()),
            registeredTime: Timestamp(microseconds: row.integer()), file: row.bytes())
    }
}
