import WeirDomain
import WeirEngine
import WeirLog
package import WeirReporting
package import WeirStorage

extension UnjoinedReader {
    /// How many rows a report shows, the newest.
    private static let shown = 200

    /// - Returns: Nil where everything joined.
    func report() -> Report? {
        let rows = rows()
        guard !rows.isEmpty else { return nil }
        let counts = Reason.allCases.map { reason in (reason, rows.count { $0.reason == reason }) }.filter { $0.1 > 0 }
        let most = counts.max { $0.1 < $1.1 }!
        let one = rows.count == 1
        return Report(
            kind: "unjoined", title: "What joined no decision",
            conclusion: [
                "\(rows.count) \(one ? "use of a code or refund" : "uses of codes and refunds") joined no decision; most often: "
                    + "\(most.0.rawValue) (\(most.1))."
            ],
            figures: [.init("unjoined", "Joined nothing", Quantity(Double(rows.count), .count))],
            sections: [
                Report.Section(
                    "By reason",
                    tables: [
                        ReportTable(
                            name: "reasons", columns: [.init("reason", "Reason"), .init("count", "How many")],
                            rows: counts.map { [.text($0.0.rawValue), .count($0.1)] })
                    ]),
                Report.Section(
                    "The newest",
                    tables: [
                        ReportTable(
                            name: "unjoined",
                            columns: [
                                .init("time", "When"), .init("event", "Event"), .init("order_id", "Order"),
                                .init("code", "Code"), .init("reason", "Reason"), .init("remedy", "What is nearest"),
                            ],
                            rows: rows.suffix(Self.shown).reversed().map { row in
                                [row.time.iso8601, row.event, row.order, row.code, row.reason.rawValue, row.words].map {
                                    text -> ReportTable.Cell in text.map { .text($0) } ?? .empty
                                }
                            })
                    ]),
            ],
            data: [
                "Orders that name codes and events that take orders back, by the newest catalog's goals; told again each counts once.",
                "Codes are shown as Weir compares them, in small letters and without blanks.",
            ])
    }
}

/// What named a code or took something back and joined no decision.
///
/// - Throws: `EngineError.noCatalog`, or what the store throws.
package func unjoinedReport(store: any Store) throws -> Report {
    let pass = try LogPass(store: store)
    guard let plan = try pass.plans.newest() else { throw EngineError.noCatalog }
    let reader = try pass.run(UnjoinedReader(plan: plan))
    return reader.report()
        ?? Report(
            kind: "unjoined", title: "What joined no decision",
            conclusion: ["Every use of a code and every refund found what it belongs to."],
            figures: [.init("unjoined", "Joined nothing", Quantity(0, .count))])
}
