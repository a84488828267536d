import Testing
import WeirDomain
import WeirJSON

@Suite("What a discount costs")
struct DiscountTests {
    private static let limit = Money(minorUnits: .max, currency: .usd)

    @Test(
        "A percentage is rounded to the nearest cent, halves up",
        arguments: [
            (200_000, 4_250, 850), (125_000, 4, 1), (125_000, 3, 0), (333_333, 100, 33), (1_000_000, 7, 7),
            (1, 500_000, 1),
            (1, 499_999, 0), (1_000_000, Int64.max, Int64.max), (500_000, Int64.max, Int64.max / 2 + 1),
        ] as [(Int64, Int64, Int64)])
    func percentage(millionths: Int64, basket: Int64, cost: Int64) {
        let discount = Discount(.basket([.init(reduction: .percent(millionths: millionths))]), most: Self.limit)
        #expect(discount.cost(of: Purchase(basket: basket)) == cost)
    }

    @Test("What the purchase does not say is not known, never guessed")
    func unknown() {
        func cost(_ rule: Discount.Rule, _ purchase: Purchase) -> Int64? {
            Discount(rule, most: Money(minorUnits: 1_000, currency: .usd)).cost(of: purchase)
        }
        #expect(cost(.basket([.init(reduction: .amount(500))]), Purchase(shipping: 300)) == nil)
        #expect(cost(.shipping(millionths: 1_000_000, minimum: 0), Purchase(basket: 300)) == nil)
        #expect(cost(.shipping(millionths: 1_000_000, minimum: 100), Purchase(shipping: 300)) == nil)
        #expect(cost(.shipping(millionths: 1_000_000, minimum: 100), Purchase(basket: 99)) == 0)
        #expect(cost(.cheapest(of: 2), Purchase(basket: 300)) == nil)
        #expect(cost(.points(500, per: 100, worth: 100), Purchase()) == 500)
    }

    @Test(
        "A use costs between nothing and the most, whatever is ordered", arguments: [1, 999, 5_000] as [Int64],
        [0, 1, 19, 20, 5_000, .max] as [Int64])
    func bounds(most: Int64, basket: Int64) throws {
        let rules: [Discount.Rule] = [
            .basket([.init(reduction: .percent(millionths: 999_999))]),
            .basket([
                .init(minimum: 20, reduction: .amount(20)), .init(minimum: 500, reduction: .percent(millionths: 9)),
            ]),
            .shipping(millionths: 1, minimum: 0), .cheapest(of: 2), .points(7, per: 3, worth: 100),
        ]
        for price in [0, 1, 999, Int64.max] {
            for count in [1, 2, 1_000_000_007, Int64.max] {
                let pieces = [Purchase.Piece(price: price, count: count), Purchase.Piece(price: 5, count: count)]
                let purchase = Purchase(basket: basket, shipping: price, pieces: pieces)
                for rule in rules {
                    let discount = Discount(rule, most: Money(minorUnits: most, currency: .usd))
                    let cost = try #require(discount.cost(of: purchase))
                    #expect((0...most).contains(cost))
                }
            }
        }
    }

    @Test("An order's parts are read where the catalog says; negative and foreign amounts are none")
    func purchase() {
        func purchase(_ properties: JSON, _ orders: Orders = Orders()) -> Purchase {
            let event = Event(
                messageID: "m", source: "shop", kind: .track, name: "Order Completed", userID: "ada",
                eventTime: Timestamp(microseconds: 0), receivedTime: Timestamp(microseconds: 0), properties: properties)
            return orders.purchase(of: event, in: .usd)
        }
        #expect(purchase(["revenue": 12.345, "shipping": "4.95"]) == Purchase(basket: 1_235, shipping: 495))
        #expect(purchase(["revenue": -3]) == Purchase())
        #expect(purchase(["revenue": 10, "currency": "EUR"]) == Purchase())
        #expect(purchase(["revenue": 10, "currency": "usd"]).basket == 1_000)
        #expect(
            purchase([
                "products": [
                    ["price": 2, "quantity": 3], ["price": 1.5], ["name": "gift"], ["price": 9, "quantity": 0],
                ]
            ])
                == Purchase(basket: 750, pieces: [.init(price: 200, count: 3), .init(price: 150)]))
        var orders = Orders()
        orders.basket = [JSONPath("totals.before")]
        orders.shipping = [JSONPath("totals.post")]
        #expect(
            purchase(["revenue": 8, "totals": ["before": 10, "post": 2]], orders)
                == Purchase(basket: 1_000, shipping: 200))
    }
}
