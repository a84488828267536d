import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Profiles")
struct ProfileTests {
    let schema: FeatureSchema

    init() throws {
        schema = try FeatureSchema([.init(name: "orders", aggregate: .count, pattern: .orders)])
    }

    // MARK: Traits and times

    @Test("Of each trait the latest value counts, whatever arrives last")
    func traits() {
        let events: [Event] = [
            .identify(at: .day(1), ["name": "Ada", "plan": "free", "city": "Wien"]),
            .identify(at: .day(3), ["plan": "paid"]), .identify(at: .day(2), ["plan": "trial", "city": nil]),
        ]
        let expected: JSON = ["city": nil, "name": "Ada", "plan": "paid"]
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let profile = order.reduce(Profile()) { $0.applying(events[$1], schema: schema) }
            #expect(profile.traits == expected)
            #expect(profile.traits[JSONPath("city")] == nil)
        }
    }

    @Test("Two values said at the same moment leave the same one in either order")
    func traitTie() {
        let events: [Event] = ["x", "y"].map { .identify(at: .day(1), ["plan": .string($0)]) }
        let profiles = [events, events.reversed()].map { $0.reduce(Profile()) { $0.applying($1, schema: schema) } }
        #expect(profiles[0] == profiles[1])
    }

    @Test("First and last seen are by event time")
    func seen() {
        let profile = [2.0, 3, 1].reduce(Profile()) { $0.applying(.order(at: .day($1)), schema: schema) }
        #expect(profile.firstSeen == .day(1))
        #expect(profile.lastSeen == .day(3))
    }

    // MARK: Decisions

    private func recent(_ day: Double) -> RecentDecision {
        RecentDecision(time: .day(day), offer: "coffee", campaign: "autumn", channel: "till")
    }

    @Test("Offers are kept for as long as the longest cap, to the day", arguments: [(7.0, 2), (6.999, 1)])
    func caps(spanDays: Double, kept: Int) {
        var profile = Profile()
        profile.remember(recent(8), keeping: .days(30))
        profile.remember(recent(1), keeping: .days(30))
        #expect(profile.recentDecisions.map(\.time) == [.day(1), .day(8)])
        profile.remember(recent(8), keeping: .days(spanDays))
        #expect(profile.recentDecisions.count == kept + 1)
    }

    // MARK: Merging and storing

    private func full() -> Profile {
        var profile = Profile()
        profile.apply(.order(at: .day(1)), schema: schema)
        profile.apply(
            .identify(at: .day(2), ["a": [1, 2.5, true, nil, ["b": "c"]], "n": -3, "w": .number(2)]), schema: schema)
        profile.apply(.stamp(at: .day(3), ["marketing": true, "marketing:email": false]), schema: schema)
        profile.remember(recent(3), keeping: .days(7))
        profile.lastSequence = 1_234_567
        return profile
    }

    @Test("Merging joins traits, times, decisions and the sequence")
    func merge() {
        var other = Profile()
        other.apply(.identify(at: .day(9), ["n": 5, "z": 1]), schema: schema)
        other.remember(recent(1), keeping: .days(7))
        other.lastSequence = 9

        var merged = full()
        merged.merge(other, schema: schema)
        var mirrored = other
        mirrored.merge(full(), schema: schema)

        #expect(merged == mirrored)
        #expect(merged.traits["n"] == 5)
        #expect(merged.traits["z"] == 1)
        #expect(merged.traits["w"] == .number(2))
        #expect(merged.lastSeen == .day(9))
        #expect(merged.recentDecisions.map(\.time) == [.day(1), .day(3)])
        #expect(merged.lastSequence == 1_234_567)
        var withNothing = full()
        withNothing.merge(Profile(), schema: schema)
        #expect(withNothing == full())
    }

    @Test("Everything is stored and read back")
    func roundTrip() throws {
        var writer = ByteWriter()
        full().encode(into: &writer, schema: schema)
        var reader = ByteReader(writer.bytes)
        #expect(try Profile.decode(&reader, schema: schema) == .current(full()))
        #expect(reader.isAtEnd)
    }

    @Test("Under other declarations all but the features survives, and the events bring those back")
    func outdated() throws {
        let other = try FeatureSchema([
            .init(name: "orders", aggregate: .count, pattern: .orders, memory: .window(days: 9))
        ])
        var writer = ByteWriter()
        full().encode(into: &writer, schema: schema)
        var reader = ByteReader(writer.bytes)
        guard case .outdated(var profile) = try Profile.decode(&reader, schema: other) else {
            Issue.record("a changed declaration was not noticed")
            return
        }
        #expect(profile.features(at: .day(3), schema: other) == [0])
        #expect(profile.traits == full().traits)
        #expect(profile.consent == full().consent)
        #expect(profile.recentDecisions == full().recentDecisions)

        for event in [Event.order(at: .day(1)), .stamp(at: .day(3), ["marketing": true, "marketing:email": false])] {
            profile.apply(event, schema: other)
        }
        #expect(profile.features(at: .day(3), schema: other) == [2])
        #expect(profile.consent == full().consent)
    }

    @Test("A typical profile is stored in less than a kilobyte")
    func size() throws {
        let products = JSONPath("products")
        var declarations: [FeatureDeclaration] = [
            .init(
                name: "by category", aggregate: .count, pattern: .orders, each: products, key: JSONPath("category"),
                memory: .decay(halfLifeDays: 60))
        ]
        for index in 0..<10 {
            declarations.append(
                .init(
                    name: "f\(index)", aggregate: [.count, .sum, .mean, .recency].map(\.self)[index % 4],
                    pattern: .orders, value: [nil, JSONPath("total"), JSONPath("total"), nil][index % 4],
                    memory: index < 5 ? .allTime : .window(days: 7)))
        }
        let schema = try FeatureSchema(declarations)
        var profile = Profile()
        for index in 0..<365 {
            let event = Event.order(
                at: .day(Double(index)),
                ["total": 49.5, "products": [["category": .string("category \(index % 20)")]]])
            profile.apply(event, schema: schema)
        }
        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)
        #expect(writer.bytes.count > 300, "the features must be in it")
        #expect(writer.bytes.count < 1024)
    }
}
