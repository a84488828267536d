import Foundation
import HTTPTypes
import Testing
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Codes over HTTP")
struct CouponTests {
    static let files = [
        StoredCatalog.File(
            name: "weir.yaml",
            text: """
                currency: USD
                salt: coupons
                consent: {default: {marketing: granted}}
                features:
                  - {name: orders, aggregate: count, event: Order Completed}
                goals:
                  - {id: redeem, event: Order Completed, coupon: coupon, window: 14d, reversal: {event: Order Refunded}}
                placements: [{id: home, policy: greedy}]
                budgets:
                  - {id: promotions, limit: 100 USD, from: 2026-01-01, to: 2026-12-31, return_floor: 0.01}
                campaigns:
                  - id: spring
                    placements: [home]
                    goal: redeem
                    channel: web
                    budgets: [promotions]
                    offers:
                      - {id: ten, cost: 10 USD, value: 500, codes: {pool: spring}}
                """)
    ]

    static func run(
        keys: [StoredKey] = [], _ body: @Sendable @escaping (ServerUnderTest, String) async throws -> Void
    ) async throws {
        try await ServerUnderTest.run(files: files, keys: keys) { server in
            let headers: HTTPFields = keys.isEmpty ? [:] : [.authorization: "Bearer admin"]
            let made = try await server.post(
                "/v1/coupons/pools/spring", #"{"make": {"count": 2}}"#, headers: headers)
            #expect(made.status == 201 && made["kept"] == 2)
            let decided = try await server.post(
                "/v1/decide", #"{"customer": "ada", "placement": "home"}"#, headers: headers)
            try await body(server, try #require(decided["offer"]["coupon"]?.string))
        }
    }

    @Test("A code is validated, redeemed once, told again alike, and taken back")
    func wholeLife() async throws {
        try await Self.run { server, code in
            let body =
                #"{"code": " \#(code.lowercased())", "customer": "ada", "order_id": 17, "basket": {"value": 59.9}}"#
            let valid = try await server.post("/v1/coupons/validate", body)
            #expect(valid["valid"] == true && valid["discount"] == "10.00" && valid["currency"] == "USD")
            let first = try await server.post("/v1/coupons/redeem", body)
            #expect(first.status == 200 && first["result"] == "redeemed" && first["repeated"] == false)
            #expect(first["order_id"] == "17" && first["code"].string == code)
            let again = try await server.post("/v1/coupons/redeem", body)
            #expect(again["repeated"] == true && again["discount"] == first["discount"])
            let other = try await server.post(
                "/v1/coupons/redeem", #"{"code": "\#(code)", "customer": "ada", "order_id": "18"}"#)
            #expect(other.status == 409 && other.code == "code_used" && other.pointers == ["#/code"])
            let invalid = try await server.post("/v1/coupons/validate", #"{"code": "\#(code)"}"#)
            #expect(invalid.status == 200 && invalid["valid"] == false)
            #expect(invalid["reason"]["code"] == "code_used")
            let back = try await server.post("/v1/coupons/rollback", #"{"code": "\#(code)", "order_id": "17"}"#)
            #expect(back["result"] == "rolled_back")
            let shown = try await server.get("/v1/coupons/codes/\(code)")
            #expect(shown["state"] == "rolled_back" && shown["uses"].array?.count == 2)
            let pools = try await server.get("/v1/coupons/pools")
            #expect(pools["pools"].array?[0]["free"] == 1)
        }
    }

    @Test(
        "Each fault names field, value and remedy",
        arguments: [
            (#"{}"#, 400, ["#/code", "#/order_id"]),
            (#"{"code": "A"}"#, 400, ["#/order_id"]),
            (#"{"code": ["A"], "order_id": {}}"#, 400, ["#/code", "#/order_id"]),
            (#"{"code": "A", "order_id": "1", "basket": {"value": "-1"}}"#, 400, ["#/basket/value"]),
            (#"{"code": "A", "order_id": "1", "basket": {"value": "12.345"}}"#, 400, ["#/basket/value"]),
            (#"{"code": "A", "order_id": "1", "basket": {"value": "5 EUR"}}"#, 400, ["#/basket/value"]),
            (
                #"{"code": "A", "order_id": "1", "basket": {"value": "5", "currency": "EUR"}}"#, 400,
                ["#/basket/currency"]
            ),
            (
                #"{"code": "A", "order_id": "1", "basket": {"lines": [{"price": "5"}, {"price": true}]}}"#, 400,
                ["#/basket/lines/1/price"]
            ),
            (#"{"code": "A", "order_id": "1", "basket": {}}"#, 400, ["#/basket/value"]),
            (#"{"code": "A", "order_id": "1"}"#, 404, ["#/code"]),
        ])
    func faults(body: String, status: Int, pointers: [String]) async throws {
        try await ServerUnderTest.run(files: Self.files) { server in
            let answer = try await server.post("/v1/coupons/redeem", body)
            #expect(answer.status == status && answer.pointers == pointers, "\(answer.text)")
        }
    }

    @Test("A key for pages may not try codes")
    func pages() async throws {
        var page = key("page", [.decide])
        page.origins = ["https://shop.example"]
        try await Self.run(keys: AccessTests.keys + [page]) { server, code in
            let headers: HTTPFields = [.authorization: "Bearer page", .origin: "https://shop.example"]
            for action in ["validate", "redeem", "release", "rollback"] {
                let answer = try await server.post(
                    "/v1/coupons/\(action)", #"{"code": "\#(code)", "order_id": "1"}"#, headers: headers)
                #expect(answer.status == 403 && answer.code == "not_from_pages")
            }
        }
    }

    @Test("Of a list what is good lands, what is wrong is named, and what is guessed is refused with the figure")
    func loading() async throws {
        try await ServerUnderTest.run(files: Self.files) { server in
            let answer = try await server.post(
                "/v1/coupons/pools/spring", #"{"codes": ["QX7RT4WPAC", "abc", "qx7rt 4wpac", "HH3KP9WRVM"]}"#)
            #expect(answer["kept"] == 2 && answer["free"] == 2)
            #expect(answer["rejected"].array?.map { $0["line"]?.integer } == [2, 3])
            let again = try await server.post("/v1/coupons/pools/other", #"{"codes": ["QX7RT4WPAC"]}"#)
            #expect(again["kept"] == 0 && again["rejected"].array?.count == 1)
            let counted = #"{"codes": ["SAVE-1001", "SAVE-1002", "SAVE-1003"]}"#
            let refused = try await server.post("/v1/coupons/pools/spring", counted)
            #expect(refused.status == 422 && refused.code == "guessable_codes")
            #expect(try await server.get("/v1/coupons/pools")["pools"].array?[0]["count"] == 2)
            let allowed = try await server.post(
                "/v1/coupons/pools/spring", #"{"allow_guessable": true, \#(counted.dropFirst())"#)
            #expect(allowed["kept"] == 3 && allowed["warning"].string?.contains("100 %") == true)
            for body in ["{}", #"{"make": {}}"#, #"{"make": {"count": 0}}"#, #"{"make": {"count": 9, "length": 4}}"#] {
                #expect(try await server.post("/v1/coupons/pools/spring", body).status == 400)
            }
            #expect(try await server.post("/v1/coupons/pools/a%20b", #"{"make": {"count": 9}}"#).status == 400)
        }
    }
}
