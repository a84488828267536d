import WeirDomain
import WeirJSON
import WeirProfiles

/// What must hold of a stored profile, whatever its bytes are: for the fuzzer, and for what it found.
enum ProfileDecoding {
    private static func schema() -> FeatureSchema? {
        let order = EventPattern(name: "Order Completed")
        return try? FeatureSchema(
            [
                FeatureDeclaration(name: "orders", aggregate: .count, pattern: order),
                FeatureDeclaration(
                    name: "spend", aggregate: .sum, pattern: order, value: JSONPath("revenue"),
                    memory: .window(days: 60)),
                FeatureDeclaration(
                    name: "fading", aggregate: .mean, pattern: order, value: JSONPath("revenue"),
                    memory: .decay(halfLifeDays: 7)),
                FeatureDeclaration(name: "recency", aggregate: .recency, pattern: order),
                FeatureDeclaration(
                    name: "skus", aggregate: .distinct, pattern: order, each: JSONPath("products"),
                    value: JSONPath("sku")),
                FeatureDeclaration(
                    name: "by_sku", aggregate: .sum, pattern: order, each: JSONPath("products"),
                    value: JSONPath("price"), key: JSONPath("sku")),
                FeatureDeclaration(
                    name: "rate", aggregate: .rate, pattern: order, per: EventPattern(name: "View"), smoothing: 2,
                    expected: 0.1),
            ], orders: Orders(), reversals: [EventPattern(name: "Order Refunded")])
    }

    private static let schemaOnce = schema()
    private static let noon = Timestamp(microseconds: 1_772_366_400_000_000)

    /// What is wrong with how a profile is read; nil where nothing is. One that is refused is no fault.
    static func fault(_ bytes: [UInt8]) -> String? {
        guard let schema = schemaOnce else { return "No schema" }
        var reader = ByteReader(bytes)
        guard let stored = try? Profile.decode(&reader, schema: schema) else { return nil }
        var profile: Profile
        switch stored {
        case .current(let current):
            profile = current
            let written = self.bytes(current, schema)
            var again = ByteReader(written)
            guard case .current(let read)? = try? Profile.decode(&again, schema: schema),
                self.bytes(read, schema) == written
            else { return "What was written is read as something else" }
        case .outdated(let outdated): profile = outdated
        }
        for moment in [noon, Timestamp(microseconds: .min), Timestamp(microseconds: .max)] {
            _ = profile.features(at: moment, schema: schema)
        }
        for event in events(from: noon) { profile.apply(event, schema: schema) }
        var other = Profile()
        other.apply(events(from: noon)[0], schema: schema)
        profile.merge(other, schema: schema)
        _ = self.bytes(profile, schema)
        return nil
    }

    private static func bytes(_ profile: Profile, _ schema: FeatureSchema) -> [UInt8] {
        var writer = ByteWriter()
        profile.encode(into: &writer, schema: schema)
        return writer.bytes
    }

    private static func events(from start: Timestamp) -> [Event] {
        let properties: [(String, JSON)] = [
            ("View", .emptyObject),
            (
                "Order Completed",
                [
                    "order_id": "o1", "revenue": 42.5,
                    "products": [["sku": "a", "price": 12], ["sku": "b", "price": 3]],
                ]
            ),
            ("Order Refunded", ["order_id": "o1", "revenue": 2]),
        ]
        let tracked = properties.enumerated().map { number, event in
            Event(
                messageID: "m\(number)", source: "web", kind: .track, name: event.0, userID: "u",
                eventTime: start + .hour, receivedTime: start, properties: event.1)
        }
        return tracked + [
            Event(
                messageID: "i", source: "web", kind: .identify, userID: "u", eventTime: start, receivedTime: start,
                properties: ["vip": true, "name": "Ada"],
                context: ["consent": ["categoryPreferences": ["marketing": true]]])
        ]
    }

    static let seeds: [[UInt8]] = {
        guard let schema = schemaOnce else { return [] }
        var profiles = [Profile()]
        for event in events(from: noon) {
            profiles.append(profiles[profiles.count - 1].applying(event, schema: schema))
        }
        return profiles.map { bytes($0, schema) }
    }()
}
