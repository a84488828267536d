package import WeirReporting

/// What a test needs before it starts.
package struct TestPlan: Sendable, Equatable {
    package enum Metric: Sendable, Equatable {
        /// The control's share, in 0 < share < 1.
        case share(Double)
        /// The control's mean and the standard deviation between units, > 0.
        case amount(mean: Double, deviation: Double)
    }

    package var metric: Metric
    /// Relative to the control; not 0.
    package var effect: Double
    /// In 0 < power < 1.
    package var power = 0.8
    package var alpha = 0.05
    package var isTwoSided = true
    /// With the control; at least 2. Each is compared with the control at alpha ÷ (arms − 1).
    package var arms = 2
    /// Of all units, that goes to the control; nil: the same for each arm.
    package var controlShare: Double?
    /// Units that arrive per day and take part; nil: days are not said.
    package var unitsPerDay: Double?
    /// Share of the variance that a value from before the test takes away (CUPED), in 0 ≤ share < 1.
    package var varianceReduction = 0.0

    /// More than there are people, sessions or orders anywhere.
    static let mostUnits = 1e15

    package init(metric: Metric, effect: Double) {
        self.metric = metric
        self.effect = effect
    }

    /// - Throws: `MeasurementError` with all that cannot be planned for.
    func check() throws(MeasurementError) {
        var faults: [String] = []
        switch metric {
        case .share(let share):
            if !(share > 0 && share < 1) { faults.append("The baseline share is \(share); it lies in 0 < share < 1.") }
            let treated = share * (1 + effect)
            if !(treated > 0 && treated < 1) {
                faults.append(
                    "With an effect of \(effect) the treated share would be \(treated); it lies in 0 < share < 1.")
            }
        case .amount(let mean, let deviation):
            if !(mean != 0 && mean.isFinite) {
                faults.append("The baseline is \(mean); a relative effect needs one other than 0.")
            }
            if !(deviation > 0 && deviation.isFinite) {
                faults.append("The standard deviation is \(deviation); it is above 0.")
            }
        }
        if !(effect != 0 && effect.isFinite) { faults.append("The effect is \(effect); name one other than 0.") }
        if !(power > 0 && power < 1) { faults.append("The power is \(power); it lies in 0 < p < 1.") }
        // With less the search for a size takes minutes, and no test has such a size.
        if !(alpha >= 1e-4 && alpha < 0.5) {
            faults.append("The error allowed is \(alpha); it lies in 0.0001 ≤ alpha < 0.5.")
        }
        if arms < 2 { faults.append("A test has at least 2 arms, not \(arms).") }
        if let share = controlShare, !(share >= 1e-6 && share <= 1 - 1e-6) {
            faults.append("The control's share is \(share); it lies in 0.000001 ≤ share ≤ 0.999999.")
        }
        if let daily = unitsPerDay, !(daily > 0) { faults.append("\(daily) units a day take part; that is above 0.") }
        if !(varianceReduction >= 0 && varianceReduction < 1) {
            faults.append("The variance taken away is \(varianceReduction); it lies in 0 ≤ share < 1.")
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
    }

    /// How many units the control and each treatment arm need.
    ///
    /// Shares by Cohen's h and the z test, amounts by Student's t test.
    package func units(effect: Double? = nil) throws(MeasurementError) -> (control: Double, perTreatment: Double) {
        var plan = self
        plan.effect = effect ?? self.effect
        try plan.check()
        return plan.checkedUnits
    }

    private var share: Double { controlShare ?? 1 / Double(arms) }

    private var checkedUnits: (control: Double, perTreatment: Double) {
        let ratio = (1 - share) / Double(arms - 1) / share
        let analysis = PowerAnalysis(alpha: alpha / Double(arms - 1), isTwoSided: isTwoSided, ratio: ratio)
        // The variance scales the units; the direction does not matter.
        let control: Double
        switch metric {
        case .share(let share):
            control =
                analysis.unitsForShares(effect: abs(cohenH(share, share * (1 + effect))), power: power)
                * (1 - varianceReduction)
        case .amount(let mean, let deviation):
            let left = deviation * (1 - varianceReduction).squareRoot()
            control = analysis.unitsForMeans(effect: abs(effect * mean) / left, power: power)
        }
        return (control, control * ratio)
    }
}

/// What a test needs, in words, figures and a table over effects.
///
/// - Throws: `MeasurementError` with all that cannot be planned for.
package func planReport(_ plan: TestPlan) throws(MeasurementError) -> Report {
    let needed = try plan.units()
    let (control, treatment) = (needed.control.rounded(.up), needed.perTreatment.rounded(.up))
    let whole = control + treatment * Double(plan.arms - 1)
    guard whole <= TestPlan.mostUnits else {
        throw MeasurementError(
            "The test would need more than 10¹⁵ units: an effect of \(plan.effect) is too small beside what units differ by. "
                + "Look for a larger effect, or a metric with less noise.")
    }
    let days = plan.unitsPerDay.map { (whole / $0).rounded(.up) }
    if let days, days > 36_525 {
        throw MeasurementError(
            "With \(plan.unitsPerDay!) units a day the test would take longer than a century. Look for a larger effect, or let "
                + "more units take part.")
    }
    let (percent, count) = (Quantity.Unit.percent, Quantity.Unit.count)
    let sizes =
        control == treatment
        ? "\(count.text(control)) units per arm"
        : "\(count.text(control)) units in the control and \(count.text(treatment)) in each other arm"
    var conclusion = [
        "To find an effect of \(percent.text(plan.effect)) with a chance of \(percent.text(plan.power)), give the test \(sizes), \(count.text(whole)) in all."
    ]
    var warnings: [String] = []
    if let days {
        let weeks = (days / 7).rounded(.up)
        conclusion.append(
            "At \(count.text(plan.unitsPerDay!)) units a day that is \(counted(Int(days), "day", "days")); run \(counted(Int(weeks), "whole week", "whole weeks")), so that each weekday counts alike, and read the result then."
        )
        if weeks > 8 {
            warnings.append(
                "A test of \(Int(weeks)) weeks outlives cookies and seasons. Look for a larger effect, a metric with less noise, or a value from before the test (CUPED)."
            )
        }
    }
    var figures: [Report.Figure] = [
        .init("units", "Units in all", Quantity(whole, .count)),
        .init("control_units", "Units in the control", Quantity(control, .count)),
        .init("arm_units", "Units in each other arm", Quantity(treatment, .count)),
    ]
    if let days { figures.append(.init("days", "Days", Quantity(days, .days))) }
    return Report(
        kind: "plan", title: "Plan of a test", conclusion: conclusion, figures: figures, warnings: warnings,
        sections: [try effectSection(plan)],
        assumptions: [
            "Errors: \(percent.text(plan.alpha)) \(plan.isTwoSided ? "two" : "one")-sided\(plan.arms > 2 ? ", shared among \(plan.arms - 1) comparisons" : "").",
            "The baseline holds during the test, and no unit is counted twice.",
            "The result is read once, at the end; ranges that may be read at any time are at their tightest about 1.5 times as wide.",
        ])
}

/// What other effects would need.
private func effectSection(_ plan: TestPlan) throws(MeasurementError) -> Report.Section {
    var rows: [[ReportTable.Cell]] = []
    var (effects, wholes): ([Double], [Double]) = ([], [])
    for factor in [0.5, 0.75, 1, 1.5, 2, 3] {
        guard let needed = try? plan.units(effect: plan.effect * factor) else { continue }
        let whole = needed.control.rounded(.up) + needed.perTreatment.rounded(.up) * Double(plan.arms - 1)
        effects.append(abs(plan.effect * factor) * 100)
        wholes.append(whole)
        rows.append([
            .number(plan.effect * factor, .percent), .number(needed.control.rounded(.up), .count),
            .number(whole, .count),
            .number(plan.unitsPerDay.map { (whole / $0).rounded(.up) }, .days),
        ])
    }
    return Report.Section(
        "Other effects", text: ["Half the effect needs four times the units."],
        charts: [
            Chart(
                name: "units-by-effect", title: "Units in all by the effect to be found",
                summary: "The smaller the effect, the more units: with its square.",
                .lines(
                    .init(
                        series: [.init("Units", x: effects, y: wholes)], horizontal: .number(label: "Effect in %"),
                        unit: .count)))
        ],
        tables: [
            ReportTable(
                name: "effects",
                columns: [
                    .init("effect", "Effect"), .init("control_units", "Units in the control"),
                    .init("units", "Units in all"),
                    .init("days", "Days"),
                ], rows: rows)
        ])
}
