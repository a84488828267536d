public import WeirJSON
public import WeirStatistics

/// What the replay showed.
public struct DemoReport: Sendable {
    public var households = 0
    public var baskets = 0
    public var events = 0
    public var decisions = 0
    public var outcomes = 0
    public var quarantined = 0
    public var durationSeconds = 0.0
    public var segment: RankingMetrics?
    public var individual: RankingMetrics?
    public var till = Till()
    public var budget = Budget()
    public var decideP50Milliseconds = 0.0
    public var decideP99Milliseconds = 0.0
    public var outcomeToModelP99Milliseconds = 0.0

    /// The moment of interaction.
    public struct Till: Sendable, Equatable {
        public var decisions = 0
        public var offers = 0
        public var heldOut = 0
        public var explored = 0
        /// Offers for campaigns that the household really received, so that the log says whether it redeemed.
        public var answered = 0
        public var redeemed = 0
        public var unanswered: Int { offers - answered }

        public init() {}
    }

    /// In major units.
    public struct Budget: Sendable {
        public var limit = 0.0
        public var spent = 0.0
        public var reserved = 0.0
        public var price = 0.0
        public var overspend: Double { max(0, spent + reserved - limit) }

        public init(limit: Double = 0, spent: Double = 0, reserved: Double = 0, price: Double = 0) {
            self.limit = limit
            self.spent = spent
            self.reserved = reserved
            self.price = price
        }
    }

    public init() {}

    public var json: JSON {
        [
            "households": .integer(Int64(households)), "baskets": .integer(Int64(baskets)),
            "events": .integer(Int64(events)), "decisions": .integer(Int64(decisions)),
            "outcomes": .integer(Int64(outcomes)), "quarantined": .integer(Int64(quarantined)),
            "duration_seconds": .number(durationSeconds),
            "targeting": ["segment": Self.json(segment), "individual": Self.json(individual)],
            "till": [
                "decisions": .integer(Int64(till.decisions)), "offers": .integer(Int64(till.offers)),
                "held_out": .integer(Int64(till.heldOut)), "explored": .integer(Int64(till.explored)),
                "answered": .integer(Int64(till.answered)), "redeemed": .integer(Int64(till.redeemed)),
                "unanswered": .integer(Int64(till.unanswered)),
            ],
            "budget": [
                "limit": .number(budget.limit), "spent": .number(budget.spent), "reserved": .number(budget.reserved),
                "overspend": .number(budget.overspend), "shadow_price": .number(budget.price),
            ],
            "latency": [
                "decide_p50_ms": .number(decideP50Milliseconds), "decide_p99_ms": .number(decideP99Milliseconds),
                "outcome_to_model_p99_ms": .number(outcomeToModelP99Milliseconds),
            ],
        ]
    }

    private static func json(_ metrics: RankingMetrics?) -> JSON {
        guard let metrics else { return .null }
        return [
            "auc": metrics.auc.map { .number($0) } ?? .null, "log_loss": .number(metrics.logLoss),
            "calibration_error": .number(metrics.calibrationError), "top5": .number(metrics.top5),
            "top10": .number(metrics.top10), "top20": .number(metrics.top20), "rows": .integer(Int64(metrics.count)),
            "rate": .number(metrics.rate),
        ]
    }
}
