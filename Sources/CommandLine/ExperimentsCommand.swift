import ArgumentParser
import Foundation
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirServer

struct ExperimentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments", abstract: "Shows the catalog's experiments as they stand, and stops arms.",
        discussion: """
            Experiments are declared in weir.yaml; see docs/catalog.md. What they changed, with intervals, says
            `weir measure experiment`.

            Examples:
              weir experiments
              weir experiments stop coffee both --reason "complaints at the till"
            """,
        subcommands: [List.self, Stop.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Arms, customers, guardrails and stops.")
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let experiments: JSON
            if let client = server.client {
                experiments = try await client.send("GET", "/v1/experiments")["experiments"] ?? .array([])
            } else {
                experiments = try await withLocalEngine(store) { .array($0.experimentStatuses.map(\.json)) }
            }
            let list = experiments.array ?? []
            let rows = list.flatMap { experiment in
                (experiment["arms"]?.array ?? []).map { arm in
                    [
                        ReportTable.Cell.text(experiment["id"]?.string ?? ""),
                        .text(experiment["state"]?.string ?? ""), .text(arm["id"]?.string ?? ""),
                        .number(arm["share"]?.double), .text(arm["offers"]?.string ?? ""),
                        .number(arm["customers"]?.double), .text(arm["stopped"]?["time"]?.string ?? ""),
                    ]
                }
            }
            let columns = ["experiment", "state", "arm", "share", "offers", "customers", "stopped"]
            try result.give(
                Answer(
                    list.isEmpty ? ["The catalog declares no experiment."] : list.flatMap(experimentLines),
                    json: ["experiments": experiments],
                    tables: [ReportTable(name: "arms", columns: columns.map { .init($0, $0) }, rows: rows)]))
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stops an arm for good: it gets the control's treatment from now on.")
        @Argument(help: "The experiment.") var experiment: String
        @Argument(help: "Its arm; not the first one, which is the control.") var arm: String
        @Option(help: "Why; the log keeps it.") var reason = "by hand"
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            if let client = server.client {
                _ = try await client.send(
                    "POST", "/v1/experiments/stop",
                    ["experiment": .string(experiment), "arm": .string(arm), "reason": .string(reason)])
            } else {
                let (id, arm, reason) = (ExperimentID(experiment), ArmID(arm), reason)
                try await withLocalEngine(store) { engine in
                    _ = try await reportingRefusals {
                        try await engine.stop(arm, of: id, actor: "command line", reason: reason)
                    }
                    try logOffline("arm-stopped", id.rawValue, arm.rawValue, in: engine.store)
                }
            }
            try result.give(
                Answer(
                    ["“\(arm)” of “\(experiment)” is stopped: it gets what the control gets."],
                    json: ["experiment": .string(experiment), "arm": .string(arm), "stopped": true]))
        }
    }
}

private func experimentLines(_ experiment: JSON) -> [String] {
    let id = experiment["id"]?.string ?? ""
    var lines = ["\(id): \(experiment["state"]?.string ?? ""), \(percent(experiment["share"])) of the customers"]
    if let contaminated = experiment["contaminated"]?.integer, contaminated > 0 {
        lines[0] += ", \(contaminated) seen in two arms and left out"
    }
    for arm in experiment["arms"]?.array ?? [] {
        let means = (arm["means"]?.members ?? []).map { String(format: "%@ %.4g", $0.name, $0.value.double ?? .nan) }
        lines.append(
            "  \(arm["id"]?.string ?? "") (\(percent(arm["share"])), offers \(arm["offers"]?.string ?? "")): "
                + "\(arm["customers"]?.integer ?? 0) customers"
                + (means.isEmpty ? "" : "; per customer \(means.joined(separator: ", "))"))
        if let stop = arm["stopped"] {
            lines.append(
                "    stopped \(stop["time"]?.string ?? "") by \(stop["actor"]?.string ?? ""): "
                    + "\(stop["reason"]?.string ?? "")")
        }
    }
    for guardrail in experiment["guardrails"]?.array ?? [] {
        let change = guardrail["change"].map { "\(percent($0)) so far" } ?? "nothing to compare yet"
        let bound = guardrail["at_most"].map { ", at most \(percent($0))" } ?? ""
        lines.append(
            "  guardrail: \(guardrail["metric"]?.string ?? "") of \(guardrail["arm"]?.string ?? "") not below "
                + "\(percent(guardrail["not_below"])): \(change)\(bound)")
    }
    return lines
}

private func percent(_ share: JSON?) -> String {
    String(format: "%.4g %%", (share?.double ?? .nan) * 100)
}
