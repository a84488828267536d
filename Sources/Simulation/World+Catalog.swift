import WeirDomain
import WeirStatistics

extension World {
    static let orderGoal = "order"

    /// The catalog that a team would write for this shop, in Weir's own form.
    ///
    /// - Parameters:
    ///   - limit: Of the budget.
    ///   - start, end: When it can be spent; written to the day.
    ///   - curve: Its relative flow in equal parts.
    func catalog(limit: Money, seed: UInt64, knowsBaskets: Bool = true) -> String {
        // A purchase that becomes known late must count; where none is late, a day is enough.
        let isLate = delayMean > 0
        // Who knows that the market may turn at any time says so; it costs a little where it does not.
        let memory = driftDay == nil ? "" : ", memory: until_change"
        let campaigns = costs.indices.map { depth in
            """
              - id: \(Self.kinds[depth])
                kind: \(Self.kinds[depth])
                placements: [home]
                goal: \(Self.orderGoal)
                channel: web
                budgets: promotions
                offers:
            \((0..<Self.categories).map { category in
                "      - {id: \(Self.kinds[depth])-\(category), cost: \(cost(depth: depth)), value: \(value), "
                    + "about: {category_share: [k\(category)]}}"
            }.joined(separator: "\n"))
            """
        }
        return """
            currency: USD
            salt: world \(seed)
            \(holdout > 0 ? "holdout: \(holdout * 100) %" : "# Nobody is held out.")
            consent: {default: {marketing: granted}}\(basket(isOwn: knowsBaskets))
            # The constants (center, scale, expected) are round numbers near the usual values of the history.
            features:
              - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d, center: 0.9, scale: 0.6}
              - {name: organic_rate, aggregate: rate, event: Order Completed, where: {offer_used: false}, per: {event: Session, less: {event: Offer Shown}}, smoothing: 16, expected: 0.17, transform: logit, center: -1.6, scale: 0.4}
              - {name: days_since_order, aggregate: recency, event: Order Completed, center: 3.2, scale: 1}
              - {name: sale_rate, aggregate: rate, event: Session, where: {sale: true}, per: {event: Session}, smoothing: 3, expected: 0.37, transform: logit, center: -0.6, scale: 1}
              - {name: all_views, aggregate: count, event: Session, each: views, center: 4.5, scale: 0.7}
              - {name: offers_all, aggregate: count, event: Offer Shown, center: 1, scale: 1}
              - {name: redemption_rate, aggregate: rate, event: Order Completed, where: {offer_used: true}, per: {event: Offer Shown}, smoothing: 5, expected: 0.35, transform: logit, center: -0.6, scale: 0.5}
              - {name: category_share, aggregate: rate, event: Session, each: views, by: category, per: {event: Session, each: views}, smoothing: 5, expected: 0.25, transform: logit, center: -1.3, scale: 1}
            goals:
              - {id: \(Self.orderGoal), window: \(isLate ? "14d" : "1d"), baseline: learned, negatives: \(isLate ? "immediate" : "window_close")\(memory)}
            placements:
              - {id: home, policy: {epsilon_greedy: {epsilon: 0.0005}}}
            budgets:
              - {id: promotions, limit: \(limit), from: \(start.date), to: \((end - .day).date), curve: [\(curve)]}
            campaigns:
            \(campaigns.joined(separator: "\n"))
            """
    }

    static let kinds = ["shallow", "deep"]

    private func cost(depth: Int) -> String {
        guard let baskets else { return "\(costs[depth])" }
        return "\"\(baskets.percents[depth]) % of the basket, at most \(baskets.caps[depth])\""
    }

    private var value: String { baskets.map { "\"\($0.margin) % of the basket\"" } ?? "\(margin)" }

    /// - Parameter isOwn: Whether a person's own orders count; else so little that nobody's basket is another's.
    private func basket(isOwn: Bool) -> String {
        guard let baskets else { return "" }
        let deviation = baskets.deviation * baskets.deviation + baskets.noise * baskets.noise
        let spread = (100 * (Portable.exp(deviation) - 1).squareRoot()).rounded()
        return "\nbasket: {mean: \(baskets.mean) USD, spread: \(spread) %, weight: \(isOwn ? 2 : 1_000)}"
    }

    /// The forecast of traffic in 52 equal parts.
    private var curve: String {
        let parts = 52
        return (0..<parts).map { part in
            let first = Double(part) / Double(parts) * Double(days)
            let last = Double(part + 1) / Double(parts) * Double(days)
            let share = plannedShare(at: last) - plannedShare(at: first)
            return "\((share * Double(parts) * 1000).rounded() / 1000)"
        }.joined(separator: ", ")
    }
}

extension Timestamp {
    /// `2025-01-31`.
    fileprivate var date: String { String(iso8601.prefix(10)) }
}
