import ArgumentParser
import Foundation
import Logging
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLearning
import WeirProfiles
import WeirStorage
import WeirStores

/// Work of which instructions and allocations are counted: the same in every process, as often as asked.
///
/// What a piece costs is the difference between two runs of different lengths, divided by the difference of the lengths.
enum CountedWork: String, CaseIterable, ExpressibleByArgument {
    /// The pure decision: 10 candidates, 64 features.
    case decide
    /// Deriving its situation from a profile, the request and the catalog.
    case situation
    /// Writing it for the log and reading it back.
    case record
    /// One event into a profile.
    case apply
    /// A decision through the whole engine, committed to a store on disk in groups of 32.
    case decision
    /// An event through the whole engine, committed to a store on disk in groups of 100.
    case event

    func perform(times: Int) throws {
        switch self {
        case .decide: try CoreBench(candidates: 10, features: 64).decideAll(times: times)
        case .situation: try CountedProfile().deriveSituations(times: times)
        case .record: try CountedProfile().codeRecords(times: times)
        case .apply:
            var profile = try CountedProfile()
            profile.applyEvents(times: times)
        case .decision: try CountedEngine().decideAndCommit(times: times)
        case .event: try CountedEngine().collectAndCommit(times: times)
        }
    }
}

/// The catalog of the benchmark over HTTP: 10 offers at one placement, 64 features, one budget, and two caps.
private enum CountedCatalog {
    static var file: StoredCatalog.File {
        StoredCatalog.File(name: "weir.yaml", text: text)
    }

    private static var text: String {
        let features = (0..<64).map { index in
            let aggregate = ["count", "sum", "recency", "count"][index % 4]
            let rest =
                switch index % 4 {
                case 0: ", half_life: \(7 + index)d"
                case 1: ", value: revenue"
                case 3: ", where: {store: s\(index % 8)}"
                default: ""
                }
            return "  - {name: f\(index), aggregate: \(aggregate), event: Order Completed\(rest)}\n"
        }
        let offers = (0..<10).map { "      - {id: o\($0), cost: 1.\($0)0 USD, value: \(4 + $0) USD}\n" }
        return """
            currency: USD
            salt: bench
            holdout: 10 %
            consent: {default: {marketing: granted}}
            features:
            \(features.joined())
            goals:
              - {id: use, window: 30d, negatives: reported}
            placements:
              - {id: till, policy: {squarecb: {gamma: 20}}}
            budgets:
              - {id: year, limit: 900000000 USD, from: 2020-01-01, to: 2039-12-31}
            caps: [{overall: 200 per 1d}, {offer: 100 per 7d}]
            campaigns:
              - id: all
                kind: coupon
                placements: [till]
                goal: use
                channel: till
                budgets: [year]
                eligible: "f0 >= 0"
                offers:
            \(offers.joined())
            """
    }
}

extension Event {
    /// An order of one of a hundred customers.
    fileprivate static func counted(_ number: Int) -> Event {
        let time = CountedEngine.start + TimeSpan(microseconds: Int64(number) * 1_000)
        return Event(
            messageID: "counted-\(number)-3f9a", source: "bench", kind: .track, name: "Order Completed",
            userID: "customer-\(number % 100)", eventTime: time, receivedTime: time,
            properties: [
                "order_id": .string("o-\(number)"), "revenue": .integer(Int64(10 + number % 90)),
                "store": .string("s\(number % 8)"), "currency": "USD",
                "products": [["product_id": .string("p\(number % 97)"), "price": 3.5, "quantity": 2]],
            ], context: ["library": ["name": "bench", "version": "1"]])
    }
}

/// One person's profile, without an engine.
private struct CountedProfile {
    let plan: CatalogPlan
    let models: [GoalModel]
    let placement: PlacementPlan
    var profile = Profile()

    init() throws {
        let engine = try Engine(
            store: MemoryStore(), clock: ManualClock(at: CountedEngine.start),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let plan = try engine.apply([CountedCatalog.file]) { _ in }
        self.plan = plan
        models = plan.goals.map { _ in GoalModel(OnlineLogistic(layout: plan.layout)) }
        placement = plan.placement("till")!
        for number in 0..<50 { profile.apply(.counted(100 * number), schema: plan.schema) }
    }

    private func situation(_ number: Int, _ recentDecisions: [RecentDecision]) -> Situation {
        Situation(
            deriving: DecisionRequest(userID: "customer-0", placement: "till", context: ["basket": 12.5]),
            id: DecisionID(number: Int64(number)), customer: "customer-0",
            at: CountedEngine.start + TimeSpan(microseconds: Int64(number)), from: profile,
            recentDecisions: recentDecisions, plan: plan, placement: placement, modelVersion: 0)
    }

    func deriveSituations(times: Int) {
        let recent = (0..<5).map { number in
            RecentDecision(
                time: CountedEngine.start - .hour * number, offer: OfferID("o\(number)"), campaign: "all",
                channel: "till")
        }
        var count = 0
        for number in 1...times { count += situation(number, recent).features.count }
        precondition(count == times * 64)
    }

    func codeRecords(times: Int) throws {
        var situation = situation(1, [])
        situation.available = [1_000_000]
        situation.prices = [1]
        let record = DecisionRecord(
            situation: situation, decision: WeirDecisioning.decide(situation, plan: plan, models: models), plan: plan)
        for _ in 0..<times {
            guard try DecisionRecord(decoding: record.bytes) == record else {
                preconditionFailure("what is written is read back")
            }
        }
    }

    mutating func applyEvents(times: Int) {
        let event = Event.counted(0)
        for _ in 0..<times { profile.apply(event, schema: plan.schema) }
        precondition(profile.lastSeen != nil)
    }
}

/// The whole engine on a store on disk, driven by hand.
private final class CountedEngine {
    static let start = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

    private let folder: URL
    private let store: any Store
    private let clock = ManualClock(at: start)
    private let engine: Engine

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-counted")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try StoreLocation(folder.appendingPathComponent("bench.db").path).open(durability: .process)
        engine = try Engine(
            store: store, clock: clock, logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        try engine.apply([CountedCatalog.file]) { _ in }
        while try engine.commitOnce() {}
        try collect(0..<500)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    private func collect(_ numbers: Range<Int>) throws {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 100) {
            let batch = first..<min(first + 100, numbers.upperBound)
            engine.collect(batch.map { .counted($0) }) { result in
                if case .failure(let error) = result { preconditionFailure("\(error)") }
            }
            while try engine.commitOnce() {}
        }
    }

    func collectAndCommit(times: Int) throws { try collect(500..<500 + times) }

    func decideAndCommit(times: Int) throws {
        for number in 1...times {
            let request = DecisionRequest(
                userID: "customer-\(number % 100)", placement: "till", context: ["basket": .integer(Int64(number % 90))]
            )
            engine.decide(request) { result in
                if case .failure(let error) = result { preconditionFailure("\(error)") }
            }
            if number % 32 == 0 || number == times { while try engine.commitOnce() {} }
        }
    }
}
