import HTTPTypes
import Hummingbird
import WeirConsole
import WeirJSON
import WeirReporting

extension API {
    /// Measures what was posted: `{"options": {"start": "2021-04-01"}, "files": {"input": "location,date,…"}}`.
    func measure(_ call: Call) async throws -> Response {
        guard let measuring else { throw Problem(.notFound, "unknown_measurement", "This server measures nothing.") }
        let (kind, kinds) = (call.argument, measuring.program.kinds)
        guard kinds.contains(kind) else {
            throw Problem(
                .notFound, "unknown_measurement",
                "“\(kind)” is no measurement. Known: \(kinds.joined(separator: ", ")).")
        }
        let form = try ReportForm(call)
        let table = call.parameter("table")
        var report: [UInt8]
        do {
            report = try await ClientWatch.whileClientStays(at: call.channel) {
                try await measuring.report(kind: kind, format: form.rawValue, table: table, call.body)
            }
        } catch Measuring.Refusal.invalid(let reason) {
            // Only now, since reading a long body takes time from the decisions: where it goes wrong the parser knows.
            _ = try call.json()
            throw Problem(.badRequest, "invalid_request", reason)
        } catch is CancellationError {
            throw Problem(
                .init(code: 499, reasonPhrase: "Client Closed Request"), "client_left",
                "The client left before the report was there; the measurement was ended.")
        }
        if form == .json, report.last == UInt8(ascii: "\n") { report.removeLast() }
        return .bytes(report, form.contentType)
    }

    /// The report in the form that is asked for: `?format=json` (default), `html`, `csv` (with `&table=`) or `text`.
    static func response(_ report: Report, _ call: Call) throws -> Response {
        let form = try ReportForm(call)
        let content: String
        switch form {
        case .json: content = report.json.text
        case .html: content = reportPage(report)
        case .text: content = report.text
        case .csv:
            let tables = report.tables
            guard let table = call.parameter("table").map({ name in tables.first { $0.name == name } }) ?? tables.first
            else {
                throw Problem(
                    .notFound, "unknown_table",
                    "table: there is none of that name. Known: \(tables.map(\.name).joined(separator: ", ")).")
            }
            content = table.csv
        }
        return .bytes(Array(content.utf8), form.contentType)
    }
}

/// How a report is given over HTTP.
private enum ReportForm: String, CaseIterable {
    case json, html, csv, text

    init(_ call: Call) throws(Problem) {
        try call.onlyParameters("format", "table")
        let name = call.parameter("format") ?? "json"
        guard let form = ReportForm(rawValue: name) else {
            throw Problem(
                .badRequest, "invalid_request", "format: “\(name)” is unknown; ask for json, html, csv or text.")
        }
        guard form == .csv || call.parameter("table") == nil else {
            throw Problem(.badRequest, "invalid_request", "table: only format=csv gives a single table.")
        }
        self = form
    }

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .html: "text/html; charset=utf-8"
        case .csv: "text/csv; charset=utf-8"
        case .text: "text/plain; charset=utf-8"
        }
    }
}
