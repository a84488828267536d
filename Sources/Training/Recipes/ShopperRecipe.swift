import Foundation
import WeirLearning

/// Learns which active customers will buy nothing for a while (churn), or which customers will buy (purchase).
///
/// One row is a customer at an origin: features lie before it, the outcome within the horizon after it. Origins are one
/// horizon apart, so that no outcome reaches beyond the next origin; the latest is judged, and only origins whose whole
/// horizon has passed by then are learned from. Methods are chosen likewise on the two origins before.
package struct ShopperRecipe: Sendable {
    package enum Goal: String, Sendable {
        /// Nothing bought within the horizon, by a customer who bought within three horizons before.
        case churn
        /// Something bought within the horizon, by anybody who has ever bought.
        case purchase
    }

    package var goal: Goal
    /// In days; > 0.
    package var horizon: Double
    package var seed: UInt64

    package init(goal: Goal, horizon: Double, seed: UInt64 = 1) {
        self.goal = goal
        self.horizon = horizon
        self.seed = seed
    }

    static let penalties = [1.0, 10, 100]
    /// Learning from more would add older customs rather than knowledge.
    static let maximumOrigins = 13

    /// Columns of `features`.
    package static let names = [
        "recency", "trips", "trips_long", "spend", "spend_long", "mean_gap", "gap_spread", "overdue", "tenure",
        "purchases",
    ]

    /// - Throws: `RecipeError` where the log is too short or one outcome too rare, or `TrainingError`.
    package func run(_ log: ShopperLog) throws -> RecipeReport {
        let origins = origins(of: log)
        guard origins.count >= 4 else {
            throw RecipeError.tooLittle(
                "The log has \(Int(log.end - log.first)) days. A horizon of \(Int(horizon)) days needs at least "
                    + "\(Int(5 * horizon)): too little to act on. Give a shorter --horizon or a longer log.")
        }
        let rows = table(of: log, origins: origins)
        func rowsAt(_ origins: ArraySlice<Double>) -> [Int] {
            rows.times.indices.filter { origins.contains(rows.times[$0]) }
        }
        let last = origins.count - 1
        let train = rowsAt(origins[..<last])
        let test = rowsAt(origins[last...])
        let folds = [last - 2, last - 1].map { (rowsAt(origins[..<$0]), rowsAt(origins[$0...$0])) }
        for part in folds.flatMap({ [$0.0, $0.1] }) + [train, test] {
            let positives = rows.positives(part)
            guard positives >= 10, part.count - positives >= 10 else {
                throw RecipeError.tooLittle(
                    "In a stretch of the log only \(min(positives, part.count - positives)) of \(part.count) rows have the "
                        + "rarer outcome: too little to act on. At least 10 are needed; give another --horizon or a longer log."
                )
            }
        }
        return try judged(
            rows, trials: RecipeTrial.all(penalties: Self.penalties, withForest: false), folds: folds, train: train,
            test: test, seed: seed)
    }

    /// From early to late; each with at least one horizon before it and one after it.
    func origins(of log: ShopperLog) -> [Double] {
        let latest = log.end - horizon
        return (0..<Self.maximumOrigins).map { latest - Double($0) * horizon }
            .filter { $0 - log.first >= horizon }.reversed()
    }

    func table(of log: ShopperLog, origins: [Double]) -> RecipeRows {
        var values = ContiguousArray<Float>()
        var labels: [Bool] = []
        var times: [Double] = []
        for origin in origins {
            for purchases in log.purchases {
                let past = purchases.prefix { $0.time < origin }
                guard let latest = past.last, goal == .purchase || latest.time >= origin - 3 * horizon else { continue }
                let buys = purchases.dropFirst(past.count).first.map { $0.time < origin + horizon } ?? false
                labels.append(goal == .purchase ? buys : !buys)
                times.append(origin)
                values += features(past, at: origin, history: origin - log.first)
            }
        }
        let columns = Self.names.map { BatchModel.Column(name: $0) }
        return RecipeRows(features: FeatureMatrix(columns: columns, values: values), labels: labels, times: times)
    }

    /// - Parameters:
    ///   - past: The customer's purchases before the origin, at least one, in time order.
    ///   - history: Days from the start of the log to the origin.
    private func features(_ past: ArraySlice<ShopperLog.Purchase>, at origin: Double, history: Double) -> [Float] {
        var trips = [0.0, 0]
        var spend = [0.0, 0]
        let lives = [horizon, 4 * horizon]
        for purchase in past {
            for (index, life) in lives.enumerated() {
                let weight = exp2(-(origin - purchase.time) / life)
                trips[index] += weight
                spend[index] += weight * purchase.value
            }
        }
        // What one a day comes to, so that early origins are on the same scale as late ones.
        let scales = lives.map { max($0 / 0.693_147_180_559_945_3 * (1 - exp2(-history / $0)), 1) }
        let rates = zip(trips, scales).map { log1p(horizon * $0 / $1) }
        let values = zip(spend, scales).map { log1p(max(horizon * $0 / $1, 0)) }
        let recency = origin - past.last!.time
        let tenure = origin - past.first!.time
        // Two purchases of a horizon's distance stand in for gaps not seen yet.
        let count = Double(past.count - 1)
        let gap = (past.last!.time - past.first!.time + 2 * horizon) / (count + 2)
        var spread = 2 * (horizon - gap) * (horizon - gap)
        for (earlier, later) in zip(past, past.dropFirst()) {
            let distance = later.time - earlier.time - gap
            spread += distance * distance
        }
        let row = [
            log1p(recency), rates[0], rates[1], values[0], values[1], log1p(gap),
            log1p((spread / (count + 2)).squareRoot()),
            log1p(recency / max(gap, 0.01)), log1p(tenure), log1p(Double(past.count)),
        ]
        return row.map { Float($0) }
    }
}
