package import WeirDomain

extension RecordKind {
    public static var couponUse: RecordKind { RecordKind(number: 13) }
}

extension CouponUse: StoredRow {
    package static var recordKind: RecordKind { .couponUse }
    package static var table: String { "coupon_uses" }
    package static var since: Int { 8 }
    /// `kind` holds a raw value, `leaked` 0 or 1.
    package static let columns: [RowColumn] = [
        .integer("kind"), .text("code"), .optional(.text("pool")), .optional(.integer("decision")),
        .optional(.text("offer")), .optional(.text("campaign")), .optional(.text("channel")),
        .optional(.text("customer")), .optional(.text("order_id")), .optional(.integer("amount")),
        .optional(.text("currency")), .optional(.integer("until")), .integer("leaked"), .integer("time"),
    ]

    package var record: Record { .couponUse(self) }

    package func write(to row: some RowWriter) {
        row.write(Int64(kind.rawValue))
        row.write(code)
        row.write(pool?.rawValue)
        row.write(decision?.number)
        row.write(given?.offer.rawValue)
        row.write(given?.campaign.rawValue)
        row.write(given?.channel.rawValue)
        row.write(customer?.rawValue)
        row.write(order)
        row.write(amount?.minorUnits)
        row.write(amount?.currency.code)
        row.write(until?.microseconds)
        row.write(Int64(isLeaked ? 1 : 0))
        row.write(time.microseconds)
    }

    package init(row: some RowReader) throws {
        let kind: Kind = try row.number("coupon_uses.kind")
        self.init(kind: kind, code: row.text(), time: Timestamp(microseconds: 0))
        pool = row.optionalText().map(CouponPoolID.init(rawValue:))
        decision = row.optionalInteger().map(DecisionID.init(number:))
        let (offer, campaign, channel) = (row.optionalText(), row.optionalText(), row.optionalText())
        if let offer, let campaign, let channel {
            given = GivenOffer(
                offer: OfferID(rawValue: offer), campaign: CampaignID(rawValue: campaign),
                channel: Channel(rawValue: channel))
        }
        customer = row.optionalText().map(CustomerID.init(rawValue:))
        order = row.optionalText()
        if let units = row.optionalInteger() {
            amount = Money(minorUnits: units, currency: try row.currency())
        } else {
            row.skip()
        }
        until = row.optionalInteger().map(Timestamp.init(microseconds:))
        isLeaked = row.integer() != 0
        time = Timestamp(microseconds: row.integer())
    }
}
