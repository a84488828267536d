package import WeirDomain

extension RecordKind {
    public static var couponLot: RecordKind { RecordKind(number: 12) }
}

extension CouponLot: StoredRow {
    package static var recordKind: RecordKind { .couponLot }
    package static var table: String { "coupon_lots" }
    package static var since: Int { 8 }
    /// `origin` holds a raw value, `codes` one code on each line.
    package static let columns: [RowColumn] = [
        .text("pool"), .integer("origin"), .text("codes"), .integer("time"), .text("actor"),
    ]

    package var record: Record { .couponLot(self) }

    package func write(to row: some RowWriter) {
        row.write(pool.rawValue)
        row.write(Int64(origin.rawValue))
        row.write(codes.joined(separator: "\n"))
        row.write(time.microseconds)
        row.write(actor)
    }

    package init(row: some RowReader) throws {
        let pool = CouponPoolID(rawValue: row.text())
        let origin: Origin = try row.number("coupon_lots.origin")
        self.init(
            pool: pool, origin: origin, codes: row.text().split(separator: "\n").map(String.init),
            time: Timestamp(microseconds: row.integer()), actor: row.text())
    }
}
