import Testing
import WeirDomain
import WeirJSON
import WeirLimits
import WeirProfiles

@Suite("What one person may hold")
struct PersonLimitTests {
    private static let person = Limits.Person.standard

    @Test("Of too many traits the newest stay, whatever the order in which they came", arguments: UInt64(0)..<20)
    func traits(seed: UInt64) throws {
        let schema = try FeatureSchema([])
        var random = SplitMix64(seed: seed)
        let events = (0..<Self.person.traits + 50).map { number in
            Event.identify(at: .day(Double(number)), [JSON.Member("t\(number)", .integer(Int64(number)))])
        }
        let late = Event.identify(at: .day(0), ["t3": "late", "t\(Self.person.traits + 10)": "late"])
        let profile = (events + [late]).shuffled(using: &random).reduce(Profile()) { $0.applying($1, schema: schema) }
        #expect(profile.isFull)
        #expect(profile.traits.members?.count == Self.person.traits)
        #expect(Set(profile.traits.members!.map(\.name)) == Set((50..<Self.person.traits + 50).map { "t\($0)" }))
        #expect(profile.traits["t\(Self.person.traits + 10)"] == .integer(Int64(Self.person.traits + 10)))
    }

    @Test("Traits without end do not make an event dearer")
    func endless() throws {
        let schema = try FeatureSchema([])
        var profile = Profile()
        for number in 0..<200 {
            let traits = JSON.object((0..<500).map { JSON.Member("trait-\(number)-\($0)", "x") })
            profile.apply(.identify(at: .day(Double(number)), traits), schema: schema)
        }
        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)
        #expect(writer.bytes.count < 16_384)
    }

    @Test("Whoever answered more questions of consent than are kept has refused the rest", arguments: [true, false])
    func consents(isReversed: Bool) {
        var profile = Profile()
        let names = (0..<Self.person.consents + 20).map { "purpose-\(1_000 + $0)" }
        for name in isReversed ? names.reversed() : names {
            let answer = ConsentState.Answer(purpose: Purpose(name), channel: nil, isGranted: true, time: .day(1))
            profile.consent.recordAnswer(answer)
        }
        #expect(profile.consent.answers.map(\.purpose.rawValue) == Array(names.prefix(Self.person.consents)))
        #expect(profile.consent.isGranted("purpose-1000", on: "email") == true)
        #expect(profile.consent.isGranted(Purpose(names.last!), on: "email") == false, "One dropped may be a refusal.")
        var few = ConsentState()
        few.recordAnswer(profile.consent.answers[0])
        #expect(few.isGranted("marketing", on: "email") == nil)
    }

    @Test("A feature keeps so many keys of one person, the same ones in any order", arguments: UInt64(0)..<3)
    func keys(seed: UInt64) throws {
        let schema = try FeatureSchema([
            .init(name: "products", aggregate: .distinct, pattern: .orders, value: JSONPath("sku"))
        ])
        var random = SplitMix64(seed: seed)
        let events = (0..<Self.person.cellsPerFeature + 300).map {
            Event.order(at: .day(1), ["sku": .string("sku-\($0)")])
        }
        let straight = events.reduce(into: Profile()) { $0.apply($1, schema: schema) }
        let shuffled = events.shuffled(using: &random).reduce(into: Profile()) { $0.apply($1, schema: schema) }
        #expect(straight == shuffled)
        #expect(straight.features(at: .day(2), schema: schema) == [Float(Self.person.cellsPerFeature)])
    }
}

extension Event {
    fileprivate static func identify(at time: Timestamp, _ traits: [JSON.Member]) -> Event {
        identify(at: time, .object(traits))
    }
}
