package import WeirDomain

extension RecordKind {
    public static var armStop: RecordKind { RecordKind(number: 11) }
}

extension ArmStop: StoredRow {
    package static var recordKind: RecordKind { .armStop }
    package static var table: String { "arm_stops" }
    package static var since: Int { 3 }
    package static let columns: [RowColumn] = [
        .text("experiment"), .text("arm"), .integer("time"), .text("actor"), .text("reason"),
    ]

    package var record: Record { .armStop(self) }

    package func write(to row: some RowWriter) {
        row.write(experiment.rawValue)
        row.write(arm.rawValue)
        row.write(time.microseconds)
        row.write(actor)
        row.write(reason)
    }

    package init(row: some RowReader) {
        self.init(
            experiment: ExperimentID(rawValue: row.text()), arm: ArmID(rawValue: row.text()),
            time: Timestamp(microseconds: row.integer()), actor: row.text(), reason: row.text())
    }
}
