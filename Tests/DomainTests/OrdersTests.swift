import Testing
import WeirDomain
import WeirJSON

@Suite("What an order is")
struct OrdersTests {
    private func event(_ properties: JSON) -> Event {
        let time = Timestamp(microseconds: 0)
        return Event(
            messageID: "m", source: "shop", kind: .track, name: "Order Completed", eventTime: time, receivedTime: time,
            properties: properties)
    }

    @Test(
        "Its id is the first that is there, as text",
        arguments: [
            (["order_id": " A 1 "], "A 1"), (["order_id": 7], "7"), (["order_id": 7.0], "7"), (["orderId": "B"], "B"),
            (["order_id": "", "orderId": "B"], "B"), (["order_id": 1.5], nil), ([:], nil), (["order_id": ["x"]], nil),
        ] as [(JSON, String?)])
    func id(properties: JSON, id: String?) { #expect(Orders().id(of: event(properties)) == id) }

    @Test(
        "Its worth is its own figure, else that of its lines",
        arguments: [
            (["revenue": 3, "total": 4], 3), (["total": "4.50"], 4.5),
            (["products": [["price": 2, "quantity": 3], ["price": "1.5"]]], 7.5), (["products": [[:]]], nil),
            (["revenue": "much"], nil),
        ] as [(JSON, Double?)])
    func value(properties: JSON, value: Double?) { #expect(Orders().value(of: event(properties)) == value) }

    @Test("Codes are gathered from the order and its lines, each once, without regard to case and blanks")
    func coupons() {
        let properties: JSON = [
            "code": "Ten Off; FIVE", "coupons": [["code": "tenoff"], 12],
            "products": [["code": "line"], ["coupon": "X"]],
        ]
        let keys = Orders().coupons(of: event(properties), at: JSONPath("code"))
        for code in ["TENOFF", "five", "12", "LINE", "x"] { #expect(keys.contains(CouponKey(code)), "\(code)") }
        #expect(!keys.contains(CouponKey("off")))
    }

    @Test(
        "A code is known again however a keyboard or a typesetter wrote it",
        arguments: [
            "ＳＡＶＥ-１０", "save\u{2011}10", "Save – 10", "\u{200B}SAVE-10\u{FEFF}", "A|SAVE-10", "A\nsave-10", "A，save-10",
        ])
    func writtenOtherwise(code: String) {
        let keys = Orders().coupons(of: event(["coupon": .string(code)]), at: JSONPath("code"))
        #expect(keys.contains(CouponKey("SAVE-10")))
    }
}
