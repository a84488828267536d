package import WeirDomain

/// Everything that the page Policies shows, as of one moment.
package struct PoliciesSnapshot: Sendable, Equatable {
    /// A policy's value as estimated from the log of what another policy did.
    package struct Candidate: Sendable, Equatable {
        /// "greedy", "SquareCB γ 40, model redemption-gb".
        package var name: String
        /// Value per decision in major units of the currency, with 95 %.
        package var value: Estimate
        /// Value less the live policy's on the same decisions, with 95 %.
        package var difference: Estimate
        /// "doubly robust", "self-normalised IPS".
        package var estimator: String
        /// How many decisions drawn by the candidate itself would tell as much, in 0 ... decisions.
        package var effectiveSampleSize: Double
        /// The greatest single weight as a multiple of the mean weight, ≥ 1; nil where the estimator has none.
        package var largestWeight: Double?
        /// What makes the estimate doubtful, each a sentence; empty where nothing does.
        package var warnings: [String]

        package init(
            name: String, value: Estimate, difference: Estimate, estimator: String, effectiveSampleSize: Double,
            largestWeight: Double? = nil, warnings: [String] = []
        ) {
            self.name = name
            self.value = value
            self.difference = difference
            self.estimator = estimator
            self.effectiveSampleSize = effectiveSampleSize
            self.largestWeight = largestWeight
            self.warnings = warnings
        }

        /// Whether it surely earns more than the live policy: its whole range does, and nothing makes the range doubtful.
        var isClearlyBetter: Bool { difference.low > 0 && warnings.isEmpty }
    }

    package struct Placement: Sendable, Equatable {
        package var id: PlacementID
        package var name: String
        /// The policy that decides there now: "SquareCB γ 20".
        package var policy: String
        /// Decisions whose outcome is known, on which all below is measured, ≥ 0.
        package var decisions: Int
        /// The first and last moment of those decisions; nil before the first.
        package var period: ClosedRange<Timestamp>?
        /// The live policy's value per decision in major units, with 95 %; nil while there are too few outcomes.
        package var live: Estimate?
        /// Best difference first.
        package var candidates: [Candidate]

        package init(
            id: PlacementID, name: String, policy: String, decisions: Int = 0, period: ClosedRange<Timestamp>? = nil,
            live: Estimate? = nil, candidates: [Candidate] = []
        ) {
            self.id = id
            self.name = name
            self.policy = policy
            self.decisions = decisions
            self.period = period
            self.live = live
            self.candidates = candidates
        }
    }

    package var generatedTime: Timestamp
    /// Of all values.
    package var currency: Currency
    /// In the catalog's order.
    package var placements: [Placement]
    /// What makes an empty page fill.
    package var catalogCommand: String
    package var evaluateCommand: String

    package init(
        generatedTime: Timestamp, currency: Currency, placements: [Placement] = [],
        catalogCommand: String = "weir apply", evaluateCommand: String = "weir evaluate --placement PLACEMENT"
    ) {
        self.generatedTime = generatedTime
        self.currency = currency
        self.placements = placements
        self.catalogCommand = catalogCommand
        self.evaluateCommand = evaluateCommand
    }
}
