package import WeirDomain

extension RecordKind {
    public static var stage: RecordKind { RecordKind(number: 10) }
}

extension StageChange: StoredRow {
    package static var recordKind: RecordKind { .stage }
    package static var table: String { "stages" }
    package static var since: Int { 2 }
    package static let columns: [RowColumn] = [
        .text("model"), .text("goal"), .text("stage"), .integer("time"), .text("actor"), .text("reason"),
    ]

    package var record: Record { .stage(self) }

    package func write(to row: some RowWriter) {
        row.write(model.rawValue)
        row.write(goal.rawValue)
        row.write(stage.rawValue)
        row.write(time.microseconds)
        row.write(actor)
        row.write(reason)
    }

    package init(row: some RowReader) throws {
        let model = ModelID(rawValue: row.text())
        let goal = GoalID(rawValue: row.text())
        let stage: ModelStage = try row.word("stages.stage")
        self.init(
            model: model, goal: goal, stage: stage, time: Timestamp(microseconds: row.integer()), actor: row.text(),
            reason: row.text())
    }
}
