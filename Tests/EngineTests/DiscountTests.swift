import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStatistics
import WeirStorage

@Suite("What an offer costs follows from its order")
struct DiscountTests {
    static func shop(
        _ cost: String, value: String = "50", more: String = "basket: 60 USD", budget: String = "1000 USD"
    ) throws -> OrderShop {
        let offer = "{id: ten, cost: 10 USD, value: 50, coupon: SAVE10}"
        let catalog = OrderShop.catalog(more)
            .replacing(offer, with: "{id: ten, cost: \"\(cost)\", value: \"\(value)\", coupon: SAVE10}")
            .replacing("limit: 1000 USD", with: "limit: \(budget)")
        return try OrderShop(catalog)
    }

    // MARK: Uses

    static let uses: [(cost: String, order: JSON, held: Int64, spent: Int64)] = [
        ("20 % of the basket, at most 15 USD", ["revenue": 42.5], 1_500, 850),
        ("20 % of the basket, at most 15 USD", ["revenue": "42.50"], 1_500, 850),
        ("20 % of the basket, at most 15 USD", ["revenue": 75.01], 1_500, 1_500),
        (
            "20 % of the basket, at most 15 USD", ["products": [["price": 10, "quantity": 2], ["price": 5]]], 1_500, 500
        ),
        ("20 % of the basket, at most 15 USD", [:], 1_500, 1_500),
        ("20 % of the basket, at most 15 USD", ["revenue": 42.5, "currency": "EUR"], 1_500, 1_500),
        ("12.5 % of the basket, at most 15 USD", ["revenue": 0.04], 1_500, 1),
        ("20 % of the basket from 40 USD, at most 15 USD", ["revenue": 39.99], 1_500, 0),
        ("20 % of the basket from 40 USD, at most 15 USD", ["revenue": 40], 1_500, 800),
        ("10 USD from 50 USD", ["revenue": 49.99], 1_000, 0),
        ("10 USD from 50 USD", ["revenue": 50], 1_000, 1_000),
        ("5 USD from 30 USD, 12 USD from 60 USD", ["revenue": 59], 1_200, 500),
        ("5 USD from 30 USD, 12 USD from 60 USD", ["revenue": 600], 1_200, 1_200),
        ("shipping, at most 8 USD", ["revenue": 30, "shipping": 4.95], 800, 495),
        ("shipping from 25 USD, at most 8 USD", ["revenue": 20, "shipping": 4.95], 800, 0),
        ("50 % of shipping, at most 8 USD", ["shipping": 20], 800, 800),
        (
            "the cheapest of 3, at most 20 USD",
            ["products": [["price": 9, "quantity": 2], ["price": 7.5], ["price": 30]]], 2_000, 750
        ),
        ("the cheapest of 3, at most 20 USD", ["products": [["price": 9, "quantity": 2]]], 2_000, 0),
        ("the cheapest of 2, at most 20 USD", ["products": [["price": 9, "quantity": 6]]], 2_000, 2_000),
        ("500 points at 100 per 1 USD", ["revenue": 3], 500, 500),
    ]

    @Test("The most is held back, what the order says is spent, the rest returns", arguments: uses.indices)
    func use(index: Int) throws {
        let use = Self.uses[index]
        let shop = try Self.shop(use.cost)
        let decision = try shop.give()
        #expect(shop.reserved == use.held)
        let identity: [JSON.Member] = [.init("order_id", "A1"), .init("coupon", "SAVE10")]
        try shop.order(.object(identity + (use.order.members ?? [])), after: 1)
        #expect(try shop.outcomes(of: decision) == [.converted])
        #expect(shop.spent == use.spent)
        #expect(shop.reserved == 0)
        #expect(shop.harness.engine.ledger.trialBalance == 0)
        try shop.harness.restart()
        #expect(shop.spent == use.spent)
    }

    @Test("An order told anew changes what was spent; an older telling does not")
    func corrected() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        let decision = try shop.give()
        func tell(_ revenue: JSON, after seconds: Double) throws {
            try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": revenue], after: seconds)
        }
        try tell(50, after: 10)
        #expect(shop.spent == 1_000)
        try tell(50, after: 11)
        #expect(try shop.outcomes(of: decision) == [.converted])
        try tell(40, after: 20)
        #expect(shop.spent == 800)
        #expect(try shop.outcomes(of: decision) == [.converted, .corrected])
        try tell(70, after: 5)
        #expect(shop.spent == 800)
        try shop.refund(["order_id": "A1", "revenue": 10], after: 30)
        #expect(shop.spent == 600)
        try tell(80, after: 40)
        #expect(shop.spent == 1_125)  // Of 15.00 a quarter stays taken back.
        try shop.refund(["order_id": "A1", "revenue": 80], after: 50)
        #expect(shop.spent == 0)
        #expect(shop.harness.engine.ledger.trialBalance == 0)
        #expect(try Engine.learned(from: shop.harness.store) == shop.harness.engine.learned)
    }

    @Test("An order told anew without its code is corrected, too")
    func correctedWithoutCode() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        let decision = try shop.give()
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 50], after: 1)
        try shop.order(["order_id": "A1", "revenue": 30], after: 2)
        #expect(shop.spent == 600)
        #expect(try shop.outcomes(of: decision) == [.converted, .corrected])
        try shop.order(["order_id": "A2", "revenue": 70], after: 3)
        try shop.order(["order_id": "A1", "status": "shipped"], after: 4)
        #expect(shop.spent == 600)
    }

    @Test("A correction that comes before what it corrects is what counts")
    func correctedBefore() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        _ = try shop.give()
        try shop.order(["order_id": "A1", "revenue": 30], after: 20)
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 50], after: 10)
        #expect(shop.spent == 600)
    }

    @Test("A correction after the window has closed is booked, too, and a refund by share of it")
    func correctedLate() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        _ = try shop.give()
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 50], after: 1)
        try shop.pass(.day * 20)
        try shop.harness.restart()
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 30])
        #expect(shop.spent == 600)
        try shop.refund(["order_id": "A1", "revenue": 15])
        #expect(shop.spent == 300)
        #expect(shop.harness.engine.unforeseenReads == 0)
    }

    @Test("What is told late, after its window, spends what it did cost")
    func late() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        _ = try shop.give()
        let used = shop.harness.clock.now + .hour
        try shop.pass(.day * 15)
        #expect(shop.spent == 0 && shop.reserved == 0)
        try shop.harness.send(
            OrderShop.event(
                "Order Completed", ["order_id": "A9", "coupon": "SAVE10", "revenue": 30], at: used,
                arriving: shop.harness.clock.now, messageID: "late"))
        #expect(shop.spent == 600)
    }

    @Test("A report by the decision's id costs by the value that it names")
    func reported() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        let decision = try shop.give()
        let answer = try shop.harness.report(
            decision, .converted, value: Money(minorUnits: 20_00, currency: .usd))
        #expect(answer == .recorded)
        #expect(shop.spent == 400)
    }

    @Test("A changed offer leaves what was given under the old one")
    func changedOffer() throws {
        let shop = try Self.shop("20 % of the basket, at most 15 USD")
        _ = try shop.give()
        let text = OrderShop.catalog("basket: 60 USD")
        try shop.harness.engine.apply([StoredCatalog.File(name: "weir.yaml", text: text)]) { _ in }
        try shop.harness.commit()
        try shop.order(["order_id": "A1", "coupon": "SAVE10", "revenue": 20], after: 1)
        #expect(shop.spent == 400)
    }

    // MARK: What it is expected to cost

    @Test("A percentage is priced by the basket of the request, else by the person's own orders, else by the usual")
    func priced() throws {
        let shop = try Self.shop(
            "20 % of the basket, at most 15 USD", value: "50 % of the basket",
            more: "basket: {mean: 60 USD, spread: 0 %, weight: 2}")
        func use(_ customer: String, _ context: JSON = .emptyObject) throws -> ExpectedUse? {
            try shop.harness.decide(customer, at: "home", context: context).record.decision.candidates[0].use
        }
        #expect(try use("new") == ExpectedUse(value: 30, cost: 12))
        #expect(try use("new", ["basket": 20]) == ExpectedUse(value: 10, cost: 4))
        #expect(try use("new", ["basket": 500]) == ExpectedUse(value: 250, cost: 15))
        #expect(try use("new", ["basket": 20, "currency": "EUR"]) == ExpectedUse(value: 30, cost: 12))
        for number in 0..<2 {
            try shop.order(["order_id": .string("B\(number)"), "revenue": 20], of: "small")
            try shop.order(["order_id": .string("C\(number)"), "revenue": 200], of: "great")
        }
        #expect(try use("small") == ExpectedUse(value: 20, cost: 8))
        #expect(try use("great") == ExpectedUse(value: 65, cost: 13.5))
        try shop.harness.restart()
        #expect(try use("small") == ExpectedUse(value: 20, cost: 8))
    }

    // MARK: Property

    @Test(
        "Whatever is ordered, refunded and corrected, the books are what the shop gave away", arguments: UInt64(0)..<40)
    func books(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let shop = try Self.shop("17.5 % of the basket from 20 USD, at most 15 USD", budget: "400 USD")
        var cents: [String: Int64] = [:]
        var refunded: [String: Int64] = [:]
        var sent = 0.0
        for person in 0..<12 {
            let name = "p\(person)"
            guard try shop.harness.decide(name, at: "home").record.decision.chosen != nil else { continue }
            guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
            let order = JSON.string("O\(person)")
            for telling in 0..<Int.random(in: 1...3, using: &random) {
                let worth = Int64.random(in: 500...12_000, using: &random)
                sent += 1
                // Of a refund of all nothing is corrected any more.
                if telling > 0, refunded[name] == cents[name] { break }
                if let back = refunded[name], back > worth { break }
                cents[name] = worth
                try shop.order(
                    ["order_id": order, "coupon": "save10", "revenue": .number(Double(worth) / 100)], of: name,
                    after: sent)
                guard refunded[name] == nil, Bool.random(using: &random) else { continue }
                let back = Int64.random(in: 1...worth, using: &random)
                sent += 1
                refunded[name] = back
                try shop.refund(
                    ["order_id": order, "revenue": .number(Double(back) / 100)], of: name, after: sent)
                break
            }
            let account = shop.harness.engine.ledger.accounts[0]
            #expect(account.spent + account.reserved <= account.limit)
            #expect(shop.harness.engine.ledger.trialBalance == 0)
        }
        // Reckoned by other means: in cents, with fractions.
        var given: Int64 = 0
        for (name, worth) in cents where worth >= 2_000 {
            let whole = Int64(min((Double(worth) * 0.175 + 0.5).rounded(.down), 1_500))
            var share = (Double(refunded[name] ?? 0) / Double(worth) * 1e6).rounded() / 1e6
            if share > 0.9995 { share = 1 }
            given += whole - Int64((Double(whole) * share).rounded())
        }
        #expect(shop.spent == given)
        try shop.pass(.day * 15)
        #expect(shop.reserved == 0 && shop.spent == given)
        try shop.harness.restart()
        #expect(shop.spent == given)
    }
}
