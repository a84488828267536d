package import WeirReporting
import WeirStatistics

/// Analyses an experiment with a row per unit.
///
/// - Throws: `MeasurementError`, with all faults: an empty arm, fewer than two arms, columns of different length, a share
///   that is not 0 or 1, an unknown guardrail. What leaves the rest usable is a warning.
package func experimentResult(
    _ data: ExperimentData, settings: ExperimentSettings = ExperimentSettings()
) throws(MeasurementError) -> ExperimentResult {
    var warnings: [String] = []
    let faults = data.faults
    guard faults.isEmpty else { throw MeasurementError(faults) }
    let given = data
    var data = data
    data.metrics = data.metrics.map { $0.fillingCovariate(&warnings) }
    var units = data.byUnit(&warnings).byPeriod(&warnings)
    var cuts: [WinsorisedMetric] = []
    if let share = settings.winsorise { (units, cuts) = units.winsorised(share) }
    let rows = try ExperimentRows(units)
    let clusters = try units.clusters(rows.ofArm)
    var strata: (codes: [Int32], count: Int)?
    if let stratum = units.stratum {
        strata = stratum.usableStrata(rows.ofArm)
        if strata == nil {
            warnings.append(
                "“\(stratum.name)” has fewer than two levels with two units in each arm, so the arms were not weighted to one mix."
            )
        }
    }
    let samples = units.metrics.map {
        MetricSamples($0, rowsOfArm: rows.ofArm, strata: strata, clusters: units.cluster?.codes)
    }
    var result = try experimentResult(name: data.name, arms: data.arms, samples: samples, settings: settings)
    // Units are counted whether or not their outcome is known: the ratio is about the assignment.
    let counts = rows.ofArm.map(\.count)
    for index in counts.indices { result.arms[index].units = counts[index] }
    let assigned = clusters ?? counts
    result.clusters = clusters.map { (units.cluster?.name ?? "", $0) }
    result.plan = SharePlan(stated: data.arms.contains { $0.plannedShare != nil }, counts: assigned)
    result.sampleRatio = SampleRatioCheck(counts: assigned, shares: result.arms.map(\.plannedShare))
    result.understood = given.understood(as: units, rows.ofArm, clusters)
    result.cuts = cuts
    if clusters == nil {
        result.robust = units.metrics.flatMap { metric in
            data.arms.indices.dropFirst().compactMap {
                RobustReading(
                    metric, rows.ofArm[0], rows.ofArm[$0], arm: $0, names: data.arms.map(\.name), settings)
            }
        }
    }
    result.ownDoubts = rows.doubts + units.metrics.prefix(1).flatMap { $0.doubts(rows.ofArm, clusters: units.cluster) }
    result.isSwitchback = data.period != nil
    result.warnings = warnings + rows.warnings + result.warnings
    result.quantiles = try quantileComparisons(units, rows.ofArm, settings)
    result.segments = segmentReadings(units, rows.ofArm, settings, &result.warnings)
    result.timeline = timeline(units, rows.ofArm, settings)
    return result
}

/// Analyses an experiment of which each arm's sums are known.
///
/// - Parameter samples: The first metric is the one that decides; one summary per arm each.
package func experimentResult(
    name: String, arms: [ExperimentData.Arm], samples: [MetricSamples],
    settings: ExperimentSettings = ExperimentSettings()
) throws(MeasurementError) -> ExperimentResult {
    var faults = settings.faults(metrics: samples.map(\.name))
    if arms.count < 2 { faults.append("A test compares at least two arms; “\(name)” has \(arms.count).") }
    for metric in samples {
        guard metric.arms.count == arms.count else {
            faults.append("“\(metric.name)” has \(metric.arms.count) arms, but the test has \(arms.count).")
            continue
        }
        for (arm, sample) in zip(arms, metric.arms) where sample.count < 2 {
            faults.append(
                "Arm “\(arm.name)” has \(counted(sample.count, "unit", "units")) with \(metric.name); a range needs at least 2. Wait, or leave the arm out."
            )
        }
    }
    guard faults.isEmpty else { throw MeasurementError(faults) }
    let names = arms.map(\.name)
    let guarded = settings.guardrails.map(\.metric)
    var comparisons = samples.flatMap { metric in
        (1..<arms.count).map { MetricComparison(metric, arm: $0, names: names, settings: settings) }
    }
    // Guardrails have their own, one-sided, reading.
    let counted = comparisons.indices.filter { !guarded.contains(comparisons[$0].metric) }
    let adjusted = settings.correction.adjusted(counted.map { comparisons[$0].absolute.pValue })
    for (index, pValue) in zip(counted, adjusted) { comparisons[index].adjustedPValue = pValue }
    for index in comparisons.indices {
        // A range that holds 0 beside a p-value that denies it says that one of the two is wrong.
        comparisons[index].isSignificant =
            comparisons[index].adjustedPValue <= settings.alpha && comparisons[index].absolute.leavesZeroOut
    }
    let shares = arms.map { $0.plannedShare ?? 1 }
    let units = arms.indices.map { arm in samples.map { $0.arms[arm].count }.max() ?? 0 }
    let whole = shares.reduce(0, +)
    var result = ExperimentResult(
        name: name, settings: settings,
        arms: arms.indices.map { .init(name: names[$0], units: units[$0], plannedShare: shares[$0] / whole) },
        sampleRatio: SampleRatioCheck(counts: units, shares: shares), comparisons: comparisons,
        guardrails: settings.guardrails.flatMap { guardrail in
            samples.filter { $0.name == guardrail.metric }.flatMap { metric in
                (1..<arms.count).map { GuardrailReading(guardrail, metric, arm: $0, name: names[$0], settings) }
            }
        })
    result.plan = SharePlan(stated: arms.contains { $0.plannedShare != nil }, counts: units)
    return result
}

extension ExperimentSettings {
    func faults(metrics: [String]) -> [String] {
        var faults: [String] = []
        let known = metrics.map { "“\($0)”" }.joined(separator: ", ")
        for name in guardrails.map(\.metric) + quantiles.map(\.metric) where !metrics.contains(name) {
            faults.append("There is no metric “\(name)”. Known: \(known).")
        }
        if !(confidence > 0.5 && confidence < 1) {
            faults.append("The confidence is \(confidence); it lies in 0.5 < c < 1.")
        }
        if let share = winsorise, !(share > 0.5 && share < 1) {
            faults.append("The quantile kept is \(share); it lies in 0.5 < share < 1, such as 0.99.")
        }
        if !(power > 0 && power < 1) { faults.append("The power is \(power); it lies in 0 < p < 1.") }
        for guardrail in guardrails where !(guardrail.margin >= 0 && guardrail.margin.isFinite) {
            faults.append("The guardrail of \(guardrail.metric) tolerates \(guardrail.margin); a margin is at least 0.")
        }
        for quantile in quantiles where !(quantile.share > 0 && quantile.share < 1) {
            faults.append("The quantile \(quantile.share) of \(quantile.metric) does not exist; it lies in 0 < q < 1.")
        }
        if case .alwaysValid(let tuning) = reading, !(tuning > 0) {
            faults.append("The range is to be tightest at \(tuning) units; that is above 0.")
        }
        if case .groupSequential(let design, let look) = reading {
            if !(1...design.looks.count).contains(look) {
                faults.append("Look \(look) is not planned; the looks are 1 to \(design.looks.count).")
            }
            if design.isTwoSided != (side == .both) {
                faults.append(
                    "The planned looks are \(design.isTwoSided ? "two" : "one")-sided, the reading is not. Make them alike."
                )
            }
        }
        return faults
    }
}

extension GuardrailReading {
    init(
        _ guardrail: ExperimentSettings.Guardrail, _ samples: MetricSamples, arm: Int, name: String,
        _ settings: ExperimentSettings
    ) {
        var tuning = 5_000.0
        if case .alwaysValid(let chosen) = settings.reading { tuning = chosen }
        // Each end alone holds with the confidence asked for.
        let sequence = AlwaysValid(tuning: tuning, confidence: max(0.01, 2 * settings.confidence - 1))
        let pair = samples.adjusted[arm - 1]
        let control = pair?.control ?? samples.arms[0]
        let hasBase =
            control.plainMean != 0 && control.plainMean.isFinite
            && effectVariance(control, samples.arms[arm], isRelative: false) > 0
        let effect =
            hasBase
            ? sequence.effect(control, pair?.treatment ?? samples.arms[arm], isRelative: true)
            : Effect(
                value: .nan, standardError: .nan, degreesOfFreedom: .infinity, lower: -.infinity, upper: .infinity,
                pValue: 1)
        // A negative mean turns the direction round.
        let isFallBad = samples.isLowerBetter == (control.plainMean < 0)
        let leastHarm = isFallBad ? -effect.upper : effect.lower
        let mostHarm = isFallBad ? -effect.lower : effect.upper
        self.init(
            metric: guardrail.metric, arm: name, margin: guardrail.margin, effect: effect,
            isLowerBetter: samples.isLowerBetter,
            verdict: leastHarm > guardrail.margin ? .stop : mostHarm <= guardrail.margin ? .holds : .undecided)
    }
}
