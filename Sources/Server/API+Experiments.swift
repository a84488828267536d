import Hummingbird
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

extension API {
    /// The catalog's experiments as they stand.
    func experiments(_ call: Call) async throws -> Response {
        let experiments = engine.experimentStatuses
        return .json(reserving: 4_096) { $0.member("experiments", .array(experiments.map(\.json))) }
    }

    /// Stops an arm, which gets the control's treatment from now on.
    func stopArm(_ call: Call) async throws -> Response {
        var fields = FieldReader(try call.json())
        let experiment = fields.requiredText("experiment", "Name it as GET /v1/experiments lists it.")
        let arm = fields.requiredText("arm", "Name the arm to stop; not the first one, which is the control.")
        let reason = fields.text("reason")
        try fields.check()
        let stop = try await engine.stop(
            ArmID(arm!), of: ExperimentID(experiment!), actor: call.caller.name,
            reason: reason ?? "by hand")
        try doors.log.record(call, "arm-stopped", experiment!, arm!)
        return .bytes(stop.json.bytes, "application/json")
    }
}
