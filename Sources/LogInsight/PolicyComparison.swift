import WeirDecisioning
package import WeirDomain
import WeirEngine
package import WeirEvaluation
import WeirLearning
import WeirLog
package import WeirStorage

/// The live policy of a placement beside others, on the same logged decisions.
package struct PolicyComparison: Sendable {
    package struct Candidate: Sendable {
        /// As `CandidatePolicy` is written.
        package var name: String
        package var evaluation: OffPolicyEvaluation
        /// Its value less the live policy's, per decision.
        package var difference: [OffPolicyEstimate]
    }

    package var placement: PlacementID
    /// Times of the first and the last decision that count.
    package var from: Timestamp
    package var to: Timestamp
    package var decisions: Int
    package var customers: Int
    package var conversions: Int
    /// Left out because the universal holdout decided, because the choice was made elsewhere, and because outcomes were
    /// still awaited at that time.
    package var heldOut: Int
    package var given: Int
    package var open: Int
    package var live: OffPolicyEvaluation
    /// Mean reward of the decisions as they were, in major units.
    package var realised: Double
    package var candidates: [Candidate]
    package var notes: [String]

    init(
        placement: PlacementID, from: Timestamp, to: Timestamp, decisions: Int, customers: Int, conversions: Int,
        heldOut: Int, given: Int, open: Int, live: OffPolicyEvaluation, realised: Double, candidates: [Candidate],
        notes: [String]
    ) {
        self.placement = placement
        self.from = from
        self.to = to
        self.decisions = decisions
        self.customers = customers
        self.conversions = conversions
        self.heldOut = heldOut
        self.given = given
        self.open = open
        self.live = live
        self.realised = realised
        self.candidates = candidates
        self.notes = notes
    }

    /// Evaluates policies on the decision log of one placement; works beside a running server.
    ///
    /// - Parameters:
    ///   - since: Decisions before it are left out.
    ///   - sequence: Reads the log after this record only; what is before it is left out too.
    ///   - progress: Called with how many decisions were read.
    /// - Throws: `EngineError` for an unknown placement, offer or model, `ModelPriorError` for a model that does not fit,
    ///   `LoggedRoundsError.empty`, or what the store throws.
    package init(
        store: any Store, placement: PlacementID, candidates: [CandidatePolicy], since: Timestamp? = nil,
        after sequence: Int64 = 0, settings: OffPolicySettings = OffPolicySettings(),
        progress: @escaping (Int) -> Void = { _ in }
    ) throws {
        let pass = try LogPass(store: store)
        guard let current = try pass.plans.newest() else { throw EngineError.noCatalog }
        guard let place = current.placement(placement) else {
            throw EngineError.unknownPlacement(placement.rawValue, known: current.placementNames)
        }
        for case .always(let offer) in candidates
        where !place.candidates.contains(where: { current.offers[$0].offer.id == offer }) {
            throw EngineError.unknownOffer(offer.rawValue, placement: placement)
        }
        let registry = try Recovery(store: store).registry()
        var notes: [String] = []
        let contestants = try candidates.map { policy in
            guard case .model(let id) = policy else { return PolicyEvaluation.Contestant(policy: policy) }
            guard let entry = registry[id] else {
                throw EngineError.unknownModel(id.rawValue, known: registry.entries.map(\.id.rawValue))
            }
            if let fault = entry.fault {
                throw EngineError.modelRefused(
                    "model: “\(id)” cannot be asked: its file is damaged (\(fault)). Compare another one.")
            }
            if let end = entry.trained.card.period?.last {
                notes.append("model “\(id)” learned from data up to \(end): it knows the outcomes of decisions before")
            }
            return .init(
                policy: policy, goal: entry.registered.goal,
                models: { plan in try alone(entry.trained.model, id: id, goal: entry.registered.goal, plan: plan) })
        }
        // In this order, so that a decision made meanwhile is not taken for one whose outcome is known: what awaits
        // nothing by now, of the decisions up to here, has its outcomes in the log.
        let last = try store.lastSequence()
        let openSince = try store.openDecisions().filter { $0.placement == placement }.sorted { $0.time < $1.time }
            .first { try store.outcomes(of: $0.id).isEmpty }?.time
        let evaluation = PolicyEvaluation(
            placement: placement, contestants: contestants, since: since, openSince: openSince)
        let reader = PlacementReader(evaluation: evaluation, last: last, progress: progress)
        self = try pass.run(reader, after: sequence, through: .max).evaluation.comparison(settings, notes: notes)
    }
}

/// Hands an evaluation the decisions of its placement, up to a record of the log, and all outcomes.
private struct PlacementReader: LogReader {
    var evaluation: PolicyEvaluation
    /// Later decisions may await outcomes.
    let last: Int64
    /// Called with how many decisions were read.
    let progress: (Int) -> Void
    private var count = 0

    var kinds: Set<RecordKind> { [.decision, .outcome] }

    init(evaluation: PolicyEvaluation, last: Int64, progress: @escaping (Int) -> Void) {
        self.evaluation = evaluation
        self.last = last
        self.progress = progress
    }

    mutating func read(_ entry: LogEntry) throws {
        switch entry.content {
        case .decision(let decision) where decision.stored.placement == evaluation.placement && entry.sequence <= last:
            if let since = evaluation.since, decision.stored.time < since { return }
            try evaluation.appendRound(of: try decision.record, plan: try decision.plan)
            count += 1
            progress(count)
        case .outcome(let outcome): evaluation.settleRound(by: outcome)
        default: break
        }
    }
}

/// One model per goal, of which only that of `goal` counts: the trained model as it is, sure of itself.
private func alone(_ model: BatchModel, id: ModelID, goal: GoalID, plan: CatalogPlan) throws -> [GoalModel] {
    var hyperparameters = OnlineLogistic.Hyperparameters()
    hyperparameters.biasMean = 0
    hyperparameters.biasPrecision = 1e12
    hyperparameters.kindPrecision = 1e12
    hyperparameters.featurePrecision = 1e12
    hyperparameters.offerBiasPrecision = 1e12
    hyperparameters.offerCrossPrecision = 1e12
    hyperparameters.tableBits = 8
    let online = OnlineLogistic(layout: plan.layout, hyperparameters: hyperparameters)
    let prior = try ModelPrior(model, plan: plan)
    return plan.goals.map { GoalModel(online, id: id, prior: $0.id == goal ? prior : nil) }
}

extension PolicyEvaluation.Contestant {
    package init(policy: CandidatePolicy) {
        self.init(policy: policy, goal: nil, models: nil)
    }
}
