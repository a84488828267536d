package import WeirDecisioning
package import WeirDomain
package import WeirEvaluation
import WeirLearning
import WeirStatistics

/// Turns logged decisions and their outcomes into rounds that say what the live policy and others earn per decision.
///
/// The reward is the margin that came true, in major units: the outcome's value (as reported, else the offer's) less the
/// offer's cost where the goal was reached and not taken back, else 0. A decision to offer nothing earns the value, without
/// a cost, where its goal has a learned baseline, else 0. Where a placement mixes goals, so that the outcomes of its actions
/// do not measure one thing, each reward is taken less the baseline that was expected at the time, as the utilities are.
///
/// Decisions that were held out or given are left out: no policy had a say in them. So are all decisions from the moment of
/// the first without any outcome yet on: keeping those of them that await nothing would favour the offers that resolve
/// fast. A conversion counts although it may still be taken back.
package struct PolicyEvaluation {
    /// A candidate, with what it needs to know of its models.
    package struct Contestant {
        package var policy: CandidatePolicy
        /// For `CandidatePolicy.model`: its goal, and the scoring of a decision by it.
        var goal: GoalID?
        var models: ((CatalogPlan) throws -> [GoalModel])?
    }

    /// One policy's view of all rounds.
    private struct View {
        var probabilities: [Double] = []
        var expected: [Double] = []
        var unsupported: [Double] = []
        var weights = PolicyWeights()
    }

    /// What is known of a decision until its outcomes are.
    private struct Round {
        var time: Timestamp
        var customer: Int
        var propensity: Double
        /// What a conversion earns: the offer's own value unless a report names another, less cost and baseline.
        var value: Double
        var cost: Double
        var baseline: Double
        var expected: Double
        var counts: Bool
        var isConverted = false

        var reward: Double { counts ? (isConverted ? value - cost : 0) - baseline : 0 }
    }

    package let placement: PlacementID
    package let since: Timestamp?
    /// The time of the first decision of whose outcome nothing is known yet; nil where there is none.
    package let openSince: Timestamp?
    private let contestants: [Contestant]
    private var rounds: [Round] = []
    private var live = View()
    private var views: [View]
    private var places: [DecisionID: Int] = [:]
    private var customers: [CustomerID: Int] = [:]
    private var plannedModels: [Int: [GoalModel]] = [:]
    private var plannedVersion = 0
    private var heldOut = 0
    private var given = 0
    private var open = 0
    private var isMixed = false

    package init(
        placement: PlacementID, contestants: [Contestant], since: Timestamp? = nil, openSince: Timestamp? = nil
    ) {
        self.placement = placement
        self.openSince = openSince
        self.contestants = contestants
        self.since = since
        views = contestants.map { _ in View() }
    }

    /// Takes a decision of the log.
    ///
    /// - Parameter plan: The catalog of its version.
    package mutating func appendRound(of record: DecisionRecord, plan: CatalogPlan) throws {
        let situation = record.situation
        guard situation.placement == placement, since.map({ situation.time >= $0 }) ?? true else { return }
        switch record.decision.assignment {
        case .heldOut: heldOut += 1
        case .given: given += 1
        case .treated where openSince.map { situation.time >= $0 } ?? false: open += 1
        case .treated:
            let customer = customers[situation.customer] ?? customers.count
            customers[situation.customer] = customer
            places[situation.id] = rounds.count
            try append(record, customer: customer, plan: plan)
        }
    }

    /// Takes an outcome of the log; in order, after its decision.
    package mutating func settleRound(by outcome: Outcome) {
        guard let place = places[outcome.decision] else { return }
        switch outcome.kind {
        case .converted:
            rounds[place].isConverted = true
            if let value = outcome.value { rounds[place].value = value.majorUnits }
        case .reversed, .notConverted: rounds[place].isConverted = false
        case .partlyReversed: rounds[place].value *= outcome.remainingPart
        case .settled, .presumedNot, .expired, .open, .corrected: break
        }
    }

    private mutating func append(_ logged: DecisionRecord, customer: Int, plan: CatalogPlan) throws {
        let margins = Margins(logged, plan: plan)
        isMixed = isMixed || margins.isMixed
        let actions = logged.decision.candidates.count + 1
        let action = logged.decision.chosen ?? actions - 1
        let liveChoice = logged.decision.candidates.map(\.choiceProbability) + [logged.decision.noOfferProbability]
        rounds.append(
            Round(
                time: logged.situation.time, customer: customer, propensity: logged.decision.propensity,
                value: margins.values[action], cost: margins.costs[action], baseline: margins.baselines[action],
                expected: margins.expected[action], counts: margins.counts[action]))
        func record(_ choice: [Double], in view: inout View) {
            view.probabilities.append(min(choice[action], 1))
            view.expected.append(zip(choice, margins.expected).reduce(0) { $0 + $1.0 * $1.1 })
            view.unsupported.append(
                zip(choice, liveChoice).reduce(0) { $0 + ($1.1 == 0 ? $1.0 : 0) })
            for (probability, propensity) in zip(choice, liveChoice) {
                view.weights.weigh(probability: probability, propensity: propensity)
            }
        }
        record(liveChoice, in: &live)
        for index in contestants.indices { record(try choice(index, logged, plan: plan), in: &views[index]) }
    }

    /// A contestant's probability of each candidate and last of "no offer".
    private mutating func choice(_ index: Int, _ record: DecisionRecord, plan: CatalogPlan) throws -> [Double] {
        let candidates = record.decision.candidates
        switch contestants[index].policy {
        case .policy(let policy):
            return record.choiceProbabilities(policy: policy, plan: plan)
        case .never:
            return candidates.map { _ in 0 } + [1]
        case .always(let offer):
            let place = candidates.indices.first { record.offers[$0] == offer && candidates[$0].gate == nil }
            return candidates.indices.map { $0 == place ? 1 : 0 } + [place == nil ? 1 : 0]
        case .model:
            let policy = plan.placement(placement)!.placement.policy
            guard let goal = contestants[index].goal.flatMap({ plan.goalIndex($0) }) else {
                return record.choiceProbabilities(policy: policy, plan: plan)
            }
            if plannedVersion != plan.version { plannedModels = [:] }
            plannedVersion = plan.version
            let models = try plannedModels[index] ?? contestants[index].models!(plan)
            plannedModels[index] = models
            return record.rescored(goal: goal, models: models, plan: plan)
                .choiceProbabilities(policy: policy, plan: plan)
        }
    }

    // MARK: Result

    /// - Parameter notes: Said beside the result.
    /// - Throws: `LoggedRoundsError.empty` where no decision is left.
    package func comparison(
        _ settings: OffPolicySettings = OffPolicySettings(), notes: [String] = []
    ) throws(LoggedRoundsError) -> PolicyComparison {
        let liveRounds = try logged(live)
        var candidates: [PolicyComparison.Candidate] = []
        for (contestant, view) in zip(contestants, views) {
            let rounds = try logged(view)
            candidates.append(
                PolicyComparison.Candidate(
                    name: contestant.policy.description, evaluation: rounds.evaluated(settings),
                    difference: rounds.difference(to: liveRounds, settings)))
        }
        var notes = notes
        if isMixed {
            notes.append(
                "the placement mixes goals, so that rewards are taken less the baseline that the models expected")
        }
        let times = rounds.map(\.time)
        return PolicyComparison(
            placement: placement, from: times.min()!, to: times.max()!, decisions: rounds.count,
            customers: liveRounds.customers.map { Set($0).count } ?? 0,
            conversions: rounds.count { $0.isConverted && $0.counts }, heldOut: heldOut, given: given, open: open,
            live: liveRounds.evaluated(settings), realised: liveRounds.rewards.reduce(0, +) / Double(rounds.count),
            candidates: candidates, notes: notes)
    }

    private func logged(_ view: View) throws(LoggedRoundsError) -> LoggedRounds {
        try LoggedRounds(
            rewards: rounds.map(\.reward), propensities: rounds.map(\.propensity), probabilities: view.probabilities,
            expected: .init(logged: rounds.map(\.expected), evaluated: view.expected),
            customers: rounds.map(\.customer), unsupported: view.unsupported, policyWeights: view.weights)
    }
}

/// What each action of a decision earns if its goal is reached, and what was expected of it; "no offer" stands last.
private struct Margins {
    var values: [Double] = []
    var costs: [Double] = []
    /// Taken off every reward; 0 unless the placement mixes goals.
    var baselines: [Double] = []
    var expected: [Double] = []
    /// Whether an outcome counts at all.
    var counts: [Bool] = []
    var isMixed = false

    init(_ record: DecisionRecord, plan: CatalogPlan) {
        let candidates = record.decision.candidates
        let goals = candidates.map { plan.offers[$0.offer].goal }
        let isLearned = goals.map { plan.goals[$0].baseline == .learned }
        isMixed = isLearned.contains(true) && goals.contains { $0 != goals[0] }
        for (index, candidate) in candidates.enumerated() {
            let offer = plan.offers[candidate.offer].offer
            let isScored = candidate.probability > 0
            let baseline = isScored && isMixed ? record.expectedBaseline(at: index, plan: plan) : 0
            let value = candidate.use?.value ?? offer.value.majorUnits
            let cost = candidate.use?.cost ?? offer.cost.majorUnits
            let margin = value - cost
            values.append(value)
            costs.append(cost)
            baselines.append(baseline)
            expected.append(candidate.probability * margin - baseline)
            counts.append(true)
        }
        // "No offer" is judged by the first goal with a learned baseline, as the engine awaits its outcome.
        let judge = isLearned.firstIndex(of: true)
        let scored = candidates.indices.first { isLearned[$0] && candidates[$0].probability > 0 }
        values.append(judge.map { plan.offers[candidates[$0].offer].offer.value.majorUnits } ?? 0)
        costs.append(0)
        baselines.append(0)
        expected.append(isMixed ? 0 : scored.map { record.expectedBaseline(at: $0, plan: plan) } ?? 0)
        counts.append(judge != nil && !isMixed)
    }
}
