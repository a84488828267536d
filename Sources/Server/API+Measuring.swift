import HTTPTypes
import Hummingbird
import WeirConsole
import WeirJSON
import WeirReporting

extension API {
    /// Measures what was posted: `{"options": {"start": "2021-04-01"}, "files": {"input": "location,date,…"}}`.
    func measure(_ call: Call) async throws -> Response {
        let body = try call.json()
        let request = MeasureRequest(
            kind: call.argument, options: try Self.options(body.present("options")),
            files: try Self.files(body.present("files")))
        guard let measuring else { throw Problem(.notFound, "unknown_measurement", "This server measures nothing.") }
        do {
            return try Self.response(await measuring.report(request), call)
        } catch MeasureRefusal.unknownKind(let known) {
            throw Problem(
                .notFound, "unknown_measurement",
                "“\(call.argument)” is no measurement. Known: \(known.joined(separator: ", ")).")
        } catch MeasureRefusal.refused(let reason) {
            throw Problem(.unprocessableContent, "cannot_measure", reason)
        }
    }

    /// The report in the form that is asked for: `?format=json` (default), `html`, `csv` (with `&table=`) or `text`.
    static func response(_ report: Report, _ call: Call) throws -> Response {
        switch call.parameter("format") ?? "json" {
        case "json": return .bytes(Array(report.json.text.utf8), "application/json")
        case "html": return .bytes(Array(reportPage(report).utf8), "text/html; charset=utf-8")
        case "text": return .bytes(Array(report.text.utf8), "text/plain; charset=utf-8")
        case "csv":
            let tables = report.tables
            guard let table = call.parameter("table").map({ name in tables.first { $0.name == name } }) ?? tables.first
            else {
                throw Problem(
                    .notFound, "unknown_table",
                    "table: there is none of that name. Known: \(tables.map(\.name).joined(separator: ", ")).")
            }
            return .bytes(Array(table.csv.utf8), "text/csv; charset=utf-8")
        case let other:
            throw Problem(
                .badRequest, "invalid_request", "format: “\(other)” is unknown; ask for json, html, csv or text.")
        }
    }

    /// Texts and numbers become values, true a flag, false nothing, a list the same option several times.
    private static func options(_ json: JSON?) throws(Problem) -> [(name: String, value: String?)] {
        var options: [(name: String, value: String?)] = []
        for member in json?.members ?? [] {
            var values = [member.value]
            if case .array(let items) = member.value { values = items }
            for value in values {
                switch value {
                case .bool(true): options.append((member.name, nil))
                case .bool(false), .null: break
                case .string(let text): options.append((member.name, text))
                case .integer, .number: options.append((member.name, value.text))
                case .array, .object:
                    throw Problem(
                        .badRequest, "invalid_request",
                        "options.\(member.name): send a text, a number, true, or a list of these.")
                }
            }
        }
        return options
    }

    private static func files(_ json: JSON?) throws(Problem) -> [(name: String, content: [UInt8])] {
        var files: [(name: String, content: [UInt8])] = []
        for member in json?.members ?? [] {
            guard let text = member.value.string else {
                throw Problem(
                    .badRequest, "invalid_request", "files.\(member.name): send the CSV file's content as a text.")
            }
            files.append((member.name, Array(text.utf8)))
        }
        return files
    }
}
