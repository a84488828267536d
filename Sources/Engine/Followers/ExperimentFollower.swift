import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Counts the catalog's experiments while they run, and stops arms that breach a guardrail.
struct ExperimentFollower: Follower {
    struct Figures: Sendable {
        /// In the catalog's order.
        var standings: [ExperimentStanding] = []
        /// In the order of the log.
        var stops: [ArmStop] = []
    }

    static let follows: [RecordKind] = [.event, .decision, .outcome, .link, .armStop, .catalog]

    private var monitor = ExperimentMonitor()

    var figures: Figures { Figures(standings: monitor.tallies.map(\.standing), stops: monitor.stops) }

    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect] {
        switch entry.record {
        case .armStop(let stop): monitor.stopped(stop)
        case .catalog:
            guard case .catalog(let change) = attachment else { return [] }
            let recount = change.part(ExperimentRecount.self)
            monitor.adopt(change.plan) { recount?.tally(of: $0.id) ?? ExperimentTally($0, plan: change.plan) }
        case .event(let event):
            guard context.plan != nil, !monitor.tallies.isEmpty, let customer = context.customer(of: event) else {
                return []
            }
            monitor.count(event, of: customer)
        case .decision(let decision):
            guard context.plan != nil, !monitor.tallies.isEmpty, DecisionRecord.mayHoldExperiments(decision.body),
                let record = try? DecisionRecord(decoding: decision.body)
            else { return [] }
            monitor.count(record, of: context.customer(of: decision))
        case .outcome(let outcome): if outcome.kind != .presumedNot, outcome.kind != .open { monitor.count(outcome) }
        case .link(let link): if context.plan != nil { monitor.merge(link.old, into: link.customer) }
        default: break
        }
        return []
    }

    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect] {
        monitor.breaches(at: context.now).map { .record(.armStop($0)) }
    }

    /// The experiments that do not go on as they were.
    static func preparation(
        for plan: CatalogPlan, instead previous: CatalogPlan?, given figures: Figures, at now: Timestamp,
        _ shared: SharedState
    ) throws -> (any PreparedPart)? {
        let counted = plan.catalog.experiments.filter { experiment in
            let counters = ExperimentTally(experiment, plan: plan).counters
            return !figures.standings.contains { $0.experiment == experiment && $0.counters == counters }
        }
        return counted.isEmpty ? nil : try ExperimentRecount(counted, plan, Recovery(store: shared.store))
    }

    mutating func restore(from recovery: inout Recovery) throws {
        var stops: [ArmStop] = []
        try recovery.store.forEachRecord(after: 0, kinds: [.armStop]) { entry in
            if case .armStop(let stop) = entry.record { stops.append(stop) }
        }
        monitor = ExperimentMonitor(stops: stops)
        guard let plan = try recovery.plan() else { return }
        monitor.replace(try plan.catalog.experiments.map { try recovery.tally(of: $0, plan) })
    }
}
