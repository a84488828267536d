import Testing
import WeirDomain
import WeirIngestion
import WeirJSON
import WeirLimits

@Suite("How much a message may say")
struct MessageLimitTests {
    private static let received = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    private func decode(_ body: JSON, at endpoint: Endpoint = .batch, limits: Limits = Limits()) throws
        -> DecodedMessages
    {
        var rules = IngestionRules()
        rules.limits = limits
        return try MessageDecoder(source: "shop", rules: rules)
            .decode(body, at: endpoint, received: Self.received) { "made" }
    }

    private static let long = JSON.string(String(repeating: "x", count: 257))
    private static let many = JSON.object((0..<513).map { JSON.Member("p\($0)", 1) })

    static let bad: [(field: String, message: JSON, limit: Limits.Kind)] = [
        ("userId", ["type": "track", "event": "e", "userId": long], .id),
        ("anonymousId", ["type": "track", "event": "e", "anonymousId": long], .id),
        ("messageId", ["type": "track", "event": "e", "userId": "u", "messageId": long], .id),
        ("event", ["type": "track", "event": long, "userId": "u"], .name),
        ("name", ["type": "page", "name": long, "userId": "u"], .name),
        ("groupId", ["type": "group", "groupId": long, "userId": "u"], .id),
        ("previousId", ["type": "alias", "previousId": long, "userId": "u"], .id),
        (
            "properties/order_id",
            ["type": "track", "event": "Order Completed", "userId": "u", "properties": ["order_id": long]], .id
        ),
        ("properties", ["type": "track", "event": "e", "userId": "u", "properties": many], .members),
        ("traits", ["type": "identify", "userId": "u", "traits": many], .members),
        (
            "traits/bio",
            ["type": "identify", "userId": "u", "traits": ["bio": .string(String(repeating: "x", count: 2_047))]],
            .trait
        ),
        ("context/a", ["type": "track", "event": "e", "userId": "u", "context": ["a": many]], .members),
        (
            "context/consent/categoryPreferences",
            [
                "type": "track", "event": "e", "userId": "u",
                "context": [
                    "consent": ["categoryPreferences": .object((0..<129).map { JSON.Member("p\($0)", true) })]
                ],
            ], .consent
        ),
    ]

    @Test("What is beyond a limit is refused by its field; the good messages beside it land", arguments: bad)
    func refused(field: String, message: JSON, limit: Limits.Kind) throws {
        let good: JSON = ["type": "track", "event": "e", "userId": "u"]
        let decoded = try decode(["batch": [good, message, good]])
        #expect(decoded.events.count == 2)
        let rejected = try #require(decoded.rejected.first)
        // A message id of more than 100 characters was always refused by their number.
        #expect(rejected.pointer == "#/batch/1/\(field)")
        #expect(rejected.code == .tooLarge)
        #expect(rejected.limit == limit)
        #expect(rejected.reason.contains(field.split(separator: "/").first!))
    }

    @Test("Refused messages beyond a number are counted, not kept", arguments: [499, 500, 501, 200_000])
    func counted(count: Int) throws {
        let good: JSON = ["type": "track", "event": "e", "userId": "u"]
        let decoded = try decode(["batch": .array([good] + Array(repeating: 1, count: count))])
        #expect(decoded.events.count == 1)
        #expect(decoded.rejected.count == min(count, 500))
        #expect(decoded.notKept == max(0, count - 500))
    }

    @Test("What a batch shares may not be copied without end")
    func shared() throws {
        let good: JSON = ["type": "track", "event": "e", "userId": "u"]
        let context: JSON = ["page": .string(String(repeating: "x", count: 100_000))]
        let decoded = try decode(["batch": .array(Array(repeating: good, count: 100)), "context": context])
        #expect(decoded.events.count == 20)
        #expect(decoded.rejected.allSatisfy { $0.pointer == "#/context" && $0.limit == .shared })
        #expect(decoded.rejected.count == 80)
        let wide = try decode(["batch": [good], "context": Self.many])
        #expect(wide.rejected.map(\.pointer) == ["#/context"])
    }

    @Test("A reason repeats only the beginning of what was sent")
    func echo() throws {
        let text = String(repeating: "x", count: 30_000)
        let decoded = try decode(["batch": [["type": .string(text), "userId": "u"]]])
        #expect(decoded.rejected[0].reason.utf8.count < 300)
    }
}
