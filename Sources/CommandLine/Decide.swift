import ArgumentParser
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirServer

struct Decide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks for one decision and shows the reasons.",
        discussion: """
            Examples:
              weir decide --customer ada --placement home --url http://127.0.0.1:8080
              weir decide --customer ada --placement cart --context '{"basket": 42.5}' --store weir.db
            """)

    @Option(help: "Whom to decide for.")
    var customer: String

    @Option(help: "Where the offer would be shown.")
    var placement: String

    @Option(help: "What is known of the moment, a JSON object.")
    var context = "{}"

    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        let parsed: JSON
        do { parsed = try JSON(parsing: context) } catch { throw ValidationError("--context: \(error)") }
        guard parsed.members != nil else {
            throw ValidationError(
                "--context: \(parsed.kind) cannot be a context. Write an object, such as '{\"basket\": 42.5}'.")
        }
        if let client = server.client {
            let answer = try await client.send(
                "POST", "/v1/decide",
                ["customer": .string(customer), "placement": .string(placement), "context": parsed])
            return try result.give(Answer([answer.text], json: answer, tables: Self.tables(answer)))
        }
        let request = DecisionRequest(userID: customer, placement: PlacementID(placement), context: parsed)
        try await withLocalEngine(store) { engine in
            let reply = try await engine.decide(request)
            let lines = zip(reply.record.decision.candidates, reply.record.offers).map { "  " + line($0, $1) }
            let json = reply.json
            try result.give(
                Answer(
                    ["\(reply.record.situation.id): \(reply.offer?.name ?? "no offer") — \(reply.why)"] + lines,
                    json: json, tables: Self.tables(json)))
        }
    }

    /// The candidates as the answer lists them.
    private static func tables(_ answer: JSON) -> [ReportTable] {
        guard let candidates = answer["candidates"]?.array else { return [] }
        // One that a gate stopped has other members than one that was scored.
        var names = ["offer"]
        for name in candidates.flatMap({ $0.members ?? [] }).map(\.name) where !names.contains(name) {
            names.append(name)
        }
        return [ReportTable(name: "candidates", columns: names.map { .init($0, $0) }, of: candidates)]
    }

    private func line(_ candidate: Candidate, _ offer: OfferID) -> String {
        if let gate = candidate.gate { return "\(offer): \(gate.words)" }
        func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
        return "\(offer): p \(rounded(candidate.probability)) ± \(rounded(1.96 * candidate.deviation)), value "
            + "\(rounded(candidate.value)), cost \(rounded(candidate.cost)), utility \(rounded(candidate.utility)), "
            + "chosen with probability \(rounded(candidate.choiceProbability))"
    }
}
