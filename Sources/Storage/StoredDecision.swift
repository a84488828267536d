public import WeirDomain

/// A decision as the store sees it: what it must find again in columns, the rest in `body`.
public struct StoredDecision: Sendable, Equatable {
    public var id: DecisionID
    public var customer: CustomerID
    public var placement: PlacementID
    public var time: Timestamp
    /// Nil where no offer was given.
    public var offer: OfferID?
    public var goal: GoalID?
    public var coupon: String?
    /// When its window closes; nil where no outcome is awaited.
    public var closesAt: Timestamp?
    /// Unique where present.
    public var idempotencyKey: String?
    /// Stable hash of the request, to refuse a key that is used again for something else.
    public var fingerprint: UInt64
    /// The inputs and the result, in the binary form of `Decisioning`.
    public var body: [UInt8]

    public init(
        id: DecisionID, customer: CustomerID, placement: PlacementID, time: Timestamp, offer: OfferID?, goal: GoalID?,
        coupon: String?, closesAt: Timestamp?, idempotencyKey: String?, fingerprint: UInt64, body: [UInt8]
    ) {
        self.id = id
        self.customer = customer
        self.placement = placement
        self.time = time
        self.offer = offer
        self.goal = goal
        self.coupon = coupon
        self.closesAt = closesAt
        self.idempotencyKey = idempotencyKey
        self.fingerprint = fingerprint
        self.body = body
    }
}

extension RecordKind {
    public static var decision: RecordKind { RecordKind(number: 2) }
}

extension StoredDecision: StoredRow {
    package static var recordKind: RecordKind { .decision }
    package static var table: String { "decisions" }
    package static var since: Int { 1 }
    package static var lookupColumn: String? { "customer" }
    package static let columns: [RowColumn] = [
        .integer("id"), .text("customer"), .text("placement"), .integer("time"), .optional(.text("offer")),
        .optional(.text("goal")), .optional(.text("coupon")), .optional(.integer("closes_at")),
        .optional(.text("idempotency_key")), .integer("fingerprint"), .bytes("body"),
    ]

    package var record: Record { .decision(self) }
    package var lookupText: String? { customer.rawValue }

    package func write(to row: some RowWriter) {
        row.write(id.number)
        row.write(customer.rawValue)
        row.write(placement.rawValue)
        row.write(time.microseconds)
        row.write(offer?.rawValue)
        row.write(goal?.rawValue)
        row.write(coupon)
        row.write(closesAt?.microseconds)
        row.write(idempotencyKey)
        row.write(Int64(bitPattern: fingerprint))
        row.write(body)
    }

    package init(row: some RowReader) {
        self.init(
            id: DecisionID(number: row.integer()), customer: CustomerID(rawValue: row.text()),
            placement: PlacementID(rawValue: row.text()), time: Timestamp(microseconds: row.integer()),
            offer: row.optionalText().map(OfferID.init(rawValue:)),
            goal: row.optionalText().map(GoalID.init(rawValue:)),
            coupon: row.optionalText(), closesAt: row.optionalInteger().map(Timestamp.init(microseconds:)),
            idempotencyKey: row.optionalText(), fingerprint: UInt64(bitPattern: row.integer()), body: row.bytes())
    }
}
