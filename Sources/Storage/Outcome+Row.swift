package import WeirDomain

extension RecordKind {
    public static var outcome: RecordKind { RecordKind(number: 3) }
}

extension Outcome: StoredRow {
    package static var recordKind: RecordKind { .outcome }
    package static var table: String { "outcomes" }
    package static var since: Int { 1 }
    package static var lookupColumn: String? { "order_id" }
    /// `kind`, `joined` and `lesson` hold raw values.
    package static let columns: [RowColumn] = [
        .integer("decision"), .text("customer"), .text("goal"), .integer("kind"), .integer("joined"),
        .integer("event_time"), .integer("received_time"), .optional(.integer("value")), .optional(.text("currency")),
        .integer("lesson"), .optional(.text("order_id"), since: 5),
        .optional(.integer("first_stage"), since: 6), .optional(.integer("end_stage"), since: 6),
        // In millionths.
        .optional(.integer("share_before"), since: 7), .optional(.integer("share_after"), since: 7),
    ]

    package var record: Record { .outcome(self) }
    package var lookupText: String? { order }

    package func write(to row: some RowWriter) {
        row.write(decision.number)
        row.write(customer.rawValue)
        row.write(goal.rawValue)
        row.write(Int64(kind.rawValue))
        row.write(Int64(joined.rawValue))
        row.write(eventTime.microseconds)
        row.write(receivedTime.microseconds)
        row.write(value?.minorUnits)
        row.write(value?.currency.code)
        row.write(Int64(lesson.rawValue))
        row.write(order)
        row.write(stages.map { Int64($0.lowerBound) })
        row.write(stages.map { Int64($0.upperBound) })
        row.write(share.map { Int64(($0.lowerBound * 1e6).rounded()) })
        row.write(share.map { Int64(($0.upperBound * 1e6).rounded()) })
    }

    package init(row: some RowReader) throws {
        let decision = DecisionID(number: row.integer())
        let customer = CustomerID(rawValue: row.text())
        let goal = GoalID(rawValue: row.text())
        let kind: Kind = try row.number("outcomes.kind")
        let joined: Joined = try row.number("outcomes.joined")
        self.init(
            decision: decision, customer: customer, goal: goal, kind: kind, joined: joined,
            eventTime: Timestamp(microseconds: row.integer()), receivedTime: Timestamp(microseconds: row.integer()))
        if let units = row.optionalInteger() {
            value = Money(minorUnits: units, currency: try row.currency())
        } else {
            row.skip()
        }
        lesson = try row.number("outcomes.lesson")
        order = row.optionalText()
        let (first, end) = (row.optionalInteger(), row.optionalInteger())
        if let first, let end, first >= 0, first < end { stages = Int(first)..<Int(end) }
        let (before, after) = (row.optionalInteger(), row.optionalInteger())
        if let before, let after, before >= 0, before < after, after <= 1_000_000 {
            share = Double(before) / 1e6..<Double(after) / 1e6
        }
    }
}
