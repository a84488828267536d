import WeirDecisioning
public import WeirDomain
import WeirMeasurement

/// All experiments of the catalog while they run: their tallies, the arms that were stopped, and the guardrails.
struct ExperimentMonitor: Sendable {
    private(set) var tallies: [ExperimentTally] = []
    /// In the order of the log.
    private(set) var stops: [ArmStop] = []
    /// What came in since guardrails were looked at.
    private var changes = 0
    private var lastCheck: Timestamp?

    init(stops: [ArmStop] = []) { self.stops = stops }

    // MARK: What happens

    mutating func note(_ record: DecisionRecord, of customer: CustomerID) {
        for index in tallies.indices where tallies[index].note(record, of: customer) { changes += 1 }
    }

    mutating func note(_ event: Event, of customer: CustomerID) {
        guard !tallies.isEmpty else { return }
        for index in tallies.indices { tallies[index].note(event, of: customer) }
        changes += 1
    }

    mutating func note(_ outcome: Outcome) {
        guard !tallies.isEmpty else { return }
        for index in tallies.indices { tallies[index].note(outcome, of: outcome.customer) }
        changes += 1
    }

    mutating func merge(_ old: CustomerID, into new: CustomerID) {
        for index in tallies.indices { tallies[index].merge(old, into: new) }
    }

    mutating func note(_ stop: ArmStop) { stops.append(stop) }

    /// Another catalog is in force. Experiments that count as before go on, others are counted anew.
    mutating func adopt(_ plan: CatalogPlan, counting: (Experiment) throws -> ExperimentTally) rethrows {
        let old = tallies
        tallies = try plan.catalog.experiments.map { experiment in
            let counters = ExperimentTally(experiment, plan: plan).counters
            let kept = old.first { $0.experiment == experiment && $0.counters == counters }
            return try kept ?? counting(experiment)
        }
    }

    mutating func replace(_ tallies: [ExperimentTally]) { self.tallies = tallies }

    // MARK: Guardrails

    /// Looks at all guardrails, at most once a minute or every thousand records.
    ///
    /// - Returns: The arms to stop, which the caller writes down and notes.
    mutating func breaches(at now: Timestamp) -> [ArmStop] {
        guard changes > 0 else { return [] }
        // A clock that jumped back must not put the look off for ever.
        let isDue = lastCheck.map { now.since($0) >= .second * 60 || now < $0 } ?? true
        guard isDue || changes >= 1_000 else { return [] }
        changes = 0
        lastCheck = now
        var found: [ArmStop] = []
        for tally in tallies where tally.experiment.isInForce(at: now) {
            for reading in tally.guardrailReadings where reading.isBreached {
                guard !isStopped(tally.experiment.id, reading.arm),
                    !found.contains(where: { stop in
                        stop.experiment == tally.experiment.id && stop.arm == reading.arm
                    })
                else { continue }
                found.append(
                    ArmStop(
                        experiment: tally.experiment.id, arm: reading.arm, time: now, actor: "guardrail",
                        reason: reading.words))
            }
        }
        return found
    }

    func isStopped(_ experiment: ExperimentID, _ arm: ArmID) -> Bool {
        stops.contains { $0.experiment == experiment && $0.arm == arm }
    }
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

    /// Whether the change is surely below what is put up with.
    public var isBreached: Bool { atMost.map { $0 < guardrail.notBelow } ?? false }

    /// Why the arm is stopped.
    var words: String {
        let change = change.map { "\(percent($0))" } ?? "?"
        let bound = atMost.map { "\(percent($0))" } ?? "?"
        return
            "“\(guardrail.metric)” is \(change) against the control (\(rounded(mean)) and \(rounded(controlMean)) per "
            + "customer, \(customers) and \(controlCustomers) customers), at most \(bound) however often one looks; not "
            + "below \(percent(guardrail.notBelow)) is put up with."
    }
}

extension ExperimentTally {
    /// Fewer customers in an arm bear no bound that rests on the central limit theorem.
    static let leastCustomers = 100
    /// How many experiments may stop a good arm, whatever the number of arms and guardrails.
    static let falseStops = 0.05

    /// Each guardrail for each arm but the control.
    ///
    /// With m = (1 + not_below) × the control's mean, the arm is surely worse where a confidence sequence of its mean − m
    /// lies below 0: that holds at every look (see `AlwaysValid`).
    var guardrailReadings: [GuardrailReading] {
        let pairs = Double(max(1, experiment.guardrails.count * (experiment.arms.count - 1)))
        let bound = AlwaysValid(confidence: 1 - Self.falseStops / pairs)
        return experiment.guardrails.flatMap { guardrail in
            let metric = counters.firstIndex { $0.metric == guardrail.metric }!
            let control = summary(metric, of: 0)
            return experiment.arms.indices.dropFirst().map { arm in
                let treatment = summary(metric, of: arm)
                var reading = GuardrailReading(
                    guardrail: guardrail, arm: experiment.arms[arm].id, mean: treatment.mean,
                    controlMean: control.mean, customers: treatment.count, controlCustomers: control.count)
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

    private func summary(_ metric: Int, of arm: Int) -> SampleSummary {
        let sums = sums[arm][metric]
        return SampleSummary(count: exposed[arm], sum: sums.sum, sumOfSquares: sums.sumOfSquares)
    }
}

private func percent(_ change: Double) -> String {
    let tenths = (change * 1_000).rounded() / 10
    return "\(tenths < 0 ? "−" : "+")\(abs(tenths)) %"
}

private func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }

extension ArmStop {
    var stopped: StoppedArm { StoppedArm(experiment: experiment, arm: arm) }
}
