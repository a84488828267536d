import ArgumentParser
import Foundation
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirServer

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Registers trained models, watches them as shadows, and lets them decide.",
        discussion: """
            A model goes from candidate to shadow to champion; only its gates, or a forced step with a reason, let it decide.

            Examples:
              weir dataset --goal redemption --output redemption.csv
              weir train --input redemption.csv --target label --time time --output model.json
              weir models register model.json --goal redemption
              weir models shadow spring-2
              weir models show spring-2
              weir models promote spring-2
              weir models rollback --goal redemption --reason "complaints"
            """,
        subcommands: [List.self, Register.self, Show.self, Shadow.self, Promote.self, Retire.self, Rollback.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All goals with their models.")
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let goals: JSON
            if let client = server.client {
                goals = try await client.send("GET", "/v1/models")["goals"] ?? .array([])
            } else {
                goals = try await withLocalEngine(store) { .array($0.modelReports.map(\.json)) }
            }
            try result.give(Self.answer(goals.array ?? []))
        }

        static func answer(_ goals: [JSON]) -> Answer {
            let lines = goals.flatMap { goal in
                [
                    "\(goal["goal"]?.string ?? ""): “\(goal["deciding"]?.string ?? "")” decides; the built-in model has "
                        + "\(goal["lessons"]?.integer ?? 0) lessons"
                ] + (goal["models"]?.array ?? []).map { "  " + modelLine($0) }
            }
            let rows = goals.flatMap { goal in
                (goal["models"]?.array ?? []).map { model -> [ReportTable.Cell] in
                    let texts = ["id", "stage", "learner"].map { ReportTable.Cell.text(model[$0]?.string ?? "") }
                    let live = ["outcomes", "log_loss", "log_loss_built_in"].map {
                        ReportTable.Cell.number(model["live"]?[$0]?.double)
                    }
                    return [.text(goal["goal"]?.string ?? "")] + texts + live
                }
            }
            let columns = ["goal", "model", "stage", "learner", "outcomes", "log_loss", "log_loss_built_in"]
            return Answer(
                goals.isEmpty ? ["No catalog has been applied yet, so there is no goal."] : lines,
                json: ["goals": .array(goals)],
                tables: [ReportTable(name: "models", columns: columns.map { .init($0, $0) }, rows: rows)])
        }
    }

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Registers a trained model as a candidate.")
        @Argument(help: "A file that `weir train --output` wrote.") var file: String
        @Option(help: "The goal whose outcomes it predicts.") var goal: String
        @Option(help: "Its name; else the one in the file.") var name: String?
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFault(
                    .noInput, "“\(file)” cannot be read. Name a file that `weir train --output FILE` wrote.")
            }
            if let client = server.client {
                var path = "/v1/models?goal=\(pathPart(goal))"
                if let name { path += "&name=\(pathPart(name))" }
                let body = try JSON(parsing: Array(data))
                let answer = try await client.send("POST", path, body)
                return try give(answer["id"]?.string ?? "")
            }
            let (goal, name) = (goal, name)
            try await withLocalEngine(store) { engine in
                let model = try await reportingRefusals {
                    try await engine.register(Array(data), for: GoalID(goal), as: name.map { ModelID($0) })
                }
                try logOffline("model-registered", model.id.rawValue, "for \(goal)", in: engine.store)
                try give("\(model.id)")
            }
        }

        private func give(_ id: String) throws {
            try result.give(
                Answer(
                    ["Registered “\(id)” as a candidate for “\(goal)”."],
                    json: ["id": .string(id), "goal": .string(goal), "stage": "candidate"]))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A model with its gates, history, drift and card.")
        @Argument(help: "Its name.") var model: String
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let found: JSON
            if let client = server.client {
                found = try await client.send("GET", "/v1/models/\(pathPart(model))")
            } else {
                let model = model
                found = try await withLocalEngine(store) { engine in
                    try await reportingRefusals { try engine.modelJSON(ModelID(model)) }
                }
            }
            try result.give(Self.answer(found))
        }

        static func answer(_ model: JSON) -> Answer {
            var lines = [modelLine(model)]
            let gates = model["gates"]?.array ?? []
            for gate in gates {
                let verdict = gate["verdict"]?.string ?? ""
                let mark = verdict == "passed" ? "✓" : verdict == "failed" ? "✗" : "·"
                lines.append("  \(mark) \(gate["name"]?.string ?? ""): \(gate["measured"]?.string ?? "")")
                if verdict != "passed" {
                    lines.append("      asked: \(gate["threshold"]?.string ?? ""). \(gate["remedy"]?.string ?? "")")
                }
            }
            let history = model["history"]?.array ?? []
            lines += history.map { change in
                "  \(change["time"]?.string ?? "") \(change["stage"]?.string ?? "") by \(change["actor"]?.string ?? ""): "
                    + "\(change["reason"]?.string ?? "")"
            }
            return Answer(
                lines, json: model,
                tables: [
                    ReportTable(
                        name: "gates", columns: ["name", "verdict", "measured", "threshold"].map { .init($0, $0) },
                        of: gates),
                    ReportTable(
                        name: "history", columns: ["time", "stage", "actor", "reason"].map { .init($0, $0) },
                        of: history),
                ])
        }
    }

    struct Shadow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a candidate score what happens, without deciding; takes a champion back to that.")
        @OptionGroup var step: StageOptions
        func run() async throws { try await step.move(to: .shadow) }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets a shadow decide, if it passes its gates.")
        @OptionGroup var step: StageOptions
        @Flag(help: "Past gates that it has not passed; needs --reason.") var force = false
        func run() async throws { try await step.move(to: .champion, isForced: force) }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a model out of use for good.")
        @OptionGroup var step: StageOptions
        func run() async throws { try await step.move(to: .retired) }
    }

    struct Rollback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Takes a goal's champion out at once; who was champion before decides again, or the built-in model.")
        @Option(help: "The goal.") var goal: String
        @Option(help: "Why; the log keeps it.") var reason = "by hand"
        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let changes: [JSON]
            if let client = server.client {
                let body: JSON = ["goal": .string(goal), "reason": .string(reason)]
                changes = try await client.send("POST", "/v1/models/rollback", body)["changes"]?.array ?? []
            } else {
                let (goal, reason) = (goal, reason)
                changes = try await withLocalEngine(store) { engine in
                    let changes = try await reportingRefusals {
                        try await engine.rollBack(GoalID(goal), actor: "command line", reason: reason).map(\.json)
                    }
                    try logOffline("model-rolled-back", goal, in: engine.store)
                    return changes
                }
            }
            let lines = changes.map { "“\($0["model"]?.string ?? "")” is now \($0["stage"]?.string ?? "")." }
            try result.give(
                Answer(
                    lines + (changes.count == 1 ? ["The built-in model decides."] : []),
                    json: ["changes": .array(changes)],
                    tables: [
                        ReportTable(
                            name: "changes", columns: ["model", "stage", "actor", "reason"].map { .init($0, $0) },
                            of: changes)
                    ]))
        }
    }
}

/// Which model shall go a step, and why.
struct StageOptions: ParsableArguments {
    @Argument(help: "The model's name.") var model: String
    @Option(help: "Why; the log keeps it.") var reason: String?
    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func move(to stage: ModelStage, isForced: Bool = false) async throws {
        if isForced, reason?.isEmpty ?? true {
            throw ValidationError("--reason: missing. Say why its gates do not count; the log keeps it.")
        }
        if let client = server.client {
            var body: [JSON.Member] = [.init("model", .string(model)), .init("stage", .string(stage.rawValue))]
            if let reason { body.append(.init("reason", .string(reason))) }
            _ = try await client.send("POST", "/v1/models/stage\(isForced ? "?force=true" : "")", .object(body))
        } else {
            let (id, reason) = (ModelID(model), reason ?? "by hand")
            try await withLocalEngine(store) { engine in
                try await reportingRefusals {
                    try await engine.setStage(
                        of: id, to: stage, actor: "command line", reason: reason,
                        gates: stage == .champion ? try engine.gates(of: id) : [], isForced: isForced)
                }
                try logOffline(
                    "model-stage", id.rawValue, stage.rawValue + (isForced ? ", forced" : ""), in: engine.store)
            }
        }
        try result.give(
            Answer(
                ["“\(model)” is now \(stage.rawValue)."],
                json: ["model": .string(model), "stage": .string(stage.rawValue)]))
    }
}

/// The decisions of a goal whose outcome is known, as CSV.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset", abstract: "Writes what is known of a goal's decisions as CSV to train on.",
        discussion: """
            One row per decision whose outcome is known, with the features that the decision saw. Works beside a server.

            Example:
              weir dataset --goal redemption --store weir.db --output redemption.csv
            """)

    @Option(help: "The goal.") var goal: String
    @Option(help: "The file to write; without it the rows go to standard output.") var output: String?
    @OptionGroup var result: ResultOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard output != nil || result.chosen != .json else {
            throw ValidationError("The rows are CSV. With --output FILE they go there, and --json says how many.")
        }
    }

    func run() throws {
        let table = TrainingTable(store: try store.openForReading(), goal: GoalID(goal))
        guard let output else {
            var buffer = ""
            _ = try table.write { line in
                buffer += line
                guard buffer.utf8.count > 1 << 16 else { return }
                try StandardOutput.write(buffer)
                buffer = ""
            }
            return try StandardOutput.write(buffer)
        }
        let file = try ResultFile(output)
        var buffer: [UInt8] = []
        let (rows, leftOut) = try table.write { line in
            buffer.append(contentsOf: line.utf8)
            guard buffer.count > 1 << 20 else { return }
            try file.append(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        try file.append(buffer)
        try file.finish()
        try result.give(
            Answer(
                ["\(rows) rows in \(output)" + (leftOut > 0 ? "; \(leftOut) decisions saw other features." : ".")],
                json: [
                    "file": .string(output), "rows": .integer(Int64(rows)), "left_out": .integer(Int64(leftOut)),
                ]))
    }
}

private func modelLine(_ model: JSON) -> String {
    var line = "\(model["id"]?.string ?? ""): \(model["stage"]?.string ?? ""), \(model["learner"]?.string ?? "")"
    if let why = model["set_aside"]?.string { line += "; set aside: \(why)" }
    if let live = model["live"], let outcomes = live["outcomes"]?.integer {
        line += "; \(outcomes) live outcomes"
        if let loss = live["log_loss"]?.double, let builtIn = live["log_loss_built_in"]?.double {
            line += String(format: ", log loss %.4f (built-in %.4f)", loss, builtIn)
        }
    }
    return line
}

private func pathPart(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
}

/// Says a refusal as it is, without the usage that other errors come with.
func reportingRefusals<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as EngineError { throw CommandFault(.refused, error.description) }
}
