import WeirDecisioning
import WeirDomain

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

    mutating func count(_ record: DecisionRecord, of customer: CustomerID) {
        for index in tallies.indices where tallies[index].count(record, of: customer) { changes += 1 }
    }

    mutating func count(_ event: Event, of customer: CustomerID) {
        guard !tallies.isEmpty else { return }
        for index in tallies.indices { tallies[index].count(event, of: customer) }
        changes += 1
    }

    mutating func count(_ outcome: Outcome) {
        guard !tallies.isEmpty else { return }
        for index in tallies.indices { tallies[index].count(outcome, of: outcome.customer) }
        changes += 1
    }

    mutating func merge(_ old: CustomerID, into new: CustomerID) {
        for index in tallies.indices { tallies[index].merge(old, into: new) }
    }

    mutating func stopped(_ stop: ArmStop) { stops.append(stop) }

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

extension ArmStop {
    var stopped: StoppedArm { StoppedArm(experiment: experiment, arm: arm) }
}
