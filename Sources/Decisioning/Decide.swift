public import WeirDomain
import WeirLearning

import WeirCatalog
import WeirJSON
import WeirProfiles
import WeirStatistics

/// Decides which offer, if any, one person gets at one moment.
///
/// Pure: reads no clock, does no I/O, and draws its one random number from a generator seeded by the decision's id. The
/// steps are gates, assignment, score, price, explore; what a step found is in the result.
///
/// - Parameters:
///   - situation: Everything about the person and the moment; its arrays have the lengths that `plan` calls for.
///   - plan: The catalog of `situation.catalogVersion`.
///   - models: One per goal of the plan, as of `situation.modelVersion`.
/// - Complexity: O(d² + candidates × d) for d model inputs.
public func decide(_ situation: Situation, plan: CatalogPlan, models: [GoalModel]) -> Decision {
    guard let placement = plan.placement(situation.placement) else {
        preconditionFailure("the placement must be one of the plan's")
    }
    let customerHash = StableHash.of(situation.customer.rawValue)
    var candidates = gatedCandidates(situation, plan: plan, placement: placement, customerHash: customerHash)
    let experiments =
        situation.given == nil
        ? takePart(&candidates, situation, plan: plan, placement: placement, customerHash: customerHash) : []
    score(&candidates, situation, plan: plan, placement: placement, models: models)

    let open = candidates.indices.filter { candidates[$0].candidate.gate == nil }
    var actions = open.map { candidates[$0].action }
    actions.append(Choice.Action(utility: 0, belief: nil))
    let probabilities = Choice.probabilities(of: actions, policy: placement.placement.policy)
    for (position, index) in open.enumerated() {
        candidates[index].candidate.choiceProbability = probabilities[position]
    }

    var decision = Decision(
        assignment: .treated, candidates: candidates.map(\.candidate), noOfferProbability: probabilities.last!,
        chosen: nil, propensity: 1, ghost: nil, isExplored: false, experiments: experiments)
    if let given = situation.given {
        decision.assignment = .given
        decision.chosen = placement.candidates.firstIndex { plan.offers[$0].offer.id == given }
        return decision
    }

    var random = SplitMix64(seed: decisionSeed(situation.id, salt: plan.salt))
    let drawn = draw(from: probabilities, using: &random)
    let choice: Int? = drawn == open.count ? nil : open[drawn]
    if isHeldOut(customerHash, share: plan.catalog.universalHoldout, salt: plan.salt) {
        decision.assignment = .heldOut
        decision.ghost = choice
    } else {
        decision.chosen = choice
        decision.propensity = probabilities[drawn]
        decision.isExplored = drawn != Choice.indexOfBest(actions)
        if candidates.contains(where: \.isWithheld) {
            decision.ghost = unrestrictedChoice(candidates, situation, plan: plan, policy: placement.placement.policy)
        }
    }
    return decision
}

/// What would have been chosen had no arm closed anything, by the same random number.
private func unrestrictedChoice(
    _ candidates: [Considered], _ situation: Situation, plan: CatalogPlan, policy: Policy
) -> Int? {
    let open = candidates.indices.filter { candidates[$0].candidate.gate == nil || candidates[$0].isWithheld }
    let actions = open.map { candidates[$0].action } + [Choice.Action(utility: 0, belief: nil)]
    var random = SplitMix64(seed: decisionSeed(situation.id, salt: plan.salt))
    let drawn = draw(from: Choice.probabilities(of: actions, policy: policy), using: &random)
    return drawn == open.count ? nil : open[drawn]
}

/// Whether a customer is in a holdout: a salted hash, so that it is the same at every decision and on every machine.
public func isHeldOut(_ customerHash: UInt64, share: Double, salt: UInt64) -> Bool {
    share > 0 && StableHash.unit(StableHash.combining(customerHash, salt)) < share
}

/// What seeds a decision's random numbers.
func decisionSeed(_ id: DecisionID, salt: UInt64) -> UInt64 {
    StableHash.combining(UInt64(bitPattern: id.number), salt)
}

/// Draws an index with the given probabilities; an index of probability 0 is never drawn.
private func draw(from probabilities: [Double], using random: inout SplitMix64) -> Int {
    let target = random.unit() * probabilities.reduce(0, +)
    var sum = 0.0
    var last = probabilities.count - 1
    for (index, probability) in probabilities.enumerated() where probability > 0 {
        sum += probability
        last = index
        if target < sum { break }
    }
    return last
}

// MARK: Gates

/// A candidate on its way through the steps.
private struct Considered {
    var candidate: Candidate
    var action = Choice.Action(utility: 0, belief: nil)

    /// Whether only the arm of an experiment closes it.
    var isWithheld: Bool { candidate.gate?.isOfArm ?? false }
}

private func gatedCandidates(
    _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan, customerHash: UInt64
) -> [Considered] {
    // What holds for a campaign is looked at once, whatever the number of its offers.
    var campaign = -1
    var campaignGate: ClosedGate?
    return placement.candidates.enumerated().map { position, index in
        let offer = plan.offers[index]
        let candidate = GatedCandidate(
            plan: plan, placement: placement, campaign: plan.campaigns[offer.campaign], offer: offer,
            position: position, customerHash: customerHash)
        if offer.campaign != campaign {
            campaign = offer.campaign
            campaignGate = firstClosed(Gate.checksOfCampaigns, situation, candidate)
        }
        let gate = campaignGate ?? firstClosed(Gate.checksOfOffers, situation, candidate)
        return Considered(candidate: Candidate(offer: index, gate: gate))
    }
}

private func firstClosed(_ checks: [Gate.Check], _ situation: Situation, _ candidate: GatedCandidate) -> ClosedGate? {
    for check in checks {
        if let closed = check(situation, candidate) { return closed }
    }
    return nil
}

// MARK: Experiments

/// Closes what the arms of the person's experiments do not give, of what is open else.
private func takePart(
    _ candidates: inout [Considered], _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan,
    customerHash: UInt64
) -> [Participation] {
    guard !placement.experiments.isEmpty else { return [] }
    var participations: [Participation] = []
    var seats: [(plan: ExperimentPlan, acting: Int)] = []
    for index in placement.experiments {
        let plan = plan.experiments[index]
        guard let seat = plan.seat(situation, customerHash: customerHash) else { continue }
        let experiment = plan.experiment
        let arm = experiment.arms[seat.arm].id
        let isStopped = situation.stoppedArms.contains(StoppedArm(experiment: experiment.id, arm: arm))
        participations.append(
            Participation(
                experiment: experiment.id, arm: arm, isExposed: false, isStopped: isStopped, block: seat.block))
        seats.append((plan, isStopped ? 0 : seat.arm))
    }
    for position in candidates.indices where candidates[position].candidate.gate == nil {
        let offer = candidates[position].candidate.offer
        var closing: Int?
        var isClosedTwice = false
        for (number, seat) in seats.enumerated() where !seat.plan.gives(offer, arm: seat.acting) {
            isClosedTwice = closing != nil
            if closing == nil { closing = number }
        }
        // An arm matters here where no other experiment closes the offer anyway, whichever arm the person is in.
        for (number, seat) in seats.enumerated()
        where seat.plan.isAtStake(offer) && !isClosedTwice && (closing == nil || closing == number) {
            participations[number].isExposed = true
        }
        guard let closing else { continue }
        candidates[position].candidate.gate = .experiment(
            participations[closing].experiment, participations[closing].arm)
    }
    return participations
}

// MARK: Score and price

private func score(
    _ candidates: inout [Considered], _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan,
    models: [GoalModel]
) {
    let keyedCount = plan.schema.keyed.count
    var shared = OnlineLogistic.Shared()
    var baseline = 0.0
    var preparedGoal = -1
    for position in candidates.indices {
        let offer = plan.offers[candidates[position].candidate.offer]
        let considered = candidates[position]
        guard considered.candidate.gate == nil || considered.isWithheld || offer.offer.id == situation.given else {
            continue
        }
        let model = models[offer.goal]
        if preparedGoal != offer.goal {
            model.online.prepare(situation.features, into: &shared)
            preparedGoal = offer.goal
            let goal = plan.goals[offer.goal]
            baseline =
                goal.baseline == .zero
                ? 0
                : model.belief(
                    shared, features: situation.features, affinities: [], offer: nil, kind: nil,
                    bucket: noOfferBucket(goal.id)
                ).probability
        }
        let affinities = situation.affinities[position * keyedCount..<(position + 1) * keyedCount]
        let belief = model.belief(
            shared, features: situation.features, affinities: affinities, offer: candidates[position].candidate.offer,
            kind: offer.kind, bucket: offer.bucket)
        price(&candidates[position], belief, baseline: baseline, offer, situation, placement.slots[position])
    }
}

private func price(
    _ considered: inout Considered, _ belief: Belief, baseline: Double, _ offer: OfferPlan, _ situation: Situation,
    _ slots: [Int]
) {
    let probability = belief.probability
    let value = offer.offer.value.majorUnits
    let cost = offer.offer.cost.majorUnits
    var pricedCost = 0.0  // Per use: Σ over its budgets of shadow price × cost.
    for (draw, slot) in zip(offer.draws, slots) { pricedCost += situation.prices[slot] * draw.amount.majorUnits }
    considered.candidate.probability = probability
    considered.candidate.deviation = belief.deviation
    considered.candidate.value = (probability - baseline) * value
    considered.candidate.cost = probability * cost
    considered.candidate.utility = probability * (value - pricedCost) - baseline * value
    considered.action = Choice.Action(
        utility: considered.candidate.utility, belief: belief, gain: value - pricedCost, offset: baseline * value)
}

/// Where the own weights of "no offer" under a goal begin.
public func noOfferBucket(_ goal: GoalID) -> UInt32 { ModelLayout.bucket(offer: "no offer/\(goal)") }
