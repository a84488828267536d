import WeirDomain
import WeirJSON
import WeirStorage

let spring: BudgetID = "spring"

func dollars(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }

func moment(_ second: Int64) -> Timestamp { Timestamp(microseconds: 1_700_000_000_000_000 + second * 1_000_000) }

func event(_ messageID: String, source: SourceID = "shop", name: String = "Order Completed") -> Record {
    .event(
        Event(
            messageID: messageID, source: source, kind: .track, name: name, userID: "ada", anonymousID: nil,
            eventTime: moment(1), receivedTime: moment(2),
            properties: ["revenue": 12.75, "items": [1, 2.5, nil, true, "thé “vert”\n"], "": "empty name"],
            context: ["campaign": ["name": "spring"]]))
}

func decision(
    _ number: Int64, customer: CustomerID = "ada", key: String? = nil, closesAt: Timestamp? = moment(60)
) -> StoredDecision {
    StoredDecision(
        id: DecisionID(number: number), customer: customer, placement: "till", time: moment(number),
        offer: closesAt == nil ? nil : "coffee", goal: closesAt == nil ? nil : "redeem",
        coupon: closesAt == nil ? nil : "C10", closesAt: closesAt, idempotencyKey: key,
        fingerprint: .max - UInt64(number), body: [1, 0, UInt8(truncatingIfNeeded: number)])
}

func outcome(of number: Int64, value: Money? = nil, order: String? = nil) -> Outcome {
    Outcome(
        decision: DecisionID(number: number), customer: "ada", goal: "redeem", kind: .converted, joined: .coupon,
        eventTime: moment(3), receivedTime: moment(4), value: value, lesson: .turnedToYes,
        order: order)
}

func entry(
    _ amount: Int64, from: LedgerEntry.Account = .available, to: LedgerEntry.Account = .reserved,
    budget: BudgetID = spring, decision: Int64? = nil, given: GivenOffer? = nil, currency: Currency = .usd
) -> LedgerEntry {
    LedgerEntry(
        budget: budget, reason: .reserved, from: from, to: to, amount: Money(minorUnits: amount, currency: currency),
        decision: decision.map(DecisionID.init(number:)), given: given, time: moment(5))
}

func quarantined(_ reason: String) -> QuarantinedMessage {
    QuarantinedMessage(
        source: "shop", receivedTime: moment(6), pointer: "#/batch/3/userId", reason: reason, raw: [0x7b, 0, 0xff])
}

func catalog(_ version: Int) -> StoredCatalog {
    StoredCatalog(
        version: version, appliedTime: moment(7),
        files: [.init(name: "campaigns/a.yaml", text: "a: “b”\n"), .init(name: "weir.yaml", text: "")])
}

func model(_ id: ModelID) -> RegisteredModel {
    RegisteredModel(id: id, goal: "redeem", registeredTime: moment(8), file: [0x7b, 0x7d, 0])
}

/// Records with the sequence numbers from `first` on.
func group(from first: Int64, _ records: [Record]) -> RecordGroup {
    var group = RecordGroup()
    group.records = zip(first..., records).map(Sequenced.init)
    return group
}

func profiles(_ profiles: StoredProfile...) -> RecordGroup {
    var group = RecordGroup()
    group.profiles = profiles
    return group
}

func snapshots(_ snapshots: StoredSnapshot...) -> RecordGroup {
    var group = RecordGroup()
    group.snapshots = snapshots
    return group
}

extension Store {
    /// Keeps records and tells which events were known.
    func keep(_ group: RecordGroup) throws -> [Int64] {
        var known: [Int64] = []
        try commit(group) {
            known = $0
            return RecordGroup()
        }
        return known
    }

    func everything() throws -> [Sequenced] {
        try records(after: 0, kinds: Set(RecordKind.allCases), limit: .max)
    }
}
