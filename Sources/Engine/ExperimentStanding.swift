public import WeirDomain
import WeirExperiments

/// The sums of one experiment, as far as it has come: all that is shown of it while it runs.
struct ExperimentStanding: Sendable {
    let experiment: Experiment
    /// Those compared, then those only guarded.
    let counters: [MetricCounter]
    /// For each arm how many rows count.
    let exposed: [Int]
    let contaminated: Int
    /// By arm, then metric.
    let sums: [[ExperimentTally.Sums]]
    /// By arm, then metric; nil for shares.
    let sizes: [[TotalSizes?]]
    /// By metric.
    let ranged: [RangeCount]
}

extension ExperimentTally {
    var standing: ExperimentStanding {
        ExperimentStanding(
            experiment: experiment, counters: counters, exposed: exposed, contaminated: contaminated, sums: sums,
            sizes: sizes, ranged: ranged)
    }

    var guardrailReadings: [GuardrailReading] { standing.guardrailReadings }
}

/// Where an arm stands against a guardrail.
public struct GuardrailReading: Sendable, Equatable {
    public var guardrail: Experiment.Guardrail
    public var arm: ArmID
    /// Of the arm and of the control.
    public var mean: Double
    public var controlMean: Double
    public var customers: Int
    public var controlCustomers: Int
    /// The arm's change against the control; nil where the control's mean is not above 0.
    public var change: Double?
    /// What the change is at most, whenever one looks; nil where it cannot be said yet.
    public var atMost: Double?
    /// Customers whose total lay so far from the others' that it counts as `cutAt` here: of the arm and the control.
    public var cut = 0
    /// Nil where none is cut.
    public var cutAt: Double?

    /// Whether the change is surely below what is put up with.
    public var isBreached: Bool { atMost.map { $0 < guardrail.notBelow } ?? false }

    /// Why the arm is stopped.
    var words: String {
        let change = change.map { "\(percent($0))" } ?? "?"
        let bound = atMost.map { "\(percent($0))" } ?? "?"
        let outliers = cutAt.map { "; \(cut) of their totals lie far from the others and count as \(rounded($0)) here" }
        return
            "“\(guardrail.metric)” is \(change) against the control (\(rounded(mean)) and \(rounded(controlMean)) per "
            + "customer, \(customers) and \(controlCustomers) customers\(outliers ?? "")), at most \(bound) however often one looks; not "
            + "below \(percent(guardrail.notBelow)) is put up with."
    }
}

extension ExperimentStanding {
    /// Fewer customers in an arm bear no bound that rests on the central limit theorem.
    static let leastCustomers = 100
    /// How many experiments may stop a good arm, whatever the number of arms and guardrails.
    static let falseStops = 0.05

    /// Each guardrail for each arm but the control.
    ///
    /// With m = (1 + not_below) × the control's mean, the arm is surely worse where a confidence sequence of its mean − m
    /// lies below 0: that holds at every look (see `AlwaysValid`).
    ///
    /// Totals that lie far from all others are cut in every arm (see `OutlierFence`): else a single one, told by mistake or
    /// on purpose, would widen the sequence so far that no harm could ever be sure, or turn a mean round.
    var guardrailReadings: [GuardrailReading] {
        let pairs = Double(max(1, experiment.guardrails.count * (experiment.arms.count - 1)))
        let bound = AlwaysValid(confidence: 1 - Self.falseStops / pairs)
        return experiment.guardrails.flatMap { guardrail in
            let metric = counters.firstIndex { $0.metric == guardrail.metric }!
            let fence = TotalSizes.bound(of: sizes.compactMap { $0[metric] })
            let (control, controlCut) = summary(metric, of: 0, cutAt: fence)
            return experiment.arms.indices.dropFirst().map { arm in
                let (treatment, cut) = summary(metric, of: arm, cutAt: fence)
                var reading = GuardrailReading(
                    guardrail: guardrail, arm: experiment.arms[arm].id, mean: treatment.mean,
                    controlMean: control.mean, customers: treatment.count, controlCustomers: control.count)
                if controlCut + cut > 0 { (reading.cut, reading.cutAt) = (controlCut + cut, fence) }
                guard control.mean > 0 else { return reading }
                reading.change = treatment.mean / control.mean - 1
                guard min(treatment.count, control.count) >= Self.leastCustomers else { return reading }
                let scale = 1 + guardrail.notBelow
                let least = SampleSummary(
                    count: control.count, mean: control.mean * scale, variance: control.variance * scale * scale)
                let effect = bound.effect(least, treatment, side: .less)
                reading.atMost = guardrail.notBelow + effect.upper / control.mean
                return reading
            }
        }
    }

    /// - Returns: With how many totals were cut; where there are none, the sums are those of the tally to the last bit.
    private func summary(_ metric: Int, of arm: Int, cutAt fence: Double?) -> (SampleSummary, cut: Int) {
        if let fence, let cut = sizes[arm][metric]?.cut(at: fence), cut.count > 0 {
            return (SampleSummary(count: exposed[arm], sum: cut.sum, sumOfSquares: cut.sumOfSquares), cut.count)
        }
        let sums = sums[arm][metric]
        return (SampleSummary(count: exposed[arm], sum: sums.sum, sumOfSquares: sums.sumOfSquares), 0)
    }
}

private func percent(_ change: Double) -> String {
    let tenths = (change * 1_000).rounded() / 10
    return "\(tenths < 0 ? "−" : "+")\(abs(tenths)) %"
}

private func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
