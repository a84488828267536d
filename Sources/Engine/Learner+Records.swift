import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirStorage

extension Learner {
    /// What a record did to the models.
    enum Step {
        case nothing
        case learned
        /// To another catalog; with the contenders that do not fit it.
        case adapted(misfits: [(ModelID, GoalID, String)])
        case staged
    }

    /// Takes a record of the log into the models: live, at a restart and in an audit alike.
    ///
    /// - Parameters:
    ///   - learner: Nil before the first catalog.
    ///   - plan: Of a catalog.
    ///   - decision: One of the past; nil for one that is not in the log.
    ///   - trained: A model that was registered; nil where it is set aside.
    /// - Throws: What the arguments throw.
    static func take(
        _ entry: Sequenced, into learner: inout Learner?, plan: (StoredCatalog) throws -> CatalogPlan,
        decision: (DecisionID) throws -> StoredDecision?, trained: (ModelID) throws -> TrainedModel?
    ) throws -> Step {
        switch entry.record {
        case .catalog(let catalog):
            let plan = try plan(catalog)
            if learner == nil { learner = Learner(plan: plan, version: entry.sequence) }
            return .adapted(misfits: learner!.adapt(to: plan, sequence: entry.sequence))
        case .outcome(let outcome):
            guard outcome.lesson != .none, learner != nil, let stored = try decision(outcome.decision) else {
                return .nothing
            }
            // What cannot be read teaches nothing, now and at each restart alike.
            guard let record = try? DecisionRecord(decoding: stored.body) else { return .nothing }
            return learner!.learn(outcome, of: record, sequence: entry.sequence) ? .learned : .nothing
        case .stage(let change):
            try learner?.change(change, trained: { try trained(change.model) }, sequence: entry.sequence)
            return .staged
        default: return .nothing
        }
    }
}
