import Testing
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("Features, against a reference that reads the whole list of events")
struct FeaturePropertyTests {
    @Test("Features computed event by event equal those computed from the list", arguments: UInt64(0)..<200)
    func onlineEqualsReference(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed)
        let schema = try FeatureSchema(drawn.declarations)
        var profile = Profile()
        var positives = 0

        for (index, event) in drawn.events.enumerated() {
            profile.apply(event, schema: schema)
            guard index % 6 == 5 else { continue }
            let last = try #require(profile.lastSeen)
            let wait = drawn.random.chance(0.3) ? .zero : TimeSpan.hour * Int.random(in: 0...400, using: &drawn.random)
            let reference = FeatureReference(events: Array(drawn.events[...index]), moment: last + wait)

            let scalars = profile.features(at: reference.moment, schema: schema)
            try #require(scalars.count == schema.scalars.count)
            for (declaration, online) in zip(schema.scalars, scalars) {
                let expected = reference.value(of: declaration)
                try #require(expected.agrees(with: online), "\(declaration): \(online), not \(expected)")
                if expected.value > 0, expected.value.isFinite { positives += 1 }
            }
            for (place, declaration) in schema.keyed.enumerated() {
                let keys = Set(
                    (RandomCase.categories + ["Wien", "Graz", "none"]).filter { _ in drawn.random.chance(0.5) })
                let online = profile.keyed(
                    place, keys: keys.map { schema.keyHash($0) }, at: reference.moment, schema: schema)
                let expected = reference.value(of: declaration, keys: keys)
                try #require(expected.agrees(with: online), "\(declaration) of \(keys): \(online), not \(expected)")
            }
        }
        #expect(positives > 10, "a case without values proves nothing")
    }

    @Test("Asked about a moment before the last event, all that was applied counts", arguments: UInt64(0)..<50)
    func earlierMoments(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed)
        let declarations = drawn.declarations.filter {
            if case .window = $0.memory { false } else { true }
        }
        let schema = try FeatureSchema(declarations)
        let profile = drawn.events.reduce(Profile()) { $0.applying($1, schema: schema) }
        for _ in 0..<10 {
            let moment = try #require(profile.firstSeen) + .hour * Int.random(in: 0...900, using: &drawn.random)
            let reference = FeatureReference(events: drawn.events, moment: moment)
            for (declaration, online) in zip(schema.scalars, profile.features(at: moment, schema: schema)) {
                let expected = reference.value(of: declaration)
                try #require(expected.agrees(with: online), "\(declaration): \(online), not \(expected)")
            }
        }
    }

    @Test("The order of arrival leaves no trace where nothing decays", arguments: UInt64(0)..<100)
    func order(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed, decays: false)
        let schema = try FeatureSchema(drawn.declarations)
        let profile = drawn.events.reduce(Profile()) { $0.applying($1, schema: schema) }
        let shuffled = drawn.events.shuffled(using: &drawn.random)
        #expect(shuffled.reduce(Profile()) { $0.applying($1, schema: schema) } == profile)
    }

    @Test("The order of arrival changes decayed features by rounding only", arguments: UInt64(0)..<100)
    func orderOfDecayed(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed)
        let schema = try FeatureSchema(drawn.declarations)
        let shuffled = drawn.events.shuffled(using: &drawn.random).reduce(Profile()) { $0.applying($1, schema: schema) }
        let reference = FeatureReference(events: drawn.events, moment: try #require(shuffled.lastSeen) + .hour)
        for (declaration, online) in zip(schema.scalars, shuffled.features(at: reference.moment, schema: schema)) {
            #expect(reference.value(of: declaration).agrees(with: online), "\(declaration)")
        }
    }

    @Test("Two profiles merged are one profile with the events of both", arguments: UInt64(0)..<100)
    func merge(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed, decays: seed % 2 == 0)
        let schema = try FeatureSchema(drawn.declarations)
        var halves = [Profile(), Profile()]
        for event in drawn.events { halves[drawn.random.chance(0.3) ? 0 : 1].apply(event, schema: schema) }
        let whole = drawn.events.reduce(Profile()) { $0.applying($1, schema: schema) }

        var merged = halves[0]
        merged.merge(halves[1], schema: schema)
        var mirrored = halves[1]
        mirrored.merge(halves[0], schema: schema)

        if seed % 2 == 1 {
            #expect(merged == whole)
            #expect(mirrored == whole)
        }
        let reference = FeatureReference(events: drawn.events, moment: try #require(whole.lastSeen) + .hour)
        for profile in [merged, mirrored] {
            for (declaration, online) in zip(schema.scalars, profile.features(at: reference.moment, schema: schema)) {
                #expect(reference.value(of: declaration).agrees(with: online), "\(declaration)")
            }
        }
    }

    @Test("What is stored and read back is the same profile", arguments: UInt64(0)..<100)
    func roundTrip(seed: UInt64) throws {
        let drawn = RandomCase(seed: seed)
        let schema = try FeatureSchema(drawn.declarations)
        let profile = drawn.events.reduce(Profile()) { $0.applying($1, schema: schema) }

        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)
        var reader = ByteReader(writer.bytes)
        #expect(try Profile.decode(&reader, schema: schema) == .current(profile))
        #expect(reader.isAtEnd)
    }

    @Test("A damaged record is an error or another profile, never a crash", arguments: UInt64(0)..<50)
    func damage(seed: UInt64) throws {
        var drawn = RandomCase(seed: seed, eventCount: 20)
        let schema = try FeatureSchema(drawn.declarations)
        let profile = drawn.events.reduce(Profile()) { $0.applying($1, schema: schema) }
        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)

        for length in 0..<writer.bytes.count {
            var reader = ByteReader(Array(writer.bytes[..<length]))
            #expect(throws: DamagedRecord.self) { try Profile.decode(&reader, schema: schema) }
        }
        for _ in 0..<200 {
            var bytes = writer.bytes
            bytes[Int.random(in: 9..<bytes.count, using: &drawn.random)] ^=
                1 << UInt8.random(in: 0..<8, using: &drawn.random)
            var reader = ByteReader(bytes)
            guard case .current(var damaged)? = try? Profile.decode(&reader, schema: schema) else { continue }
            damaged.apply(drawn.events[0], schema: schema)
            #expect(damaged.features(at: drawn.events[0].eventTime, schema: schema).count == schema.scalars.count)
        }
    }
}
