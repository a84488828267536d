package import WeirMeasuring
package import WeirReporting

/// How many units and days a test needs; reads no file.
package struct PlanRequest: MeasurementRequest {
    package static let kind = "plan"

    /// The control's share, or its mean; must be given.
    package var baseline: RelativeShare?
    /// Of an amount: the standard deviation between units.
    package var deviation: Double?
    /// The relative effect to be found; must be given.
    package var effect: RelativeShare?
    package var power = 0.8
    package var alpha = 0.05
    package var oneSided = false
    /// With the control.
    package var arms = 2
    package var controlShare: RelativeShare?
    /// Units that take part per day.
    package var daily: Double?
    package var varianceReduction: RelativeShare?

    package init() {}

    package func check() throws {
        try refuse([
            deviation == nil ? nil : baseline.flatMap { limitFault("--baseline", $0.value, -1e12...1e12) },
            effect.flatMap { limitFault("--effect", abs($0.value), 1e-6...1_000) },
            deviation.flatMap { limitFault("--deviation", $0, 1e-9...1e12) }, limitFault("--arms", arms, 2...100),
            daily.flatMap { limitFault("--daily", $0, 0.01...1e12, "units") },
        ])
    }

    package func report() throws -> Report {
        guard let baseline, let effect else {
            throw MeasurementError("Give --baseline, such as 0.05, and --effect, such as 10%.")
        }
        var plan = TestPlan(
            metric: deviation.map { .amount(mean: baseline.value, deviation: $0) } ?? .share(baseline.value),
            effect: effect.value)
        plan.power = power
        plan.alpha = alpha
        plan.isTwoSided = !oneSided
        plan.arms = arms
        plan.controlShare = controlShare?.value
        plan.unitsPerDay = daily
        plan.varianceReduction = varianceReduction?.value ?? 0
        return try planReport(plan)
    }
}
