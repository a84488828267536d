import Testing
import WeirBudgeting
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Orders and their refunds")
struct OrderTests {
    // MARK: Refunds

    @Test("A refund takes back its own order, no other", arguments: ["Order Refunded"])
    func otherOrder(name: String) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 30])
        try shop.refund(["order_id": "OLD-2019", "revenue": 12])
        try shop.refund(["order_id": "OLD-2018"], after: -86_400 * 300)
        #expect(try shop.outcomes(of: decision) == [.converted])
        #expect(shop.spent == 1_000)
        try shop.refund(["order_id": "A1", "revenue": 30])
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
        #expect(shop.spent == 0)
        #expect(try shop.lesson(of: decision) == 0)
    }

    @Test("An order's id may be a number or a text, with blanks around it")
    func numberedOrder() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": 1001, "coupon": "SAVE10", "revenue": 30])
        try shop.refund(["order_id": " 1001 "])
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
    }

    @Test("A refund without an id takes back the latest conversion before it, none after it")
    func withoutID() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["coupon": "SAVE10", "revenue": 30], after: 10)
        try shop.refund([:], after: 5)
        #expect(try shop.outcomes(of: decision) == [.converted])
        try shop.refund([:], after: 11)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
    }

    @Test("A refund that comes before its order leaves what it leaves in order")
    func refundFirst() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.pass(.second * 5)
        try shop.refund(["order_id": "A3", "revenue": 30], after: -1)
        #expect(try shop.outcomes(of: decision).isEmpty)
        try shop.harness.restart()
        try shop.order(["order_id": "A3", "coupon": "SAVE10", "revenue": 30], after: -2)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
        #expect(shop.spent == 0)
        #expect(try shop.lesson(of: decision) == 0)
    }

    @Test("A part that is refunded takes back cost and lesson in proportion, several parts add up")
    func parts() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "A4", "coupon": "SAVE10", "revenue": 30])
        try shop.refund(["order_id": "A4", "revenue": 10], after: 1)
        #expect(try shop.outcomes(of: decision) == [.converted, .partlyReversed])
        #expect(shop.spent == 667)
        #expect(abs(try #require(try shop.lesson(of: decision)) - 2.0 / 3) < 1e-6)
        try shop.harness.restart()
        try shop.refund(["order_id": "A4", "products": [["price": 2.5, "quantity": 2]]], after: 2)
        #expect(shop.spent == 500)
        try shop.refund(["order_id": "A4", "revenue": 15], after: 3)
        #expect(try shop.outcomes(of: decision).last == .reversed)
        #expect(shop.spent == 0)
        #expect(try shop.lesson(of: decision) == 0)
        try shop.refund(["order_id": "A4"], after: 4)
        #expect(try shop.outcomes(of: decision).count == 4)
        #expect(try Engine.learned(from: shop.harness.store) == shop.harness.engine.learned)
    }

    @Test("A refund after the window has closed takes back its order, too")
    func lateRefund() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "A6", "coupon": "SAVE10", "revenue": 40])
        try shop.pass(.day * 20)
        try shop.refund(["order_id": "A6", "revenue": 10])
        #expect(shop.spent == 750)
        try shop.harness.restart()
        try shop.refund(["order_id": "A6"])
        #expect(try shop.outcomes(of: decision) == [.converted, .expired, .partlyReversed, .reversed])
        #expect(shop.spent == 0)
        #expect(shop.harness.engine.unforeseenReads == 0)
    }

    // MARK: Told again

    @Test("An order told again is the same order: one conversion, one cost, counted once")
    func toldAgain() throws {
        let shop = try OrderShop()
        let decisions = [try shop.give(), try shop.give()]
        try shop.order(["order_id": "A5", "coupon": "SAVE10", "revenue": 30, "products": [["quantity": 2]]])
        try shop.tell(
            "Order Completed", ["order_id": "A5", "coupon": "SAVE10", "revenue": 30, "products": [["quantity": 2]]],
            after: 60, source: "page")
        #expect(try decisions.map { try shop.outcomes(of: $0) } == [[], [.converted]])
        #expect(shop.spent == 1_000)
        #expect(try shop.harness.features("ada") == [1, 30, 1, 2])
        // Corrected: the newest telling counts.
        try shop.order(["order_id": "A5", "coupon": "SAVE10", "revenue": 20, "products": [["quantity": 1]]], after: 90)
        #expect(try shop.harness.features("ada") == [1, 20, 1, 1])
        #expect(shop.harness.engine.comparison.treated.sum == 20)
        try shop.harness.restart()
        #expect(try shop.harness.features("ada") == [1, 20, 1, 1])
        #expect(shop.harness.engine.comparison.treated.sum == 20)
    }

    @Test("An order told again after its decision's window has closed converts no other decision")
    func toldAgainLate() throws {
        let shop = try OrderShop()
        let first = try shop.give()
        try shop.order(["order_id": "A7", "coupon": "SAVE10", "revenue": 30])
        try shop.pass(.day * 15)
        let second = try shop.give()
        try shop.order(["order_id": "A7", "coupon": "SAVE10", "revenue": 30])
        #expect(try shop.outcomes(of: first) == [.converted, .expired])
        #expect(try shop.outcomes(of: second).isEmpty)
        try shop.order(["order_id": "A8", "coupon": "SAVE10", "revenue": 30])
        #expect(try shop.outcomes(of: second) == [.converted])
    }

    @Test("The catalog says what an order is where a shop says it in its own way")
    func declared() throws {
        let shop = try OrderShop(
            OrderShop.catalog("orders: {id: transaction.number, lines: items, value: amount, coupons: [vouchers]}"))
        let decision = try shop.give()
        try shop.order(["transaction": ["number": 7], "amount": 50, "vouchers": [["code": "save10"]]])
        try shop.order(["transaction": ["number": 7], "amount": 50], after: 3)
        #expect(try shop.harness.features("ada")[0] == 1)
        try shop.refund(["transaction": ["number": 7], "amount": 25], after: 5)
        #expect(try shop.outcomes(of: decision) == [.converted, .partlyReversed])
        #expect(shop.spent == 500)
    }

    // MARK: Codes

    @Test(
        "A code joins in any case, with blanks, as one or in a list, on the order or on its lines",
        arguments: [
            ["coupon": "save10"], ["coupon": " Save 10 "], ["coupon": ["FREESHIP", "SAVE10"]],
            ["coupon": "FREESHIP, save10"], ["coupon": [["code": "save10", "amount": 3]]],
            ["products": [["coupon": "none"], ["coupon": "SAVE10"]]], ["coupons": ["SAVE10"]],
        ] as [JSON])
    func codes(properties: JSON) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(properties)
        #expect(try shop.outcomes(of: decision) == [.converted])
    }

    @Test("A code of digits joins as a number; another code does not")
    func digits() throws {
        let shop = try OrderShop(
            OrderShop.catalog().replacing("coupon: SAVE10", with: "coupon: \"51800\""))
        let decision = try shop.give()
        try shop.order(["coupon": 51801])
        try shop.order(["coupon": ["SAVE", 5180]])
        #expect(try shop.outcomes(of: decision).isEmpty)
        try shop.order(["coupon": 51800])
        #expect(try shop.outcomes(of: decision) == [.converted])
    }

    // MARK: Clocks

    @Test(
        "A code joins although the till's clock is behind, as far as the goal tolerates",
        arguments: [
            ("", -3_600.0, true), ("", -3_601, false), (", clock_tolerance: 5m", -300, true),
            (", clock_tolerance: 5m", -301, false),
        ])
    func slowTill(goal: String, seconds: Double, joins: Bool) throws {
        let shop = try OrderShop(OrderShop.catalog(goal: goal))
        let decision = try shop.give()
        try shop.order(["coupon": "SAVE10"], after: seconds)
        #expect(try shop.outcomes(of: decision) == (joins ? [.converted] : []))
    }

    @Test(
        "A time that is a day alone joins on that day where the shop is",
        arguments: [
            ("", "2026-03-01", true), ("", "2026-02-28", false), ("time_zone: America/New_York", "2026-03-01", true),
            ("time_zone: Pacific/Kiritimati", "2026-03-01", true),
            ("time_zone: Pacific/Kiritimati", "2026-02-28", false),
        ])
    func dayAlone(zone: String, day: String, joins: Bool) throws {
        let shop = try OrderShop(OrderShop.catalog(zone))
        let decision = try shop.give()  // At eight in the morning of 1 March, UTC.
        var event = OrderShop.event(
            "Order Completed", ["coupon": "SAVE10"], at: Timestamp(iso8601: day)!,
            arriving: shop.harness.clock.now + .day,
            messageID: "d")
        event.context = [Event.timestampPrecision: "day"]
        try shop.harness.send(event)
        #expect(try shop.outcomes(of: decision) == (joins ? [.converted] : []))
    }

    // MARK: Late

    @Test(
        "What happened inside the window counts although it is told after it: spent, and the “no” turned round",
        arguments: [(1.0, true), (29, true), (31, false)])
    func late(days: Double, counts: Bool) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        let time = harnessTime(shop) + .day * 13
        try shop.pass(.day * 14)
        #expect(try shop.lesson(of: decision) == 0)
        try shop.pass(.days(days))
        try shop.harness.restart()
        try shop.harness.send(
            OrderShop.event(
                "Order Completed", ["order_id": "L1", "coupon": "SAVE10", "revenue": 30], at: time,
                arriving: shop.harness.clock.now, messageID: "late"))
        #expect(try shop.outcomes(of: decision) == (counts ? [.notConverted, .converted] : [.notConverted]))
        #expect(shop.spent == (counts ? 1_000 : 0))
        #expect(shop.reserved == 0)
        #expect(try shop.lesson(of: decision) == (counts ? 1 : 0))
        #expect(try Engine.learned(from: shop.harness.store) == shop.harness.engine.learned)
        #expect(shop.harness.engine.unforeseenReads == 0)
        // Told again it is the same order.
        try shop.harness.send(
            OrderShop.event(
                "Order Completed", ["order_id": "L1", "coupon": "SAVE10", "revenue": 30], at: time,
                arriving: shop.harness.clock.now, messageID: "again"))
        #expect(try shop.outcomes(of: decision).count == (counts ? 2 : 1))
    }

    @Test("What happened after the window does not count, however soon it is told")
    func afterTheWindow() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.pass(.day * 14)
        try shop.order(["coupon": "SAVE10"])
        #expect(try shop.outcomes(of: decision) == [.notConverted])
    }

    @Test("A report by the decision's id after the window counts for what happened inside it")
    func lateReport() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        let inside = shop.harness.clock.now + .day
        try shop.pass(.day * 16)
        func report(_ time: Timestamp) throws -> OutcomeReply? {
            let slot = Harness.Slot<Result<[OutcomeReply], EngineError>>()
            shop.harness.engine.report([
                OutcomeReport(
                    decision: decision, kind: .converted, eventTime: time, receivedTime: shop.harness.clock.now)
            ]) { slot.fill($0) }
            try shop.harness.commit()
            return try slot.value?.get().first
        }
        #expect(try report(shop.harness.clock.now) == .outsideWindow)
        #expect(try report(inside) == .recorded)
        #expect(try report(inside) == .alreadyRecorded)
        #expect(shop.spent == 1_000)
    }

    private func harnessTime(_ shop: OrderShop) -> Timestamp { shop.harness.clock.now }
}
