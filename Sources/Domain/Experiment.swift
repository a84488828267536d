/// A comparison of treatments on customers who are assigned to them by chance.
public struct Experiment: Sendable, Hashable, Codable {
    public var id: ExperimentID
    /// What people read.
    public var name: String
    /// Whose offers the arms may change; empty means all campaigns.
    public var campaigns: [CampaignID]
    /// Where it takes place; empty means everywhere.
    public var placements: [PlacementID]
    /// A customer takes part in at most one experiment of a group; nil means in this one whatever the others do.
    public var group: String?
    /// Share of customers who take part, in 0 < share ≤ 1.
    public var share: Double
    /// 2 … 10, of which the first is the control.
    public var arms: [Arm]
    /// First moment at which it is in force; nil means always.
    public var start: Timestamp?
    /// First moment at which it is no longer; nil means never.
    public var end: Timestamp?
    /// Nil assigns each customer for good.
    public var switchback: Switchback?
    /// What the arms are compared by, the one that decides first.
    public var metrics: [ExperimentMetric]
    public var guardrails: [Guardrail]
    /// Whether it is looked at all the time, so that intervals must hold at every look.
    public var isSequential: Bool

    public init(
        id: ExperimentID, name: String? = nil, campaigns: [CampaignID] = [], placements: [PlacementID] = [],
        group: String? = nil, share: Double = 1, arms: [Arm], start: Timestamp? = nil, end: Timestamp? = nil,
        switchback: Switchback? = nil, metrics: [ExperimentMetric] = [], guardrails: [Guardrail] = [],
        isSequential: Bool = false
    ) {
        self.id = id
        self.name = name ?? id.rawValue
        self.campaigns = campaigns
        self.placements = placements
        self.group = group
        self.share = share
        self.arms = arms
        self.start = start
        self.end = end
        self.switchback = switchback
        self.metrics = metrics
        self.guardrails = guardrails
        self.isSequential = isSequential
    }

    public func isInForce(at time: Timestamp) -> Bool {
        if let start, time < start { return false }
        if let end, time >= end { return false }
        return true
    }

    /// One of the treatments.
    public struct Arm: Sendable, Hashable, Codable {
        public var id: ArmID
        /// Of those who take part, in 0 < share < 1; an experiment's sum to 1.
        public var share: Double
        public var offers: Treatment

        public init(id: ArmID, share: Double, offers: Treatment) {
            self.id = id
            self.share = share
            self.offers = offers
        }
    }

    /// Which offers of the experiment's campaigns an arm may give; other campaigns' are never touched.
    public enum Treatment: Sendable, Hashable, Codable, CustomStringConvertible {
        case all
        case none
        case only([OfferID])

        public func contains(_ offer: OfferID) -> Bool {
            switch self {
            case .all: true
            case .none: false
            case .only(let offers): offers.contains(offer)
            }
        }

        public var description: String {
            switch self {
            case .all: "all"
            case .none: "none"
            case .only(let offers): "[\(offers.map(\.rawValue).joined(separator: ", "))]"
            }
        }
    }

    /// Whole units change arms from period to period, for treatments that customers pass on to each other.
    public struct Switchback: Sendable, Hashable, Codable {
        /// Counted from 1970 on; > 0.
        public var period: TimeSpan
        public var unit: Unit

        public enum Unit: Sendable, Hashable, Codable, CustomStringConvertible {
            case placement
            /// The value of a trait, such as `region`; people without it do not take part.
            case trait(String)

            public var description: String {
                switch self {
                case .placement: "placement"
                case .trait(let name): name
                }
            }
        }

        public init(period: TimeSpan, unit: Unit) {
            self.period = period
            self.unit = unit
        }
    }

    /// What stops an arm by itself.
    public struct Guardrail: Sendable, Hashable, Codable {
        public var metric: ExperimentMetric
        /// The least change relative to the control that is put up with, such as −0.05; > −1.
        public var notBelow: Double

        public init(metric: ExperimentMetric, notBelow: Double) {
            self.metric = metric
            self.notBelow = notBelow
        }
    }
}

/// What arms are compared by, per customer since they were first exposed.
public enum ExperimentMetric: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Whether the goal was reached, and not taken back.
    case goal(GoalID)
    /// The catalog's own metric, which the holdout is compared by, too.
    case value

    public var description: String {
        switch self {
        case .goal(let id): id.rawValue
        case .value: "value"
        }
    }
}

/// An experiment of the catalog.
public struct ExperimentID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An arm of an experiment; unique within it.
public struct ArmID: StringIdentifier {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An arm was stopped: from then on it gets the control's treatment.
public struct ArmStop: Sendable, Hashable {
    public var experiment: ExperimentID
    public var arm: ArmID
    public var time: Timestamp
    /// Who: a key's name, or `guardrail`.
    public var actor: String
    /// Why, in words; of a guardrail with the figures as they were.
    public var reason: String

    public init(experiment: ExperimentID, arm: ArmID, time: Timestamp, actor: String, reason: String) {
        self.experiment = experiment
        self.arm = arm
        self.time = time
        self.actor = actor
        self.reason = reason
    }
}
