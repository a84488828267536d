import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Consent stamps")
struct ConsentStampTests {
    let schema: FeatureSchema

    init() throws { schema = try FeatureSchema([]) }

    private func consent(_ events: Event...) -> ConsentState {
        events.reduce(Profile()) { $0.applying($1, schema: schema) }.consent
    }

    @Test("A category is a purpose, or a purpose on one channel")
    func categories() {
        let consent = consent(.stamp(at: .day(1), ["marketing": true, "marketing:email": false]))
        #expect(consent.isGranted("marketing", on: "till") == true)
        #expect(consent.isGranted("marketing", on: "email") == false)
        #expect(consent.isGranted("measurement", on: "till") == nil)
    }

    @Test("An event without a stamp changes nothing")
    func absent() {
        let given = Event.stamp(at: .day(1), ["marketing": true])
        #expect(consent(given, .stamp(at: .day(2), nil)) == consent(given))
        #expect(consent(given, .stamp(at: .day(2), "all")) == consent(given))
    }

    @Test("An empty stamp refuses every known category")
    func empty() {
        let consent = consent(.stamp(at: .day(1), ["a": true, "b:email": true]), .stamp(at: .day(2), .emptyObject))
        #expect(consent.answers.count == 2)
        #expect(consent.answers.allSatisfy { !$0.isGranted && $0.time == .day(2) })
    }

    @Test("A known category that a stamp leaves out is refused")
    func leftOut() {
        let consent = consent(.stamp(at: .day(1), ["a": true]), .stamp(at: .day(2), ["b": true]))
        #expect(consent.isGranted("a", on: "till") == false)
        #expect(consent.isGranted("b", on: "till") == true)
    }

    @Test("A late stamp grants nothing that a later one had refused, by name or by silence")
    func late() {
        let refused = consent(.stamp(at: .day(2), .emptyObject), .stamp(at: .day(1), ["a": true]))
        #expect(refused.isGranted("a", on: "till") == false)
        let named = consent(.stamp(at: .day(2), ["a": false]), .stamp(at: .day(1), ["a": true]))
        #expect(named.isGranted("a", on: "till") == false)
    }

    @Test("Anything but true refuses", arguments: [JSON.bool(false), .null, 1, "true"])
    func unclear(answer: JSON) {
        #expect(consent(.stamp(at: .day(1), ["a": answer])).isGranted("a", on: "till") == false)
    }

    @Test("The clock of a sender cannot put an answer into the future")
    func clockAhead() {
        var ahead = Event.stamp(at: .day(1), ["a": true])
        ahead.eventTime = .day(1000)
        #expect(consent(ahead, .stamp(at: .day(2), ["a": false])).isGranted("a", on: "till") == false)
    }

    @Test("The latest stamp decides alone, in whatever order stamps and profiles come", arguments: UInt64(0)..<200)
    func order(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let categories = ["a", "b", "b:email", "c"]
        let stamps: [(time: Int, preferences: [String: Bool])] = (0..<8).map { _ in
            let named = categories.filter { _ in random.chance(0.4) }.map { ($0, random.chance(0.6)) }
            return (Int.random(in: 0..<6, using: &random), Dictionary(uniqueKeysWithValues: named))
        }
        let latest = try #require(stamps.map(\.time).max())
        var expected: [String: Bool] = [:]
        for category in Set(stamps.flatMap(\.preferences.keys)) {
            // Where two stamps are equally late, both must grant.
            expected[category] = stamps.allSatisfy { $0.time < latest || $0.preferences[category] == true }
        }

        var profiles = [Profile(), Profile()]
        for stamp in stamps {
            let members = stamp.preferences.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .bool($0.value)) }
            let event = Event.stamp(at: .day(Double(stamp.time)), .object(members))
            profiles[random.chance(0.5) ? 0 : 1].apply(event, schema: schema)
        }
        profiles[0].merge(profiles[1], schema: schema)

        let answers = profiles[0].consent.answers
        let found = answers.map { ($0.purpose.rawValue + ($0.channel.map { ":\($0)" } ?? ""), $0.isGranted) }
        #expect(Dictionary(uniqueKeysWithValues: found) == expected)
        #expect(answers.allSatisfy { $0.time == .day(Double(latest)) })
    }
}
