import ArgumentParser
import Foundation
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLearning
import WeirProfiles
import WeirReporting
import WeirStatistics
import WeirMeasuring

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures the core in this process: one decision, one profile.",
        discussion: """
            `make bench` runs this and the measurements over HTTP, and writes bench.json.

            Example:
              weir bench --json
            """)

    @OptionGroup var result: ResultOptions

    @Option(help: .hidden)
    var work: CountedWork?

    @Option(help: .hidden)
    var times = 1_000

    func validate() throws { try refuse([limitFault("--times", times, 1...100_000_000)]) }

    func run() throws {
        if let work { return try work.perform(times: times) }
        let bench = try CoreBench(candidates: 10, features: 64)
        let decide = bench.nanosecondsPerDecision()
        let profile = try ProfileBench().bytesPerProfile()
        let figures: JSON = [
            "decide_ns": .number(decide.median), "decide_ns_fastest": .number(decide.fastest),
            "profile_bytes": .number(profile.resident), "profile_stored_bytes": .number(profile.stored),
        ]
        try result.give(
            Answer(
                [
                    "decide, 10 candidates, 64 features, SquareCB, one core: \(Int(decide.median)) ns "
                        + "(fastest \(Int(decide.fastest)))",
                    "hot profile, 10 features and 20 keys: \(Int(profile.resident)) bytes in memory, "
                        + "\(Int(profile.stored)) stored",
                ],
                json: figures,
                tables: [
                    ReportTable(
                        name: "figures", columns: (figures.members ?? []).map { .init($0.name, $0.name) },
                        of: [figures])
                ]))
    }
}

/// The pure decision, without engine, store or network.
struct CoreBench {
    let plan: CatalogPlan
    let models: [GoalModel]
    let situations: [Situation]

    init(candidates: Int, features: Int) throws {
        let catalog = Self.catalog(candidates: candidates, features: features)
        let plan = try CatalogPlan(catalog, version: 1)
        var random = Xoshiro256StarStar(seed: 7)
        var model = OnlineLogistic(layout: plan.layout)
        func values() -> [Float] { (0..<plan.schema.scalars.count).map { _ in Float(random.unit() * 20) } }
        for lesson in 1...2_000 {
            let offer = plan.offers[lesson % plan.offers.count]
            let input = plan.layout.input(features: values(), affinities: [Float](), kind: "a", bucket: offer.bucket)
            model.learn(input, label: random.unit() < 0.1 ? 1 : 0, sequence: Int64(lesson))
        }
        self.plan = plan
        models = [GoalModel(model)]
        situations = (0..<256).map { index in
            Situation(
                id: DecisionID(number: Int64(index + 1)), customer: CustomerID("customer-\(index)"), placement: "till",
                time: Timestamp(microseconds: 1), catalogVersion: 1, modelVersion: 2_000, features: values(),
                affinities: [], consents: plan.consents.map { _ in true },
                cappedBy: [CapHit?](repeating: nil, count: plan.offers.count), available: [1_000_000], prices: [1.2])
        }
    }

    private static func catalog(candidates: Int, features: Int) -> Catalog {
        Catalog(
            salt: "bench", currency: .usd,
            features: (0..<features).map {
                FeatureDeclaration(name: "f\($0)", aggregate: .count, pattern: EventPattern(name: "e\($0)"), center: 2)
            },
            goals: [Goal(id: "g", pattern: nil, window: .day)],
            placements: [Placement(id: "till", name: "Till", policy: .squareCB(gamma: 20))],
            budgets: [
                Budget(
                    id: "b", name: "B", limit: Money(minorUnits: 1_000_000, currency: .usd),
                    start: Timestamp(microseconds: 0), end: Timestamp(microseconds: 1 << 50))
            ],
            campaigns: [
                Campaign(
                    id: "c", name: "C", kind: "a", placements: ["till"], eligibility: "f0 >= 0 and f1 >= 0", goal: "g",
                    purpose: "marketing", channel: "till", budgets: ["b"],
                    offers: (0..<candidates).map {
                        Offer(
                            id: OfferID("o\($0)"), name: "O\($0)", cost: Money(minorUnits: 100, currency: .usd),
                            value: Money(minorUnits: 400 + Int64($0), currency: .usd))
                    })
            ])
    }

    /// Decides so often, for one situation after the other.
    func decideAll(times: Int) {
        var checksum = 0.0
        for number in 0..<times {
            checksum += decide(situations[number % situations.count], plan: plan, models: models).propensity
        }
        precondition(checksum > 0)
    }

    func nanosecondsPerDecision() -> (median: Double, fastest: Double) {
        let rounds = (0..<21).map { _ in
            let start = ContinuousClock.now
            var checksum = 0.0
            for _ in 0..<10 {
                for situation in situations { checksum += decide(situation, plan: plan, models: models).propensity }
            }
            precondition(checksum > 0)
            return start.duration(to: .now) / .nanoseconds(1) / Double(10 * situations.count)
        }.sorted()
        return (rounds[rounds.count / 2], rounds[0])
    }
}

/// What a person costs in memory: 10 scalar features and 20 keys, after a year of orders.
private struct ProfileBench {
    let schema: FeatureSchema

    init() throws {
        let orders = EventPattern(name: "Order Completed")
        var features: [FeatureDeclaration] = []
        for index in 0..<9 {
            let isSum = index % 2 == 0
            let memory: FeatureDeclaration.Memory = index < 3 ? .allTime : .decay(halfLifeDays: Double(7 * index))
            features.append(
                FeatureDeclaration(
                    name: "s\(index)", aggregate: isSum ? .sum : .count, pattern: orders,
                    value: isSum ? JSONPath("revenue") : nil, memory: memory))
        }
        features.append(FeatureDeclaration(name: "r", aggregate: .recency, pattern: orders))
        features.append(
            FeatureDeclaration(
                name: "k", aggregate: .sum, pattern: orders, each: JSONPath("products"), value: JSONPath("price"),
                key: JSONPath("category"), memory: .decay(halfLifeDays: 30)))
        schema = try FeatureSchema(features)
    }

    func bytesPerProfile() throws -> (resident: Double, stored: Double) {
        let count = 50_000
        var profiles: [CustomerID: Profile] = [:]
        profiles.reserveCapacity(count)
        let before = Self.residentBytes()
        var stored = 0
        for index in 0..<count {
            let profile = made(index)
            if index % 100 == 0 {
                var writer = ByteWriter()
                profile.encode(into: &writer, schema: schema)
                stored += writer.bytes.count
            }
            profiles[CustomerID("customer-\(index)")] = profile
        }
        let after = Self.residentBytes()
        precondition(profiles.count == count)
        return (Double(after - before) / Double(count), Double(stored) / Double(count / 100))
    }

    private func made(_ index: Int) -> Profile {
        var profile = Profile()
        for order in 0..<10 {
            let products = (0..<4).map { product -> JSON in
                let category = (order * 7 + product * 3 + index) % 20
                return ["category": .string("c\(category)"), "price": 3.5]
            }
            let time = Timestamp(microseconds: Int64(order) * 30 * TimeSpan.day.microseconds)
            profile.apply(
                Event(
                    messageID: "\(order)", source: "bench", kind: .track, name: "Order Completed", userID: "\(index)",
                    eventTime: time, receivedTime: time,
                    properties: ["revenue": 12.5, "products": .array(products)]),
                schema: schema)
        }
        return profile
    }

    /// 0 where the system does not say.
    private static func residentBytes() -> Int {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = statm.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
