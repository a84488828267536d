import Synchronization
import WeirDecisioning
public import WeirDomain
import WeirLog
import WeirStorage

/// An experiment of the catalog as it stands.
public struct ExperimentStatus: Sendable {
    public enum State: String, Sendable {
        case planned, running, ended
    }

    public struct Arm: Sendable {
        public var arm: Experiment.Arm
        /// Exposed and in no other arm; in a switchback in each period anew.
        public var customers: Int
        public var stop: ArmStop?
        /// For each metric its mean per customer; nil while there is none.
        public var means: [Double?]
    }

    public var experiment: Experiment
    public var state: State
    /// What the arms' means are of.
    public var metrics: [ExperimentMetric]
    public var arms: [Arm]
    /// Customers who were seen in two arms and count in none.
    public var contaminated: Int
    public var guardrails: [GuardrailReading]
    /// For each metric how many of its amounts lay outside the range that the catalog declares.
    public var ranged: [RangeCount]
}

extension Engine {
    /// All experiments of the catalog, in its order.
    public var experimentStatuses: [ExperimentStatus] {
        let now = clock.now
        let shown = figures(of: ExperimentFollower.self)
        return shown.standings.map { standing in
            let experiment = standing.experiment
            let isPlanned = experiment.start.map { now < $0 } ?? false
            return ExperimentStatus(
                experiment: experiment,
                state: isPlanned ? .planned : experiment.isInForce(at: now) ? .running : .ended,
                metrics: standing.counters.map(\.metric),
                arms: experiment.arms.enumerated().map { index, arm in
                    let count = standing.exposed[index]
                    return ExperimentStatus.Arm(
                        arm: arm, customers: count,
                        stop: shown.stops.first { $0.experiment == experiment.id && $0.arm == arm.id },
                        means: standing.sums[index].map { count > 0 ? $0.sum / Double(count) : nil })
                }, contaminated: standing.contaminated, guardrails: standing.guardrailReadings,
                ranged: standing.ranged)
        }
    }

    /// Stops an arm for good: from now on it gets the control's treatment.
    ///
    /// - Parameter reason: Kept with the stop.
    /// - Throws: `EngineError.unknownExperiment` or `armStopRefused`; nothing has then changed.
    public func stop(
        _ arm: ArmID, of id: ExperimentID, actor: String, reason: String
    ) async throws(EngineError) -> ArmStop {
        guard let plan else { throw .noCatalog }
        guard let experiment = plan.experiment(id) else {
            throw .unknownExperiment(id.rawValue, known: plan.catalog.experiments.map(\.id.rawValue))
        }
        let arms = experiment.arms.map(\.id.rawValue)
        guard let index = arms.firstIndex(of: arm.rawValue) else {
            throw .armStopRefused(
                "arm: “\(id)” has no arm “\(arm)”. Its arms: \(arms.joined(separator: ", ")).")
        }
        guard index > 0 else {
            throw .armStopRefused(
                "arm: “\(arm)” is the control, which the others fall back to. End the experiment with “to” in the "
                    + "catalog instead.")
        }
        if published.withLock({ $0.stoppedArms.contains(StoppedArm(experiment: id, arm: arm)) }) {
            throw .armStopRefused("arm: “\(arm)” of “\(id)” is stopped already, for good. A new try needs a new id.")
        }
        let stop = ArmStop(experiment: id, arm: arm, time: clock.now, actor: actor, reason: reason)
        let result = await withCheckedContinuation { continuation in
            journal.append([.record(.armStop(stop))]) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
        return stop
    }
}

extension ExperimentTally {
    /// Takes in a record of the log, whose people are by now who `current` says.
    mutating func take(_ record: Record, current: (CustomerID) -> CustomerID) throws {
        switch record {
        case .decision(let stored) where DecisionRecord.mayHoldExperiments(stored.body):
            count(try DecisionRecord(decoding: stored.body), of: current(stored.customer))
        case .event(let event):
            if let customer = event.customer { count(event, of: current(customer)) }
        case .outcome(let outcome): count(outcome, of: current(outcome.customer))
        default: break
        }
    }
}

extension Recovery {
    /// The record of the first catalog that declared an experiment; nil where none in the log did.
    package func firstSequence(declaring id: ExperimentID) throws -> Int64? {
        var first: Int64?
        try store.forEachRecord(after: 0, kinds: [.catalog]) { entry in
            guard first == nil, case .catalog(let stored) = entry.record else { return }
            // Reading a whole catalog takes a while; most do not even name it.
            guard stored.files.contains(where: { $0.text.contains(id.rawValue) }) else { return }
            if try compile(stored).experiment(id) != nil { first = entry.sequence }
        }
        return first
    }
}
