public import WeirDomain

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
            switch candidate.gate {
            case nil: return false
            case .experiment: isClosedByArm = true
            default: break
            }
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
    public var gate: Gate?
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
}

/// Why a candidate was not considered further.
public enum Gate: Sendable, Equatable {
    case notStarted
    case ended
    case notEligible
    case noConsent(Purpose, Channel)
    case suppressed
    case capped(CapHit)
    case campaignHoldout
    case outOfStock
    /// Before the budget's first or after its last moment.
    case budgetNotOpen(BudgetID)
    case budgetExhausted(BudgetID)
    /// Open but for the arm that the person is in.
    case experiment(ExperimentID, ArmID)

    /// A stable code for machines.
    public var code: String {
        switch self {
        case .notStarted: "not_started"
        case .ended: "ended"
        case .notEligible: "not_eligible"
        case .noConsent: "no_consent"
        case .suppressed: "suppressed"
        case .capped: "capped"
        case .campaignHoldout: "campaign_holdout"
        case .outOfStock: "out_of_stock"
        case .budgetNotOpen: "budget_not_open"
        case .budgetExhausted: "budget_exhausted"
        case .experiment: "experiment"
        }
    }

    /// A few words for people.
    public var words: String {
        switch self {
        case .notStarted: "not started"
        case .ended: "ended"
        case .notEligible: "not eligible"
        case .noConsent(let purpose, let channel): "no consent: \(purpose), \(channel)"
        case .suppressed: "suppressed"
        case .capped(let hit): "cap: \(hit.limit) per \(Self.words(for: hit.per)) (\(hit.scope.rawValue))"
        case .campaignHoldout: "campaign holdout"
        case .outOfStock: "out of stock"
        case .budgetNotOpen(let budget): "budget not open: \(budget)"
        case .budgetExhausted(let budget): "budget used up: \(budget)"
        case .experiment(let experiment, let arm): "experiment \(experiment): \(arm)"
        }
    }

    private static func words(for span: TimeSpan) -> String {
        switch span.inSeconds {
        case let seconds where seconds >= 86_400: "\(Int((seconds / 86_400).rounded())) d"
        case let seconds where seconds >= 3_600: "\(Int((seconds / 3_600).rounded())) h"
        case let seconds: "\(Int((seconds / 60).rounded())) min"
        }
    }
}
