import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Features at their boundaries")
struct FeatureBoundaryTests {
    static let price = JSONPath("price")

    private func features(
        _ declarations: [FeatureDeclaration], _ events: [Event], at moment: Timestamp
    ) throws -> [Float] {
        let schema = try FeatureSchema(declarations)
        return events.reduce(Profile()) { $0.applying($1, schema: schema) }.features(at: moment, schema: schema)
    }

    @Test(
        "A window is the asked day and those before it, each in full",
        arguments: [(0.0, 2.999, 1), (0.999, 2, 1), (0.999, 3, 0), (2, 1.999, 0), (2, 2, 1), (2.999, 2, 1)])
    func window(event: Double, asked: Double, count: Float) throws {
        let declaration = FeatureDeclaration(
            name: "f", aggregate: .count, pattern: .orders, memory: .window(days: 3))
        #expect(try features([declaration], [.order(at: .day(event))], at: .day(asked)) == [count])
    }

    @Test("A late event lands in its own day, and in none where the window has passed it")
    func late() throws {
        let declaration = FeatureDeclaration(
            name: "f", aggregate: .count, pattern: .orders, memory: .window(days: 2))
        let events = [10.0, 9, 8].map { Event.order(at: .day($0)) }
        #expect(try features([declaration], events, at: .day(10.5)) == [2])
        #expect(try features([declaration], events, at: .day(9.5)) == [1])
    }

    @Test(
        "Values are rounded to millionths, ties to even",
        arguments: [(0.0000005, 0), (0.0000015, 0.000002), (0.0000025, 0.000002), (-0.0000015, -0.000002), (0.1, 0.1)])
    func rounding(value: Double, sum: Float) throws {
        let declaration = FeatureDeclaration(name: "f", aggregate: .sum, pattern: .orders, value: Self.price)
        #expect(try features([declaration], [.order(at: .day(0), ["price": .number(value)])], at: .day(0)) == [sum])
    }

    @Test(
        "A sum that does not fit stops at the limit instead of turning round",
        arguments: [(JSON.number(1e300), Float(9.223372e12)), (.integer(.min), -9.223372e12)])
    func saturation(value: JSON, sum: Float) throws {
        let declarations = [FeatureDeclaration.Memory.allTime, .window(days: 9)].enumerated().map { index, memory in
            FeatureDeclaration(name: "f\(index)", aggregate: .sum, pattern: .orders, value: Self.price, memory: memory)
        }
        let events = [0.0, 0, 1].map { Event.order(at: .day($0), ["price": value]) }
        #expect(try features(declarations, events, at: .day(1)) == [sum, sum])
    }

    @Test("What is half a life old counts half; asked earlier it counts no more than whole")
    func decay() throws {
        let declaration = FeatureDeclaration(
            name: "f", aggregate: .count, pattern: .orders, memory: .decay(halfLifeDays: 4))
        let events = [Event.order(at: .day(4)), .order(at: .day(0))]
        #expect(try features([declaration], events, at: .day(8)) == [0.75])
        #expect(try features([declaration], events, at: .day(4)) == [1.5])
        #expect(try features([declaration], events, at: .day(-100)) == [1.5])
    }

    @Test("Recency is infinite before the first event and outside the window, and never below 0")
    func recency() throws {
        let declarations = [
            FeatureDeclaration(name: "a", aggregate: .recency, pattern: .orders),
            FeatureDeclaration(name: "b", aggregate: .recency, pattern: .orders, memory: .window(days: 2)),
        ]
        #expect(try features(declarations, [], at: .day(1)) == [.infinity, .infinity])
        #expect(try features(declarations, [.order(at: .day(1.5))], at: .day(2)) == [0.5, 0.5])
        #expect(try features(declarations, [.order(at: .day(1.5))], at: .day(3)) == [1.5, .infinity])
        #expect(try features(declarations, [.order(at: .day(1.5))], at: .day(0)) == [0, 0])
    }

    @Test("An event counts as having happened no later than it arrived")
    func clockAhead() throws {
        let declaration = FeatureDeclaration(name: "f", aggregate: .recency, pattern: .orders)
        var event = Event.order(at: .day(1))
        event.eventTime = .day(1000)
        #expect(try features([declaration], [event], at: .day(3)) == [2])
    }

    @Test("A mean or rate with nothing to divide by is 0; what has no number does not count in a mean")
    func ratios() throws {
        let declarations = [
            FeatureDeclaration(name: "a", aggregate: .mean, pattern: .orders, value: Self.price),
            FeatureDeclaration(
                name: "b", aggregate: .rate, pattern: .orders, each: JSONPath("products"), per: .orders),
        ]
        let events: [Event] = [
            .order(at: .day(0), ["price": 4, "products": [1, 2, 3]]), .order(at: .day(0), ["price": "4"]),
            .order(at: .day(0), ["price": 1]),
        ]
        #expect(try features(declarations, [], at: .day(1)) == [0, 0])
        #expect(try features(declarations, events, at: .day(1)) == [2.5, 1])
    }

    @Test("A rate starts at what is expected, and what is taken off its divisor never turns it negative")
    func smoothed() throws {
        let organic = FeatureDeclaration(
            name: "a", aggregate: .rate, pattern: .orders, per: EventPattern(name: "Visit"),
            less: EventPattern(name: "Offer Shown"), smoothing: 8, expected: 0.25)
        let bare = FeatureDeclaration(
            name: "b", aggregate: .rate, pattern: .orders, per: EventPattern(name: "Visit"),
            less: EventPattern(name: "Offer Shown"))
        func event(_ name: String) -> Event {
            var event = Event.order(at: .day(0))
            event.name = name
            return event
        }
        let events = [event("Visit"), event("Visit"), event("Order Completed")]
        #expect(try features([organic, bare], [], at: .day(1)) == [0.25, 0])
        #expect(try features([organic, bare], events, at: .day(1)) == [0.3, 0.5])
        let offers = [event("Offer Shown"), event("Offer Shown"), event("Offer Shown")]
        #expect(try features([organic, bare], events + offers, at: .day(1)) == [0.375, 0])
    }

    @Test("Only track, page and screen events feed features", arguments: Event.Kind.allCases)
    func kinds(kind: Event.Kind) throws {
        let declaration = FeatureDeclaration(name: "f", aggregate: .count, pattern: EventPattern(name: nil))
        var event = Event.order(at: .day(0))
        event.kind = kind
        let isCounted = [.track, .page, .screen].contains(kind)
        #expect(try features([declaration], [event], at: .day(0)) == [isCounted ? 1 : 0])
    }

    @Test("Keys are told apart, and those that a person lacks add nothing")
    func keys() throws {
        let schema = try FeatureSchema([
            .init(
                name: "spend", aggregate: .sum, pattern: .orders, each: JSONPath("products"), value: Self.price,
                key: JSONPath("category"))
        ])
        let event = Event.order(
            at: .day(0),
            [
                "products": [
                    ["category": "shoes", "price": 3], ["category": "hats", "price": 4],
                    ["category": "shoes", "price": 5], ["price": 100],
                ]
            ])
        let profile = Profile().applying(event, schema: schema)
        func spend(_ keys: [String]) -> Float {
            profile.keyed(0, keys: keys.map { schema.keyHash($0) }, at: .day(0), schema: schema)
        }
        #expect(spend(["shoes"]) == 8)
        #expect(spend(["hats", "shoes", "coats"]) == 12)
        #expect(spend([]) == 0)
    }
}
