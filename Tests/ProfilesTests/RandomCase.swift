import WeirDomain
import WeirJSON

/// Declarations and events drawn from a seed: every aggregate, memory and filter, in every mixture.
struct RandomCase {
    static let categories = ["shoes", "hats", "7", "true"]
    static let firstDay: Int64 = 20_000
    static let spanDays: Int64 = 40

    var random: SplitMix64
    private(set) var declarations: [FeatureDeclaration] = []
    /// In the order of arrival, which is not that of event times.
    private(set) var events: [Event] = []

    init(seed: UInt64, eventCount: Int = 60, decays: Bool = true) {
        random = SplitMix64(seed: seed)
        // Every aggregate comes once, then some by chance.
        var aggregates = FeatureDeclaration.Aggregate.allCases
        for _ in 0..<8 { aggregates.append(FeatureDeclaration.Aggregate.allCases.pick(&random)) }
        for (index, aggregate) in aggregates.enumerated() {
            declarations.append(declaration("feature\(index)", aggregate, decays: decays))
        }
        for index in 0..<eventCount { events.append(event(index)) }
    }

    private mutating func pattern() -> EventPattern {
        var conditions: [EventPattern.Condition] = []
        if random.chance(0.2) { conditions.append(.init(path: JSONPath("shop.city"), anyOf: ["Wien", "Graz"])) }
        if random.chance(0.1) { conditions.append(.init(path: JSONPath("vip"), anyOf: ["true"])) }
        if random.chance(0.1) { conditions.append(.init(path: JSONPath("step"), anyOf: ["1", "2"])) }
        return EventPattern(
            name: [nil, "Order Completed", "Order Completed", "Product Viewed", "Home"].pick(&random),
            conditions: conditions)
    }

    private mutating func declaration(
        _ name: String, _ aggregate: FeatureDeclaration.Aggregate, decays: Bool
    ) -> FeatureDeclaration {
        let hasEach = random.chance(0.5)
        var declaration = FeatureDeclaration(
            name: name, aggregate: aggregate, pattern: pattern(), each: hasEach ? JSONPath("products") : nil)
        switch aggregate {
        case .sum, .mean: declaration.value = JSONPath(hasEach ? "price" : "shop.revenue")
        case .distinct: declaration.value = JSONPath(hasEach ? "category" : "shop.city")
        case .rate:
            declaration.per = pattern()
            if random.chance(0.3) { declaration.perEach = JSONPath("products") }
            if random.chance(0.4) { declaration.less = pattern() }
            // Never nothing beside a difference that may be next to nothing.
            if declaration.less != nil || random.chance(0.5) { declaration.smoothing = [1, 5.5].pick(&random) }
            declaration.expected = [0, 0.25].pick(&random)
        case .count, .recency: break
        }
        if [.count, .sum, .rate].contains(aggregate), random.chance(0.4) {
            declaration.key = JSONPath(hasEach ? "category" : "shop.city")
        }
        let mayDecay = decays && aggregate != .recency && aggregate != .distinct
        switch Int.random(in: 0..<(mayDecay ? 3 : 2), using: &random) {
        case 0: declaration.memory = .allTime
        case 1: declaration.memory = .window(days: [1, 2, 7, 30].pick(&random))
        default: declaration.memory = .decay(halfLifeDays: [0.5, 3, 30].pick(&random))
        }
        return declaration
    }

    private mutating func event(_ index: Int) -> Event {
        let day = TimeSpan.day.microseconds
        let time = Timestamp(
            microseconds: Self.firstDay * day + Int64.random(in: 0..<Self.spanDays * day, using: &random))
        // Most arrive soon, some late, and a few senders' clocks run ahead.
        let delay = Int64.random(in: random.chance(0.1) ? -day..<0 : 0..<day, using: &random)
        return Event(
            messageID: "m\(index)", source: "shop",
            kind: [.track, .track, .track, .track, .page, .screen, .identify, .group].pick(&random),
            name: ["Order Completed", "Product Viewed", "Home", ""].pick(&random), eventTime: time,
            receivedTime: Timestamp(microseconds: time.microseconds + delay), properties: properties())
    }

    private mutating func properties() -> JSON {
        var members: [JSON.Member] = []
        if random.chance(0.8) {
            members.append(
                .init("shop", ["city": .string(["Wien", "Graz", "Linz"].pick(&random)), "revenue": amount()]))
        }
        if random.chance(0.5) { members.append(.init("vip", .bool(random.chance(0.5)))) }
        if random.chance(0.5) { members.append(.init("step", .integer(Int64.random(in: 1...3, using: &random)))) }
        if random.chance(0.8) {
            let products: [JSON] = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                ["price": amount(), "category": category()]
            }
            members.append(.init("products", .array(products)))
        }
        return .object(members)
    }

    private mutating func category() -> JSON {
        [.string(Self.categories.pick(&random)), 7, true, nil].pick(&random)
    }

    /// Prices, refunds, whole numbers, and what is no number.
    private mutating func amount() -> JSON {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .integer(Int64.random(in: -5...500, using: &random))
        case 1: .null
        case 2: "12.50"
        case 3: .number(Double.random(in: -100...1000, using: &random))
        default: .number(Double(Int.random(in: 0...20_000, using: &random)) / 100)
        }
    }
}
