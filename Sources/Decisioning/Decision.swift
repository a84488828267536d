import WeirDomain

/// What was decided and why: every candidate, the gate that stopped it or its score, price and probability.
public struct Decision: Sendable, Equatable {
    public var assignment: Assignment
    /// In the placement's order.
    public var candidates: [Candidate]
    /// Probability with which "no offer" is chosen.
    public var noOfferProbability: Double
    /// Index of the chosen candidate; nil for "no offer".
    public var chosen: Int?
    /// Probability with which this very action was chosen, in 0 < p ≤ 1.
    public var propensity: Double
    /// What someone held out would have got, or what would have been chosen had no arm of an experiment closed anything;
    /// nil where that is nothing, or nothing was withheld.
    public var ghost: Int?
    /// Whether the choice was not the one of highest utility.
    public var isExplored: Bool
    /// The experiments that the person took part in here, in the catalog's order.
    public var experiments: [Participation] = []

    /// Whether an arm of an experiment closed all that would have been open.
    public var isWithheld: Bool {
        var isClosedByArm = false
        for candidate in candidates {
            guard let gate = candidate.gate else { return false }
            if gate.isOfArm { isClosedByArm = true }
        }
        return isClosedByArm
    }
}

/// Whether a person can get an offer at all.
public enum Assignment: UInt8, Sendable {
    case treated = 0
    /// In the universal holdout: gets nothing, is compared with those who do.
    case heldOut = 1
    /// The choice had been made elsewhere.
    case given = 2
}

/// One offer that was considered.
public struct Candidate: Sendable, Equatable {
    /// Index into the plan's offers.
    public var offer: Int
    /// What stopped it; nil for an open candidate.
    public var gate: ClosedGate?
    /// Probability of the goal if it is given; also scored where a gate stopped it and it was `given`.
    public var probability = 0.0
    /// About one standard deviation of that probability.
    public var deviation = 0.0
    /// Expected incremental value, in major units.
    public var value = 0.0
    /// Expected cost, in major units.
    public var cost = 0.0
    /// `value` − Σ shadow price × expected cost over its budgets.
    public var utility = 0.0
    /// Probability with which the policy chooses it.
    public var choiceProbability = 0.0
    /// What one use was expected to cost and to be worth; nil where both are fixed, and where it was not scored.
    public var use: ExpectedUse?

    /// What was believed of the goal without any offer, from value = (p − p₀) · the offer's value.
    ///
    /// - Parameter plan: Under which it was decided.
    /// - Returns: Nil where the goal's baseline is zero, and where a gate stopped the candidate.
    public func probabilityWithout(_ plan: CatalogPlan) -> Double? {
        let offer = plan.offers[self.offer]
        let worth = use?.value ?? offer.value
        guard gate == nil || probability != 0, plan.noOfferBuckets[offer.goal] != nil, worth > 0 else { return nil }
        return min(max(probability - value / worth, 0), 1)
    }
}
