import Hummingbird
import WeirConsole
import WeirJSON
import WeirReporting

extension API {
    /// What is measured live, each with its answer in words.
    func measurements(_ call: Call) async throws -> Response {
        let entries = try await live.snapshot().entries.map { entry -> JSON in
            [
                "id": .string(entry.name), "kind": .string(entry.report.kind), "title": .string(entry.report.title),
                "conclusion": .string(entry.report.conclusion.first ?? ""),
                "warnings": .integer(Int64(entry.report.warnings.count)),
            ]
        }
        return .json(reserving: 2_048) { $0.member("measurements", .array(entries)) }
    }

    /// One live report, in the form that is asked for.
    func measurement(_ call: Call) async throws -> Response {
        let entries = try await live.snapshot().entries
        guard let entry = entries.first(where: { $0.name == call.argument }) else {
            throw Problem(
                .notFound, "unknown_measurement",
                "“\(call.argument)” is not measured. Known: \(entries.map(\.name).joined(separator: ", ")).")
        }
        return try Self.response(entry.report, call)
    }
}

extension MeasureSnapshot.Entry {
    /// Unique among all: `experiment-coffee`, `lift-all`.
    var name: String { "\(report.kind)-\(id)" }
}
