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
    return decide(situation, at: placement, plan: plan, models: models)
}

/// Decides at a placement that has been looked up already.
package func decide(
    _ situation: Situation, at placement: PlacementPlan, plan: CatalogPlan, models: [GoalModel]
) -> Decision {
    let customerHash = StableHash.of(situation.customer.rawValue)
    var candidates = gatedCandidates(situation, plan: plan, placement: placement, customerHash: customerHash)
    let experiments =
        situation.given == nil
        ? takePart(&candidates, situation, plan: plan, placement: placement, customerHash: customerHash) : []
    let actions = score(&candidates, situation, plan: plan, placement: placement, models: models)

    let open = Choices(candidates, actions, policy: placement.placement.policy) { $0.gate == nil }
    for (place, probability) in zip(open.places, open.probabilities) {
        candidates[place].choiceProbability = probability
    }
    var decision = Decision(
        assignment: .treated, candidates: candidates, noOfferProbability: open.probabilities.last!,
        chosen: nil, propensity: 1, ghost: nil, isExplored: false, experiments: experiments)
    if let given = situation.given {
        decision.assignment = .given
        decision.chosen = placement.candidates.firstIndex { plan.offers[$0].offer.id == given }
        return decision
    }

    let seed = decisionSeed(situation.id, salt: plan.salt)
    let drawn = open.draw(seed: seed)
    if isHeldOut(customerHash, share: plan.catalog.universalHoldout, salt: plan.salt) {
        decision.assignment = .heldOut
        decision.ghost = open.place(of: drawn)
    } else {
        decision.chosen = open.place(of: drawn)
        decision.propensity = open.probabilities[drawn]
        decision.isExplored = drawn != Choice.indexOfBest(open.actions)
        if candidates.contains(where: { $0.isWithheld }) {
            // What would have been chosen had no arm closed anything, by the same random number.
            let all = Choices(candidates, actions, policy: placement.placement.policy) {
                $0.gate == nil || $0.isWithheld
            }
            decision.ghost = all.place(of: all.draw(seed: seed))
        }
    }
    return decision
}

/// What the policy chooses among: some of the candidates, and last "no offer".
private struct Choices {
    /// Of the candidates, among all.
    let places: [Int]
    /// One more than `places`.
    let actions: [Choice.Action]
    let probabilities: [Double]

    init(_ candidates: [Candidate], _ all: [Choice.Action], policy: Policy, where isOpen: (Candidate) -> Bool) {
        var places: [Int] = []
        var actions: [Choice.Action] = []
        places.reserveCapacity(candidates.count)
        actions.reserveCapacity(candidates.count + 1)
        for place in candidates.indices where isOpen(candidates[place]) {
            places.append(place)
            actions.append(all[place])
        }
        actions.append(Choice.Action(utility: 0, belief: nil))
        self.places = places
        self.actions = actions
        probabilities = Choice.probabilities(of: actions, policy: policy)
    }

    /// The place of a choice among all candidates; nil for "no offer".
    func place(of choice: Int) -> Int? { choice == places.count ? nil : places[choice] }

    /// Draws a choice; one of probability 0 is never drawn.
    func draw(seed: UInt64) -> Int {
        var random = SplitMix64(seed: seed)
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
}

/// Whether a customer is in a holdout: a salted hash, so that it is the same at every decision and on every machine.
public func isHeldOut(_ customerHash: UInt64, share: Double, salt: UInt64) -> Bool {
    share > 0 && StableHash.unit(StableHash.combining(customerHash, salt)) < share
}

/// What seeds a decision's random numbers.
func decisionSeed(_ id: DecisionID, salt: UInt64) -> UInt64 {
    StableHash.combining(UInt64(bitPattern: id.number), salt)
}

// MARK: Gates

extension Candidate {
    /// Whether only the arm of an experiment closes it.
    fileprivate var isWithheld: Bool { gate?.isOfArm ?? false }
}

private func gatedCandidates(
    _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan, customerHash: UInt64
) -> [Candidate] {
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
        return Candidate(offer: index, gate: gate)
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
    _ candidates: inout [Candidate], _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan,
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
    for position in candidates.indices where candidates[position].gate == nil {
        let offer = candidates[position].offer
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
        candidates[position].gate = .experiment(
            participations[closing].experiment, participations[closing].arm)
    }
    return participations
}

// MARK: Score and price

/// Scores and prices what is open, or would be but for an arm, or was given.
///
/// - Returns: One action per candidate; of those that were not scored it says nothing.
private func score(
    _ candidates: inout [Candidate], _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan,
    models: [GoalModel]
) -> [Choice.Action] {
    var actions = [Choice.Action](repeating: Choice.Action(utility: 0, belief: nil), count: candidates.count)
    var shared = OnlineLogistic.Shared()
    var first = 0
    while first < candidates.count {
        // Neighbours of one goal share what its model makes of the person.
        let goal = plan.offers[candidates[first].offer].goal
        var end = first + 1
        while end < candidates.count, plan.offers[candidates[end].offer].goal == goal { end += 1 }
        score(
            &candidates, first..<end, of: goal, &actions, &shared, situation, plan: plan, placement: placement,
            model: models[goal])
        first = end
    }
    return actions
}

private func score(
    _ candidates: inout [Candidate], _ positions: Range<Int>, of goal: Int, _ actions: inout [Choice.Action],
    _ shared: inout OnlineLogistic.Shared, _ situation: Situation, plan: CatalogPlan, placement: PlacementPlan,
    model: GoalModel
) {
    let keyedCount = plan.schema.keyed.count
    var purchase: Purchase?
    var isPrepared = false
    var baseline = 0.0
    for position in positions {
        let offer = plan.offers[candidates[position].offer]
        let isScored =
            candidates[position].gate == nil || candidates[position].isWithheld
            || situation.given != nil && offer.offer.id == situation.given
        guard isScored else { continue }
        if !isPrepared {
            isPrepared = true
            model.online.prepare(situation.features, into: &shared)
            if let bucket = plan.noOfferBuckets[goal] {
                baseline =
                    model.belief(
                        shared, features: situation.features, affinities: [], offer: nil, kind: nil, bucket: bucket
                    ).probability
            }
        }
        let belief = model.belief(
            shared, features: situation.features,
            affinities: situation.affinities[position * keyedCount..<(position + 1) * keyedCount],
            offer: candidates[position].offer, kind: offer.kind, bucket: offer.bucket)
        guard let terms = offer.terms else {
            actions[position] = price(
                &candidates[position], belief, baseline: baseline, offer, situation.prices, placement.slots[position])
            continue
        }
        if purchase == nil { purchase = plan.purchase(inContext: situation.context) }
        let use = terms.expectedUse(of: purchase!, baskets: situation.baskets)
        actions[position] = price(
            &candidates[position], belief, baseline: baseline, use, situation.prices, placement.slots[position])
    }
}

private func price(
    _ candidate: inout Candidate, _ belief: Belief, baseline: Double, _ offer: OfferPlan, _ prices: [Double],
    _ slots: [Int]
) -> Choice.Action {
    let probability = belief.probability
    var pricedCost = 0.0  // Per use: Σ over its budgets of shadow price × cost.
    for index in slots.indices { pricedCost += prices[slots[index]] * offer.draws[index].majorUnits }
    candidate.probability = probability
    candidate.deviation = belief.deviation(at: probability)
    candidate.value = (probability - baseline) * offer.value
    candidate.cost = probability * offer.cost
    candidate.utility = probability * (offer.value - pricedCost) - baseline * offer.value
    return Choice.Action(
        utility: candidate.utility, belief: belief, gain: offer.value - pricedCost, offset: baseline * offer.value)
}

/// Prices an offer by what one use of it is expected to cost and to be worth.
private func price(
    _ candidate: inout Candidate, _ belief: Belief, baseline: Double, _ use: ExpectedUse, _ prices: [Double],
    _ slots: [Int]
) -> Choice.Action {
    let probability = belief.probability
    var pricedCost = 0.0  // Stock has no price.
    for slot in slots { pricedCost += prices[slot] * use.cost }
    candidate.probability = probability
    candidate.deviation = belief.deviation(at: probability)
    candidate.value = (probability - baseline) * use.value
    candidate.cost = probability * use.cost
    candidate.utility = probability * (use.value - pricedCost) - baseline * use.value
    candidate.use = use
    return Choice.Action(
        utility: candidate.utility, belief: belief, gain: use.value - pricedCost, offset: baseline * use.value)
}

/// Where the own weights of "no offer" under a goal begin.
public func noOfferBucket(_ goal: GoalID) -> UInt32 { ModelLayout.bucket(offer: "no offer/\(goal)") }
