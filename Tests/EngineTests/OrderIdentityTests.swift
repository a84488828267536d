import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

/// Which tellings are of one order, and whose it is.
@Suite("One order, however it is told")
struct OrderIdentityTests {
    @Test(
        "An order's number is one order as number, decimal or text, with blanks or without",
        arguments: [7001, 7001.0, "7001", " 7001 ", "7001.0", "\u{a0}7001"] as [JSON])
    func numbers(id: JSON) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "7001", "coupon": "SAVE10", "revenue": 30])
        try shop.order(["order_id": id, "coupon": "SAVE10", "revenue": 30], after: 1)
        #expect(try shop.harness.features("ada")[0] == 1)
        try shop.refund(["order_id": id], after: 2)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
    }

    @Test("Numbers of orders that differ are different orders", arguments: ["7001.1", "7001.00", "07001", "7001.0.0"])
    func others(id: String) throws {
        let shop = try OrderShop()
        try shop.order(["order_id": "7001", "revenue": 30])
        try shop.order(["order_id": .string(id), "revenue": 30], after: 1)
        #expect(try shop.harness.features("ada")[0] == 2)
    }

    @Test("Equivalent letters are one order's id")
    func letters() throws {
        let shop = try OrderShop()
        try shop.order(["order_id": "caf\u{e9}-1", "revenue": 30])
        try shop.order(["order_id": "cafe\u{301}-1", "revenue": 30], after: 1)
        #expect(try shop.harness.features("ada")[0] == 1)
    }

    @Test(
        "What programs write where they have no id makes no one order of many",
        arguments: [
            "undefined", "null", "(not set)", "0", 0, "{{order_id}}", "{{ order.id1 }}", "#{order1}", "0.0", "",
        ] as [JSON])
    func none(id: JSON) throws {
        let shop = try OrderShop()
        try shop.order(["order_id": id, "revenue": 30])
        try shop.order(["order_id": id, "revenue": 20], after: 1)
        #expect(try shop.harness.features("ada")[0..<2] == [2, 50])
    }

    @Test("An order told under two users converts one decision, is spent once and adds to the metric once")
    func twoUsers() throws {
        let shop = try OrderShop()
        let decisions = [try shop.give(to: "ada"), try shop.give(to: "bob")]
        try shop.order(["order_id": "T1", "coupon": "SAVE10", "revenue": 30], of: "ada", after: 1)
        try shop.order(["order_id": "T1", "coupon": "SAVE10", "revenue": 30], of: "bob", after: 2)
        #expect(try decisions.map { try shop.outcomes(of: $0) } == [[.converted], []])
        #expect(shop.spent == 1_000)
        #expect(shop.harness.engine.comparison.treated.sum == 30)
        // Its refund is of that order, whoever it is told under.
        try shop.refund(["order_id": "T1", "revenue": 15], of: "bob", after: 3)
        #expect(try decisions.map { try shop.outcomes(of: $0) } == [[.converted, .partlyReversed], []])
    }

    // MARK: Who bought becomes known

    /// Ties a device to a person.
    private func identify(_ shop: OrderShop, _ user: String = "ada", as device: String = "device") throws {
        try shop.harness.send(shop.harness.event(user, anonymous: device, kind: .identify, properties: .emptyObject))
    }

    private func buy(_ shop: OrderShop, on device: String = "device", _ name: String = "Order Completed") throws {
        try shop.harness.send(
            shop.harness.event(
                nil, name, anonymous: device, properties: ["order_id": "G1", "coupon": "save10", "revenue": 40]))
    }

    @Test("An order told before it was known who made it joins once that is told", arguments: [false, true])
    func identified(restarts: Bool) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try buy(shop)
        #expect(try shop.outcomes(of: decision).isEmpty)
        if restarts { try shop.harness.restart() }
        try shop.pass(.day)
        try identify(shop)
        #expect(try shop.outcomes(of: decision) == [.converted])
        #expect(shop.spent == 1_000)
        #expect(shop.harness.engine.unforeseenReads == 0)
        // Told again, by the shop's own system, it is the same order.
        try shop.order(["order_id": "G1", "coupon": "SAVE10", "revenue": 40])
        #expect(try shop.outcomes(of: decision) == [.converted])
        #expect(try Engine.learned(from: shop.harness.store) == shop.harness.engine.learned)
    }

    @Test("So does one of a known person whose device was given the code, with the refund that was told meanwhile")
    func givenToDevice() throws {
        let shop = try OrderShop()
        let slot = shop.harness.ask(DecisionRequest(userID: nil, anonymousID: "device", placement: "home"))
        try shop.harness.commit()
        let decision = try #require(try slot.value?.get()).record.situation.id
        try shop.order(["order_id": "G1", "coupon": "SAVE10", "revenue": 40], after: 1)
        try shop.refund(["order_id": "G1", "revenue": 10], after: 2)
        try identify(shop)
        #expect(try shop.outcomes(of: decision) == [.converted, .partlyReversed])
        #expect(shop.spent == 750)
        #expect(shop.harness.engine.unforeseenReads == 0)
    }

    @Test("An order from before the decision, or of somebody else, joins nothing when two turn out to be one")
    func notJoined() throws {
        let shop = try OrderShop()
        try buy(shop)
        try shop.pass(.day)
        let decision = try shop.give()
        try identify(shop, as: "other")
        try identify(shop)
        #expect(try shop.outcomes(of: decision).isEmpty)
        #expect(shop.spent == 0)
    }

    // MARK: Parts of refunds

    @Test(
        "The parts of one refund add up, and what repeats a part does not",
        arguments: [
            // Two amounts under one id.
            (
                [
                    ["refund_id": "R1", "revenue": 10], ["refund_id": "R1", "revenue": 5],
                    ["refund_id": "R1", "revenue": 10],
                ], 500
            ),
            // Two lines of one price.
            (
                [
                    ["refund_id": "R1", "revenue": 10, "sku": "a"], ["refund_id": "R1", "revenue": 10, "sku": "b"],
                    ["refund_id": "R1", "revenue": 10, "sku": "a"],
                ], 333
            ),
            // By lines and as a whole.
            (
                [
                    ["refund_id": 1, "products": [["product_id": "a", "price": 10]]],
                    ["refund_id": 1.0, "products": [["product_id": "b", "price": 5]]],
                    ["refund_id": "1", "revenue": 15],
                ], 500
            ),
            // Two refunds.
            ([["refund_id": "R1", "revenue": 10], ["refund_id": "R2", "revenue": 10]], 333),
            // A column of what was given back so far.
            ([["refund_id": "P1", "revenue": 10], ["refund_id": "P1", "revenue": 15]], 500),
        ] as [([JSON], Int64)])
    func parts(refunds: [JSON], left: Int64) throws {
        let shop = try OrderShop()
        _ = try shop.give()
        try shop.order(["order_id": "P1", "coupon": "SAVE10", "revenue": 30])
        for (index, refund) in refunds.enumerated() {
            try shop.refund(refund.with("order_id", "P1"), after: Double(index))
        }
        #expect(shop.spent == left)
    }

    @Test("A refund of more than the order takes back the order, no more")
    func tooMuch() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "M1", "coupon": "SAVE10", "revenue": 30])
        try shop.refund(["order_id": "M1", "revenue": 300], after: 1)
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
        #expect(shop.spent == 0)
    }

    // MARK: Orders that fell through

    @Test(
        "A cancelled order is taken back as a whole, whatever amounts the cancellation repeats, before or after it",
        arguments: [false, true], [["revenue": 30], ["revenue": 0, "total": 12.5], [:]] as [JSON])
    func cancelled(isFirst: Bool, amounts: JSON) throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        let order: JSON = ["order_id": "C1", "coupon": "SAVE10", "revenue": 30]
        if !isFirst { try shop.order(order) }
        try shop.tell("Order Cancelled", amounts.with("order_id", "C1"), after: 1)
        if isFirst { try shop.order(order) }
        #expect(try shop.outcomes(of: decision) == [.converted, .reversed])
        #expect(shop.spent == 0)
        #expect(try shop.lesson(of: decision) == 0)
    }

    @Test("A cancellation of another order, and one where the goal takes nothing back, change nothing")
    func otherCancelled() throws {
        let shop = try OrderShop()
        let decision = try shop.give()
        try shop.order(["order_id": "C1", "coupon": "SAVE10", "revenue": 30])
        try shop.tell("Order Cancelled", ["order_id": "C2", "revenue": 30], after: 1)
        #expect(try shop.outcomes(of: decision) == [.converted])
        let lasting = try OrderShop(
            OrderShop.catalog().replacing(", reversal: {event: Order Refunded}", with: ""))
        let kept = try lasting.give()
        try lasting.order(["order_id": "C1", "coupon": "SAVE10", "revenue": 30])
        try lasting.tell("Order Cancelled", ["order_id": "C1"], after: 1)
        #expect(try lasting.outcomes(of: kept) == [.converted])
    }
}

extension JSON {
    /// An object with one member more.
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []) + [JSON.Member(name, value)])
    }
}
