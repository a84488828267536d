import GRDB
import WeirDomain
import WeirJSON

/// A record that is a row of a table, keyed by its sequence number.
protocol StoredRow {
    static var table: String { get }
    /// In the order of `bind(to:)` and `init(row:)`, without `sequence`.
    static var columns: String { get }
    func bind(to statement: SQLStatement)
    init(row: SQLStatement) throws
}

extension StoredRow {
    /// Takes the sequence number, then the columns.
    static var insertion: String {
        let places = columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
        return "INSERT INTO \(table) (sequence, \(columns)) VALUES (?, \(places))"
    }

    /// Yields the sequence number, then the columns.
    static func selection(_ condition: String) -> String {
        "SELECT sequence, \(columns) FROM \(table) \(condition)"
    }

    /// The rows that meet the condition, whose parameters are bound by `bind`.
    static func rows(
        of database: Database, where condition: String, bind: (SQLStatement) -> Void = { _ in }
    ) throws -> [(sequence: Int64, row: Self)] {
        let select = try SQLStatement(database, selection(condition))
        bind(select)
        var rows: [(Int64, Self)] = []
        while try select.next() { rows.append((select.integer(), try Self(row: select))) }
        return rows
    }
}

/// A column that holds none of the values it can have.
private func unknown(_ column: String) -> StoreDamage { StoreDamage(detail: "unknown value in column \(column)") }

/// What a row's decoder found wrong; the store adds its path.
struct StoreDamage: Error {
    var detail: String
}

extension Event: StoredRow {
    static let table = "events"
    static let columns = """
        source, message_id, kind, name, user_id, anonymous_id, event_time, received_time, properties, context
        """

    func bind(to statement: SQLStatement) {
        statement.bind(source.rawValue)
        statement.bind(messageID)
        statement.bind(kind.rawValue)
        statement.bind(name)
        statement.bind(userID)
        statement.bind(anonymousID)
        statement.bind(eventTime.microseconds)
        statement.bind(receivedTime.microseconds)
        statement.bindText(properties.bytes)
        statement.bindText(context.bytes)
    }

    init(row: SQLStatement) throws {
        let source = SourceID(rawValue: row.text())
        let messageID = row.text()
        guard let kind = Kind(rawValue: row.text()) else { throw unknown("events.kind") }
        self.init(
            messageID: messageID, source: source, kind: kind, name: row.text(), userID: row.optionalText(),
            anonymousID: row.optionalText(), eventTime: Timestamp(microseconds: row.integer()),
            receivedTime: Timestamp(microseconds: row.integer()), properties: try row.json(), context: try row.json())
    }
}

extension StoredDecision: StoredRow {
    static let table = "decisions"
    static let columns = """
        id, customer, placement, time, offer, goal, coupon, closes_at, idempotency_key, fingerprint, body
        """

    func bind(to statement: SQLStatement) {
        statement.bind(id.number)
        statement.bind(customer.rawValue)
        statement.bind(placement.rawValue)
        statement.bind(time.microseconds)
        statement.bind(offer?.rawValue)
        statement.bind(goal?.rawValue)
        statement.bind(coupon)
        statement.bind(closesAt?.microseconds)
        statement.bind(idempotencyKey)
        statement.bind(Int64(bitPattern: fingerprint))
        statement.bind(body)
    }

    init(row: SQLStatement) {
        self.init(
            id: DecisionID(number: row.integer()), customer: CustomerID(rawValue: row.text()),
            placement: PlacementID(rawValue: row.text()), time: Timestamp(microseconds: row.integer()),
            offer: row.optionalText().map(OfferID.init(rawValue:)),
            goal: row.optionalText().map(GoalID.init(rawValue:)),
            coupon: row.optionalText(), closesAt: row.optionalInteger().map(Timestamp.init(microseconds:)),
            idempotencyKey: row.optionalText(), fingerprint: UInt64(bitPattern: row.integer()), body: row.bytes())
    }
}

extension Outcome: StoredRow {
    static let table = "outcomes"
    static let columns = "decision, customer, goal, kind, joined, event_time, received_time, value, currency, lesson"

    func bind(to statement: SQLStatement) {
        statement.bind(decision.number)
        statement.bind(customer.rawValue)
        statement.bind(goal.rawValue)
        statement.bind(Int64(kind.rawValue))
        statement.bind(Int64(joined.rawValue))
        statement.bind(eventTime.microseconds)
        statement.bind(receivedTime.microseconds)
        statement.bind(value?.minorUnits)
        statement.bind(value?.currency.code)
        statement.bind(Int64(lesson.rawValue))
    }

    init(row: SQLStatement) throws {
        let decision = DecisionID(number: row.integer())
        let customer = CustomerID(rawValue: row.text())
        let goal = GoalID(rawValue: row.text())
        guard let kind = UInt8(exactly: row.integer()).flatMap(Kind.init) else { throw unknown("outcomes.kind") }
        guard let joined = UInt8(exactly: row.integer()).flatMap(Joined.init) else { throw unknown("outcomes.joined") }
        self.init(
            decision: decision, customer: customer, goal: goal, kind: kind, joined: joined,
            eventTime: Timestamp(microseconds: row.integer()), receivedTime: Timestamp(microseconds: row.integer()))
        if let units = row.optionalInteger() {
            value = Money(minorUnits: units, currency: try row.currency())
        } else {
            row.skip()
        }
        guard let lesson = UInt8(exactly: row.integer()).flatMap(Lesson.init) else { throw unknown("outcomes.lesson") }
        self.lesson = lesson
    }
}

extension LedgerEntry: StoredRow {
    static let table = "ledger"
    static let columns = "budget, reason, from_account, to_account, amount, currency, decision, time"

    func bind(to statement: SQLStatement) {
        statement.bind(budget.rawValue)
        statement.bind(Int64(reason.rawValue))
        statement.bind(Int64(from.rawValue))
        statement.bind(Int64(to.rawValue))
        statement.bind(amount.minorUnits)
        statement.bind(amount.currency.code)
        statement.bind(decision?.number)
        statement.bind(time.microseconds)
    }

    init(row: SQLStatement) throws {
        let budget = BudgetID(rawValue: row.text())
        guard let reason = UInt8(exactly: row.integer()).flatMap(Reason.init) else { throw unknown("ledger.reason") }
        let (from, to) = (try row.account(), try row.account())
        self.init(
            budget: budget, reason: reason, from: from, to: to,
            amount: Money(minorUnits: row.integer(), currency: try row.currency()),
            decision: row.optionalInteger().map(DecisionID.init(number:)), time: Timestamp(microseconds: row.integer()))
    }
}

extension IdentifierLink: StoredRow {
    static let table = "identifiers"
    static let columns = "kind, value, customer"

    func bind(to statement: SQLStatement) {
        statement.bind(kind)
        statement.bind(value)
        statement.bind(customer.rawValue)
    }

    init(row: SQLStatement) {
        self.init(kind: row.text(), value: row.text(), customer: CustomerID(rawValue: row.text()))
    }
}

/// The end of waiting for a decision's outcome.
struct Close: StoredRow {
    static let table = "closes"
    static let columns = "decision"

    let decision: DecisionID

    init(_ decision: DecisionID) { self.decision = decision }
    func bind(to statement: SQLStatement) { statement.bind(decision.number) }
    init(row: SQLStatement) { decision = DecisionID(number: row.integer()) }
}

extension QuarantinedMessage: StoredRow {
    static let table = "quarantine"
    static let columns = "source, received_time, pointer, reason, raw"

    func bind(to statement: SQLStatement) {
        statement.bind(source.rawValue)
        statement.bind(receivedTime.microseconds)
        statement.bind(pointer)
        statement.bind(reason)
        statement.bind(raw)
    }

    init(row: SQLStatement) {
        self.init(
            source: SourceID(rawValue: row.text()), receivedTime: Timestamp(microseconds: row.integer()),
            pointer: row.text(), reason: row.text(), raw: row.bytes())
    }
}

extension StoredCatalog: StoredRow {
    static let table = "catalogs"
    static let columns = "version, applied_time, files"

    func bind(to statement: SQLStatement) {
        statement.bind(Int64(version))
        statement.bind(appliedTime.microseconds)
        statement.bindText(JSON.object(files.map { JSON.Member($0.name, .string($0.text)) }).bytes)
    }

    init(row: SQLStatement) throws {
        self.init(
            version: Int(row.integer()), appliedTime: Timestamp(microseconds: row.integer()),
            files: (try row.json().members ?? []).map { File(name: $0.name, text: $0.value.string ?? "") })
    }
}

extension RegisteredModel: StoredRow {
    static let table = "models"
    static let columns = "id, goal, registered_time, file"

    func bind(to statement: SQLStatement) {
        statement.bind(id.rawValue)
        statement.bind(goal.rawValue)
        statement.bind(registeredTime.microseconds)
        statement.bind(file)
    }

    init(row: SQLStatement) {
        self.init(
            id: ModelID(rawValue: row.text()), goal: GoalID(rawValue: row.text()),
            registeredTime: Timestamp(microseconds: row.integer()), file: row.bytes())
    }
}

extension StageChange: StoredRow {
    static let table = "stages"
    static let columns = "model, goal, stage, time, actor, reason"

    func bind(to statement: SQLStatement) {
        statement.bind(model.rawValue)
        statement.bind(goal.rawValue)
        statement.bind(stage.rawValue)
        statement.bind(time.microseconds)
        statement.bind(actor)
        statement.bind(reason)
    }

    init(row: SQLStatement) throws {
        let model = ModelID(rawValue: row.text())
        let goal = GoalID(rawValue: row.text())
        guard let stage = ModelStage(rawValue: row.text()) else { throw unknown("stages.stage") }
        self.init(
            model: model, goal: goal, stage: stage, time: Timestamp(microseconds: row.integer()), actor: row.text(),
            reason: row.text())
    }
}

extension ArmStop: StoredRow {
    static let table = "arm_stops"
    static let columns = "experiment, arm, time, actor, reason"

    func bind(to statement: SQLStatement) {
        statement.bind(experiment.rawValue)
        statement.bind(arm.rawValue)
        statement.bind(time.microseconds)
        statement.bind(actor)
        statement.bind(reason)
    }

    init(row: SQLStatement) {
        self.init(
            experiment: ExperimentID(rawValue: row.text()), arm: ArmID(rawValue: row.text()),
            time: Timestamp(microseconds: row.integer()), actor: row.text(), reason: row.text())
    }
}

extension SQLStatement {
    func json() throws -> JSON {
        do {
            return try withBytes { try JSON(parsing: $0) }
        } catch let error as JSONParsingError {
            throw StoreDamage(detail: "JSON in a row: \(error)")
        }
    }

    func currency() throws -> Currency {
        guard let currency = Currency(text()) else { throw unknown("currency") }
        return currency
    }

    func account() throws -> LedgerEntry.Account {
        guard let account = UInt8(exactly: integer()).flatMap(LedgerEntry.Account.init) else {
            throw unknown("account")
        }
        return account
    }
}
