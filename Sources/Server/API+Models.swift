import HTTPTypes
import Hummingbird
import NIOCore
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirStorage

extension API {
    func models(_ call: Call) async throws -> Response {
        let goals = engine.modelReports
        return .json(reserving: 4_096) { $0.member("goals", .array(goals.map(\.json))) }
    }

    func model(_ call: Call) async throws -> Response {
        .bytes(try engine.modelJSON(ModelID(call.argument)).bytes, "application/json")
    }

    /// Registers the posted file, as `weir train --output` wrote it, as a candidate.
    func registerModel(_ call: Call) async throws -> Response {
        guard let goal = call.parameter("goal"), !goal.isEmpty else {
            throw Problem(
                .badRequest, "invalid_request", "goal: missing. Send it behind the path, such as ?goal=purchase.")
        }
        let file = Array(call.body.readableBytesView)
        let model = try await engine.register(file, for: GoalID(goal), as: call.parameter("name").map { ModelID($0) })
        try doors.log.record(call, "model-registered", model.id.rawValue, "for \(model.goal)")
        return .json(.created) { writer in
            writer.member("id", model.id.rawValue)
            writer.member("goal", model.goal.rawValue)
            writer.member("stage", ModelStage.candidate.rawValue)
        }
    }

    /// Brings a model to another stage; to the champion's only through its gates, or by force with a reason.
    func changeStage(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let model = fields.requiredText("model", "Name it as GET /v1/models lists it.")
        let stage: ModelStage?
        if let text = fields.requiredText("stage", "Send \"shadow\", \"champion\" or \"retired\".") {
            stage = ModelStage(rawValue: text)
            if stage == nil {
                fields.fault("stage", "“\(text)” is no stage. Send \"shadow\", \"champion\" or \"retired\".")
            }
        } else {
            stage = nil
        }
        let reason = fields.text("reason")
        let isForced = try call.flag("force", default: false)
        if isForced, reason?.isEmpty ?? true {
            fields.fault("reason", "missing. Say why its gates do not count; the log keeps it.")
        }
        try fields.check()
        let id = ModelID(model!)
        try await engine.setStage(
            of: id, to: stage!, actor: call.caller.name, reason: reason ?? "by hand",
            gates: stage == .champion ? try engine.gates(of: id) : [], isForced: isForced)
        try doors.log.record(call, "model-stage", id.rawValue, stage!.rawValue + (isForced ? ", forced" : ""))
        return .bytes(try engine.modelJSON(id).bytes, "application/json")
    }

    /// Takes a goal's champion out of use at once.
    func rollBackModel(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let goal = fields.requiredText("goal", "Name the goal whose champion shall go.")
        let reason = fields.text("reason")
        try fields.check()
        let changes = try await engine.rollBack(
            GoalID(goal!), actor: call.caller.name, reason: reason ?? "by hand")
        try doors.log.record(call, "model-rolled-back", goal!)
        return .json(reserving: 512) { $0.member("changes", .array(changes.map(\.json))) }
    }

    /// What is known of a goal's decisions, as CSV to train on.
    func dataset(_ call: Call) async throws -> Response {
        var text = ""
        try TrainingTable(store: engine.store, goal: GoalID(call.argument)).write { text += $0 }
        return .bytes(Array(text.utf8), "text/csv; charset=utf-8")
    }
}
