import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// Experiments that another catalog declares, counted from the log, each from the first catalog that declared it.
struct ExperimentRecount: PreparedPart {
    let kinds: Set<RecordKind> = [.event, .decision, .outcome, .link]
    private(set) var tallies: [ExperimentTally]
    private let beginnings: [Int64]

    /// - Parameter recovery: Finds where in the log each experiment begins.
    init(_ experiments: [Experiment], _ plan: CatalogPlan, _ recovery: Recovery) throws {
        tallies = experiments.map { ExperimentTally($0, plan: plan) }
        beginnings = try experiments.map { try recovery.firstSequence(declaring: $0.id) ?? .max }
    }

    mutating func read(_ entry: Sequenced, _ identities: Guarded<IdentityMap>) throws {
        for index in tallies.indices where entry.sequence > beginnings[index] {
            if case .link(let link) = entry.record {
                tallies[index].merge(link.old, into: link.customer)
            } else {
                try tallies[index].take(entry.record) { customer in identities.withLock { $0.current(customer) } }
            }
        }
    }

    func tally(of id: ExperimentID) -> ExperimentTally? { tallies.first { $0.experiment.id == id } }
}
