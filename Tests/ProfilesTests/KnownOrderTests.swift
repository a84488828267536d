import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Orders in profiles")
struct KnownOrderTests {
    let schema: FeatureSchema

    init() throws {
        schema = try FeatureSchema(
            [
                .init(name: "orders", aggregate: .count, pattern: .orders),
                .init(name: "spend", aggregate: .sum, pattern: .orders, value: JSONPath("revenue")),
                .init(name: "lately", aggregate: .count, pattern: .orders, memory: .window(days: 10)),
                .init(
                    name: "by category", aggregate: .count, pattern: .orders, each: JSONPath("products"),
                    key: JSONPath("category")),
                .init(name: "kinds", aggregate: .distinct, pattern: .orders, value: JSONPath("kind")),
            ], orders: Orders(), reversals: [EventPattern(name: "Order Refunded")])
    }

    private func telling(_ id: JSON, at day: Double, _ revenue: Double, category: JSON = "tea") -> Event {
        .order(at: .day(day), ["order_id": id, "revenue": .number(revenue), "products": [["category": category]]])
    }

    private func refund(_ id: JSON, at day: Double, _ amount: JSON? = nil) -> Event {
        var event = Event.order(at: .day(day), ["order_id": id, "revenue": amount ?? nil])
        event.name = "Order Refunded"
        return event
    }

    private func profile(_ events: [Event]) -> Profile { events.reduce(Profile()) { $0.applying($1, schema: schema) } }

    @Test("An order told again counts once, at its earliest moment, as its newest telling says, in any order")
    func toldAgain() {
        let events = [
            telling("A", at: 1, 30), telling("A", at: 2, 20, category: "coffee"), telling("A", at: 12, 25),
            telling("B", at: 3, 5),
        ]
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 1, 2, 0, 3, 3]] {
            let profile = profile(order.map { events[$0] })
            #expect(Array(profile.features(at: .day(12), schema: schema).prefix(3)) == [2, 30, 1], "\(order)")
            let tea = profile.keyed(0, keys: [schema.keyHash("tea")], at: .day(12), schema: schema)
            let coffee = profile.keyed(0, keys: [schema.keyHash("coffee")], at: .day(12), schema: schema)
            #expect((tea, coffee) == (2, 0), "\(order)")
        }
    }

    @Test("A telling that does not say what the order is worth never takes the place of one that does, in any order")
    func toldWithoutValue() {
        let line = Event.order(at: .day(4), ["order_id": "A", "lineitem": "Tin, small"])
        let events = [telling("A", at: 1, 30), line]
        for order in [[0, 1], [1, 0], [1, 0, 1]] {
            let profile = profile(order.map { events[$0] })
            #expect(Array(profile.features(at: .day(5), schema: schema).prefix(2)) == [1, 30], "\(order)")
        }
        #expect(Array(profile([line, line]).features(at: .day(5), schema: schema).prefix(2)) == [1, 0])
    }

    @Test("Of two tellings of one moment, as in a rolling export, the one that came later counts")
    func correctedAtOneMoment() {
        for revenue in 1...20 {
            let profile = profile([telling("A", at: 1, 100), telling("A", at: 1, Double(revenue))])
            #expect(profile.features(at: .day(2), schema: schema)[1] == Float(revenue))
        }
    }

    @Test("A refund that is written as a negative amount takes back as much")
    func negativeRefund() {
        let order = telling("A", at: 1, 30)
        for amount in [12.0, -12] {
            let share = profile([order, refund("A", at: 2, .number(amount))]).order("A")?.refundedShare(by: nil)
            #expect(share == 0.4)
        }
    }

    @Test("An order without an id counts each time")
    func withoutID() {
        let event = Event.order(at: .day(1), ["revenue": 4])
        #expect(Array(profile([event, event]).features(at: .day(1), schema: schema).prefix(2)) == [2, 8])
    }

    @Test("Two identifiers that were told of one order have it once when they turn out to be one person")
    func merged() {
        let events = [telling("A", at: 1, 30), telling("A", at: 2, 20), telling("B", at: 3, 5)]
        for split in [[[0], [1, 2]], [[1, 2], [0]], [[0, 1], [0, 2]]] {
            var one = profile(split[0].map { events[$0] })
            one.merge(profile(split[1].map { events[$0] }), schema: schema)
            #expect(Array(one.features(at: .day(3), schema: schema).prefix(2)) == [2, 25], "\(split)")
        }
    }

    @Test("What was refunded is a share of the newest telling, whichever came first")
    func refunds() throws {
        let events = [
            telling("A", at: 1, 50), telling("A", at: 2, 40), refund("A", at: 3, 10), refund("A", at: 4, 10),
            refund("C", at: 4),
        ]
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 3, 1, 2]] {
            let profile = profile(order.map { events[$0] })
            #expect(profile.order("A")?.refundedShare(by: "Order Refunded") == 0.5, "\(order)")
            #expect(profile.order("A")?.refundedShare(by: "Order Cancelled") == 0)
        }
        #expect(profile(events).order("C")?.refundedShare(by: nil) == 1)
        #expect(profile(events).order("B") == nil)
    }

    @Test("A stored profile knows its orders, and forgets the oldest beyond 32")
    func stored() throws {
        let profile = profile((0..<40).map { telling(.integer(Int64($0)), at: Double($0), 1) } + [refund(39, at: 41)])
        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)
        var reader = ByteReader(writer.bytes)
        guard case .current(let read) = try Profile.decode(&reader, schema: schema) else {
            Issue.record("the declarations are the same")
            return
        }
        #expect(read == profile && reader.isAtEnd)
        #expect(read.order("39")?.refundedShare(by: nil) == 1)
        #expect(read.order("7") == nil && read.order("8") != nil)
    }

    @Test(
        "A grant that was long on its way does not undo a refusal given meanwhile; a refusal counts from when it came")
    func delayedConsent() {
        func stamp(_ day: Double, _ isGranted: Bool, written: Double) -> Event {
            var event = Event.stamp(at: .day(day), ["marketing": .bool(isGranted)])
            event.context = .object(
                event.context.members! + [.init(Event.unadjustedTimestamp, .string(Timestamp.day(written).iso8601))])
            return event
        }
        let refusal = Event.stamp(at: .day(2), ["marketing": false])
        #expect(profile([refusal, stamp(3, true, written: 1)]).consent.isGranted("marketing", on: "web") == false)
        #expect(profile([refusal, stamp(3, true, written: 2.5)]).consent.isGranted("marketing", on: "web") == true)
        let grant = Event.stamp(at: .day(2), ["marketing": true])
        #expect(profile([grant, stamp(3, false, written: 1)]).consent.isGranted("marketing", on: "web") == false)
    }
}
