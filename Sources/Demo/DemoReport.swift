package import WeirJSON
package import WeirStatistics

/// What the replay showed.
package struct DemoReport: Sendable {
    package var households = 0
    package var baskets = 0
    package var events = 0
    package var decisions = 0
    package var outcomes = 0
    package var quarantined = 0
    package var durationSeconds = 0.0
    package var segment: RankingMetrics?
    package var individual: RankingMetrics?
    package var till = Till()
    package var budget = Budget()
    package var decideP50Milliseconds = 0.0
    package var decideP99Milliseconds = 0.0
    package var outcomeToModelP99Milliseconds = 0.0

    /// The moment of interaction.
    package struct Till: Sendable, Equatable {
        package var decisions = 0
        package var offers = 0
        package var heldOut = 0
        package var explored = 0
        /// Offers for campaigns that the household really received, so that the log says whether it redeemed.
        package var answered = 0
        package var redeemed = 0
        package var unanswered: Int { offers - answered }

        package init() {}
    }

    /// In major units.
    package struct Budget: Sendable {
        package var limit = 0.0
        package var spent = 0.0
        package var reserved = 0.0
        package var price = 0.0
        package var overspend: Double { max(0, spent + reserved - limit) }

        package init(limit: Double = 0, spent: Double = 0, reserved: Double = 0, price: Double = 0) {
            self.limit = limit
            self.spent = spent
            self.reserved = reserved
            self.price = price
        }
    }

    package init() {}

    package var json: JSON {
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
