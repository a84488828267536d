import WeirBudgeting
import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

/// A shop that gives codes of a pool at home, and one code for all at the till.
final class CouponShop {
    let harness: Harness
    private var messages = 0

    /// - Parameters:
    ///   - limit: Of the budget, in dollars.
    ///   - leaked: More of both campaigns.
    static func catalog(limit: Int = 1_000, leaked: String = "", cost: Int = 10) -> [StoredCatalog.File] {
        let text = """
            currency: USD
            salt: coupons
            consent: {default: {marketing: granted}}
            features:
              - {name: orders, aggregate: count, event: Order Completed}
            goals:
              - {id: redeem, event: Order Completed, coupon: coupon, window: 14d, reversal: {event: Order Refunded}}
            placements: [{id: home, policy: greedy}, {id: till, policy: greedy}]
            budgets:
              - {id: promotions, limit: \(limit) USD, from: 2026-01-01, to: 2026-12-31, return_floor: 0.01}
            campaigns:
              - id: spring
                placements: [home]
                goal: redeem
                channel: web
                budgets: [promotions]
                \(leaked)
                offers:
                  - {id: ten, cost: \(cost) USD, value: 500, codes: {pool: spring}, message: "Use {{offer.coupon}}"}
              - id: posters
                placements: [till]
                goal: redeem
                channel: till
                budgets: [promotions]
                \(leaked)
                offers:
                  - {id: five, cost: 5 USD, value: 500, coupon: SAVE5}
            """
        return [StoredCatalog.File(name: "weir.yaml", text: text)]
    }

    init(_ files: [StoredCatalog.File] = CouponShop.catalog(), codes: [String] = ["AAA111", "BBB222", "CCC333"]) throws
    {
        harness = try Harness(nil)
        try harness.engine.apply(files) { _ in }
        try harness.commit()
        if !codes.isEmpty { try load(codes) }
    }

    func load(_ codes: [String], into pool: CouponPoolID = "spring") throws {
        let lot = CouponLot(pool: pool, origin: .loaded, codes: codes, time: harness.clock.now, actor: "test")
        harness.engine.keep(lot) { _ in }
        try harness.commit()
    }

    /// Gives somebody a code of the pool.
    func give(to customer: String = "ada") throws -> (decision: DecisionID, code: String?) {
        let record = try harness.decide(customer, at: "home").record
        return (record.situation.id, record.situation.code)
    }

    func use(
        _ action: CouponRequest.Action, _ code: String, by customer: String? = nil, order: String? = nil,
        basket cents: Int64? = nil
    ) throws -> CouponReply {
        let slot = Harness.Slot<Result<CouponReply, EngineError>>()
        let request = CouponRequest(
            action, code: code, customer: customer.map { CustomerID($0) }, order: order,
            basket: cents.map { Basket(value: Money(minorUnits: $0, currency: .usd)) }, time: harness.clock.now)
        harness.engine.use(request) { slot.fill($0) }
        try harness.commit()
        return try slot.value!.get()
    }

    func tell(_ name: String, _ properties: JSON, of customer: String = "ada") throws {
        messages += 1
        try harness.send(
            Event(
                messageID: "m\(messages)", source: "shop", kind: .track, name: name, userID: customer,
                eventTime: harness.clock.now, receivedTime: harness.clock.now, properties: properties))
    }

    func pass(_ span: TimeSpan) throws {
        harness.clock.set(harness.clock.now + span)
        harness.engine.tick()
        try harness.commit()
    }

    func outcomes(of decision: DecisionID) throws -> [Outcome.Kind] {
        try harness.store.outcomes(of: decision).map(\.kind)
    }

    func account(_ id: BudgetID = "promotions") -> Ledger.Account? {
        harness.engine.ledger.accounts.first { $0.budget == id }
    }

    var spent: Int64 { account()!.spent }
    var reserved: Int64 { account()!.reserved }
}
