import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

/// A shop that gives everybody one code, and tells of orders and refunds as shops do.
final class OrderShop {
    let harness: Harness
    private var messages = 0

    static func catalog(_ more: String = "", goal: String = "", offers: String = "") -> String {
        """
        currency: USD
        salt: orders
        consent: {default: {marketing: granted}}
        \(more)
        features:
          - {name: orders, aggregate: count, event: Order Completed}
          - {name: spend, aggregate: sum, event: Order Completed, value: revenue}
          - {name: orders_60d, aggregate: count, event: Order Completed, window: 60d}
          - {name: bought, aggregate: sum, event: Order Completed, each: products, value: quantity}
        metric: {name: sales, event: Order Completed, value: revenue}
        goals:
          - {id: redeem, event: Order Completed, coupon: coupon, window: 14d\(goal), reversal: {event: Order Refunded}}
        placements: [{id: home, policy: greedy}]
        budgets:
          - {id: promotions, limit: 1000 USD, from: 2026-01-01, to: 2026-12-31, return_floor: 0.01}
        campaigns:
          - id: spring
            placements: [home]
            goal: redeem
            channel: web
            budgets: [promotions]
            offers:
              - {id: ten, cost: 10 USD, value: 50, coupon: SAVE10}
        \(offers)
        """
    }

    init(_ catalog: String = OrderShop.catalog()) throws {
        harness = try Harness(nil)
        try harness.engine.apply([StoredCatalog.File(name: "weir.yaml", text: catalog)]) { _ in }
        try harness.commit()
    }

    /// Gives somebody the code.
    func give(to customer: String = "ada") throws -> DecisionID {
        try harness.decide(customer, at: "home").record.situation.id
    }

    static func event(
        _ name: String, _ properties: JSON, of customer: String = "ada", at time: Timestamp, arriving: Timestamp? = nil,
        messageID: String, source: SourceID = "shop"
    ) -> Event {
        Event(
            messageID: messageID, source: source, kind: .track, name: name, userID: customer, eventTime: time,
            receivedTime: arriving ?? time, properties: properties)
    }

    /// Tells of something that happened `after` seconds from now.
    func tell(
        _ name: String, _ properties: JSON, of customer: String = "ada", after seconds: Double = 0,
        source: SourceID = "shop"
    ) throws {
        messages += 1
        let event = Self.event(
            name, properties, of: customer, at: harness.clock.now + .seconds(seconds), messageID: "m\(messages)",
            source: source)
        try harness.send(event)
    }

    func order(_ properties: JSON, of customer: String = "ada", after seconds: Double = 0) throws {
        try tell("Order Completed", properties, of: customer, after: seconds)
    }

    func refund(_ properties: JSON, of customer: String = "ada", after seconds: Double = 0) throws {
        try tell("Order Refunded", properties, of: customer, after: seconds)
    }

    func pass(_ span: TimeSpan) throws {
        harness.clock.set(harness.clock.now + span)
        harness.engine.tick()
        try harness.commit()
    }

    func outcomes(of decision: DecisionID) throws -> [Outcome.Kind] {
        try harness.store.outcomes(of: decision).map(\.kind)
    }

    /// What the goal's model has learned of a decision in the end: 1 for a yes, 0 for a no, nil for nothing.
    func lesson(of decision: DecisionID) throws -> Double? {
        var label: Double?
        for outcome in try harness.store.outcomes(of: decision) {
            switch outcome.lesson {
            case .none: break
            case .learnedNo: label = 0
            case .learnedYes: label = 1 - (outcome.share?.upperBound ?? 0)
            case .turnedToYes: label = 1
            case .turnedToNo: label = 1 - (outcome.share?.upperBound ?? 1)
            }
        }
        return label
    }

    var spent: Int64 { harness.engine.ledger.accounts[0].spent }
    var reserved: Int64 { harness.engine.ledger.accounts[0].reserved }
}
