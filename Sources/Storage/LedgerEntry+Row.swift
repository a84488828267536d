package import WeirDomain

extension RecordKind {
    public static var ledger: RecordKind { RecordKind(number: 4) }
}

extension LedgerEntry: StoredRow {
    package static var recordKind: RecordKind { .ledger }
    package static var table: String { "ledger" }
    package static var since: Int { 1 }
    /// `reason` and the accounts hold raw values.
    package static let columns: [RowColumn] = [
        .text("budget"), .integer("reason"), .integer("from_account"), .integer("to_account"), .integer("amount"),
        .text("currency"), .optional(.integer("decision")), .integer("time"),
        .optional(.text("offer"), since: 4), .optional(.text("campaign"), since: 4),
        .optional(.text("channel"), since: 4),
    ]

    package var record: Record { .ledger(self) }

    package func write(to row: some RowWriter) {
        row.write(budget.rawValue)
        row.write(Int64(reason.rawValue))
        row.write(Int64(from.rawValue))
        row.write(Int64(to.rawValue))
        row.write(amount.minorUnits)
        row.write(amount.currency.code)
        row.write(decision?.number)
        row.write(time.microseconds)
        row.write(given?.offer.rawValue)
        row.write(given?.campaign.rawValue)
        row.write(given?.channel.rawValue)
    }

    package init(row: some RowReader) throws {
        let budget = BudgetID(rawValue: row.text())
        let reason: Reason = try row.number("ledger.reason")
        let from: Account = try row.number("ledger.from_account")
        let to: Account = try row.number("ledger.to_account")
        self.init(
            budget: budget, reason: reason, from: from, to: to,
            amount: Money(minorUnits: row.integer(), currency: try row.currency()),
            decision: row.optionalInteger().map(DecisionID.init(number:)), time: Timestamp(microseconds: row.integer()))
        let (offer, campaign, channel) = (row.optionalText(), row.optionalText(), row.optionalText())
        guard let offer, let campaign, let channel else { return }
        given = GivenOffer(
            offer: OfferID(rawValue: offer), campaign: CampaignID(rawValue: campaign),
            channel: Channel(rawValue: channel))
    }
}
