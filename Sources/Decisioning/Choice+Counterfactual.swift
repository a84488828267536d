package import WeirDomain
import WeirCatalog
import WeirLearning
import WeirStatistics

/// What another policy would do in a logged decision, and what its candidates were expected to bring.
extension DecisionRecord {
    /// The probability of each candidate and last of "no offer", had this policy chosen among the same open candidates with
    /// the same beliefs and prices.
    ///
    /// - Parameter plan: The catalog of the record's version.
    package func choiceProbabilities(policy: Policy, plan: CatalogPlan) -> [Double] {
        let open = decision.candidates.indices.filter { decision.candidates[$0].gate == nil }
        var actions = open.map { action(at: $0, plan: plan) }
        actions.append(Choice.Action(utility: 0, belief: nil))
        let chosen = Choice.probabilities(of: actions, policy: policy)
        var probabilities = [Double](repeating: 0, count: decision.candidates.count + 1)
        for (position, index) in open.enumerated() { probabilities[index] = chosen[position] }
        probabilities[decision.candidates.count] = chosen[open.count]
        return probabilities
    }

    /// The share of the value of a scored candidate that was expected without it: the probability of its goal without an
    /// offer × its value, in major units; 0 where the goal's baseline is zero.
    package func expectedBaseline(at index: Int, plan: CatalogPlan) -> Double {
        let candidate = decision.candidates[index]
        return candidate.probability * (candidate.use?.value ?? plan.offers[candidate.offer].value) - candidate.value
    }

    /// The same decision as if `models` had scored one goal's candidates; the other goals' keep what was logged.
    ///
    /// - Parameters:
    ///   - goal: Index into the plan's goals.
    ///   - models: One per goal of the plan; only that goal's counts.
    package func rescored(goal: Int, models: [GoalModel], plan: CatalogPlan) -> DecisionRecord {
        let again = decide(situation, plan: plan, models: models)
        var record = self
        for index in record.decision.candidates.indices
        where plan.offers[record.decision.candidates[index].offer].goal == goal {
            record.decision.candidates[index] = again.candidates[index]
        }
        return record
    }

    private func action(at index: Int, plan: CatalogPlan) -> Choice.Action {
        let candidate = decision.candidates[index]
        let offer = plan.offers[candidate.offer]
        var gain = candidate.use?.value ?? offer.offer.value.majorUnits
        if let placement = plan.placement(situation.placement) {
            for (draw, slot) in zip(offer.draws, placement.slots[index]) {
                gain -= situation.prices[slot] * (candidate.use?.cost ?? draw.majorUnits)
            }
        }
        // The log keeps a belief's probability and deviation; both formulas of `Belief` turned round.
        let p = candidate.probability
        let deviation = candidate.deviation / max(p * (1 - p), 1e-300)
        let variance = deviation * deviation
        let belief = Belief(mean: logit(p) * (1 + .pi * variance / 8).squareRoot(), variance: variance)
        return Choice.Action(
            utility: candidate.utility, belief: belief, gain: gain, offset: p * gain - candidate.utility)
    }
}
