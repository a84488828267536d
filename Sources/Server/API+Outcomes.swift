import Hummingbird
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

extension API {
    static let maximalReportCount = 1_000

    func report(_ call: Call) async throws -> Response {
        // The number of a decision is easily guessed, and whoever looks at a page has its key.
        if let key = call.key, !key.origins.isEmpty {
            throw Problem(
                .forbidden, "not_from_pages",
                "A key for pages may not report outcomes, which move money. Send the order as an event, or report it from a server "
                    + "with a key without origins.")
        }
        let body = try call.json()
        let isList = body.present("outcomes") != nil
        var fields = FieldReader(body)
        let items =
            isList
            ? fields.requiredArray("outcomes", "Send an array of reports.", atMost: Self.maximalReportCount) : [body]
        try fields.check()

        if let key = call.key { rates.charge(.key(key.name), items.count - 1) }
        var reports: [OutcomeReport] = []
        // What came of each item: nothing yet for a good one, the faults of a bad one.
        var faults: [[Problem.Fault]] = []
        let now = engine.arrival
        let currency = engine.plan?.catalog.currency
        for (index, item) in items.enumerated() {
            do throws(Problem) {
                reports.append(
                    try OutcomeReport(item, at: isList ? "#/outcomes/\(index)" : "#", received: now, currency: currency)
                )
                faults.append([])
            } catch {
                guard isList else { throw error }
                faults.append(error.faults)
            }
        }
        let elsewhere = try await madeElsewhere(reports.map(\.decision), call)
        if !elsewhere.isEmpty {
            try refuse(elsewhere, call.key!.name, isList: isList, &reports, &faults)
        }
        var replies: [OutcomeReply] = []
        // In pieces, so that what others ask for comes in between. Sent again, what was told before counts once.
        for start in stride(from: 0, to: reports.count, by: 128) {
            replies += try await engine.report(Array(reports[start..<min(start + 128, reports.count)]))
        }
        return .json(reserving: 64 * items.count) { write(items, reports, replies, faults, into: &$0) }
    }

    /// The decisions that were made where the caller's key is not for.
    private func madeElsewhere(_ decisions: [DecisionID], _ call: Call) async throws -> Set<DecisionID> {
        guard let key = call.key, !key.placements.isEmpty else { return [] }
        let found = try await call.pool.run { try engine.store.decisions(decisions) }
        return Set(found.filter { !key.placements.contains($0.value.placement) }.keys)
    }

    /// Takes out the reports of those decisions, with a fault for each.
    ///
    /// - Parameter faults: Of each item; empty for each that has a report, in the reports' order.
    /// - Throws: `Problem` where the request is about one decision only.
    private func refuse(
        _ decisions: Set<DecisionID>, _ key: SourceID, isList: Bool, _ reports: inout [OutcomeReport],
        _ faults: inout [[Problem.Fault]]
    ) throws(Problem) {
        var rest = reports[...]
        var kept: [OutcomeReport] = []
        for index in faults.indices where faults[index].isEmpty {
            guard let report = rest.popFirst() else { break }
            guard decisions.contains(report.decision) else {
                kept.append(report)
                continue
            }
            let detail =
                "decision: “\(report.decision)” was made at a placement that the key “\(key)” is not for. Use another key."
            let fault = Problem.Fault(detail, at: isList ? "#/outcomes/\(index)/decision" : "#/decision")
            guard isList else { throw Problem(.forbidden, "placement_not_allowed", detail, faults: [fault]) }
            faults[index] = [fault]
        }
        reports = kept
    }

    private func write(
        _ items: [JSON], _ reports: [OutcomeReport], _ replies: [OutcomeReply], _ faults: [[Problem.Fault]],
        into writer: inout JSONWriter
    ) {
        var good = zip(reports, replies).makeIterator()
        writer.name("results")
        writer.array { writer in
            for (item, faults) in zip(items, faults) {
                writer.object { writer in
                    if faults.isEmpty, let (report, reply) = good.next() {
                        writer.member("decision", report.decision.description)
                        writer.member("result", reply.rawValue)
                        return
                    }
                    writer.member("decision", item.present("decision") ?? .null)
                    writer.member("result", "rejected")
                    writer.name("errors")
                    writer.array { writer in
                        for fault in faults {
                            writer.object {
                                $0.member("detail", fault.detail)
                                $0.member("pointer", fault.pointer)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension OutcomeReport {
    /// - Parameter currency: Of the catalog; nil where there is none yet.
    /// - Throws: `Problem` with everything that is wrong.
    init(_ json: JSON, at pointer: String, received: Timestamp, currency: Currency?) throws(Problem) {
        var fields = FieldReader(json, at: pointer)
        var decision: DecisionID?
        if let text = fields.requiredText("decision", "Send the id that /v1/decide answered, such as \"d-12\".") {
            decision = DecisionID(text)
            if decision == nil {
                fields.fault(
                    "decision", "“\(text.prefix(60))” is no decision's id; send it as /v1/decide answered it: \"d-12\"."
                )
            }
        }
        let kind = fields.choice("outcome", Kind.self)
        let time = fields.moment("time")
        let value = fields.money("value", in: currency)
        try fields.check()
        self.init(decision: decision!, kind: kind!, eventTime: time, receivedTime: received, value: value)
    }
}

extension FieldReader {
    /// An amount like `"1.50"` or `"1.50 USD"`; only in the given currency, where there is one.
    fileprivate mutating func money(_ name: String, in currency: Currency?) -> Money? {
        guard let text = text(name) else { return nil }
        guard let money = Money(text, defaultCurrency: currency) else {
            let example = "1.50 \(currency ?? .usd)"
            fault(name, "“\(text.prefix(60))” is no amount; send it like \"\(example)\", as a string.")
            return nil
        }
        if let currency, money.currency != currency {
            fault(
                name,
                "\(money) is not in \(currency), the catalog's currency; Weir converts nothing. Send it in \(currency)."
            )
            return nil
        }
        return money
    }
}
