package import WeirDomain

/// What a decision came to.
package enum DecisionResult: Sendable, Equatable {
    /// The name of the offer that was given.
    case offer(String)
    case noOffer
    case heldOut

    package var text: String {
        switch self {
        case .offer(let name): name
        case .noOffer: "no offer"
        case .heldOut: "held out"
        }
    }

    package var isOffer: Bool {
        if case .offer = self { true } else { false }
    }
}

/// One line of the latest decisions.
package struct RecentDecision: Sendable, Equatable {
    package var id: DecisionID
    package var time: Timestamp
    package var customer: CustomerID
    /// The placement's name.
    package var placement: String
    package var result: DecisionResult
    /// In major units of the catalog's currency; nil where nothing was scored.
    package var utility: Double?
    /// The reason in a few words: `best of 6`, `cap: 2 a week`, `universal holdout`.
    package var why: String
    /// With what probability this answer was drawn, in 0 < p ≤ 1.
    package var propensity: Double
    /// The policy's name, such as `SquareCB`.
    package var policy: String

    package init(
        id: DecisionID, time: Timestamp, customer: CustomerID, placement: String, result: DecisionResult,
        utility: Double?, why: String, propensity: Double, policy: String
    ) {
        self.id = id
        self.time = time
        self.customer = customer
        self.placement = placement
        self.result = result
        self.utility = utility
        self.why = why
        self.propensity = propensity
        self.policy = policy
    }
}

/// Shares of recent decisions, each in 0 ... 1.
package struct DecisionMix: Sendable, Equatable {
    package var noOffer: Double
    package var heldOut: Double
    /// Drawn although another candidate had the greater utility.
    package var explored: Double
    /// Over which decisions: `last hour`, `last 10,000`.
    package var over: String

    package init(noOffer: Double, heldOut: Double, explored: Double, over: String) {
        self.noOffer = noOffer
        self.heldOut = heldOut
        self.explored = explored
        self.over = over
    }
}
