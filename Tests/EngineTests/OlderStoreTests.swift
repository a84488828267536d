import Foundation
import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirLogInsight
import WeirStorage
import WeirStores

/// The stores were made by the programs that had the version of tables in their name (`Tests/OlderStores`).
@Suite("Stores of earlier versions")
struct OlderStoreTests {
    @Test("Come up to date when they are opened for writing, and replay bit for bit", arguments: [3, 7])
    func replay(version: Int) throws {
        let older = try OlderStore(version)
        defer { older.remove() }
        #expect(throws: StoreError.older(path: older.path)) { try older.location.openForReading() }
        let store = try older.location.open(durability: .process)
        let records = try store.records(after: 0, kinds: Set(RecordKind.allCases), limit: .max)
        let kinds = Set(records.map(\.record.kind))
        #expect(kinds.isSuperset(of: [.event, .decision, .outcome, .ledger, .link, .close, .catalog, .model, .stage]))

        let audit = Audit(store: store)
        let (checked, different) = try audit.replayAll { _, _ in }
        #expect(checked > 100)
        #expect(different.map(\.0) == [])
        #expect(try store.balances() == store.balancesFromEntries())
        try store.close()
    }

    @Test("Are found by customer too, and name no offer and no order in what is old", arguments: [3])
    func columns(version: Int) throws {
        let older = try OlderStore(version)
        defer { older.remove() }
        let store = try older.location.open(durability: .process)
        var byCustomer: [CustomerID: [StoredDecision]] = [:]
        for entry in try store.records(after: 0, kinds: [.decision, .ledger, .outcome], limit: .max) {
            switch entry.record {
            case .decision(let decision): byCustomer[decision.customer, default: []].insert(decision, at: 0)
            case .ledger(let entry): #expect(entry.given == nil)
            case .outcome(let outcome): #expect(outcome.order == nil)
            default: break
            }
        }
        #expect(byCustomer.count > 30)
        for (customer, decisions) in byCustomer {
            #expect(try store.latestDecisions(of: customer, limit: .max) == decisions)
        }
        try store.close()
    }

    @Test("Go on with what they had learned and reserved", arguments: [3, 7])
    func goingOn(version: Int) throws {
        let older = try OlderStore(version)
        defer { older.remove() }
        let store = try older.location.open(durability: .process)
        let last = try #require(try store.latestDecisions(of: nil, limit: 1).first)
        let clock = ManualClock(at: last.time + .seconds(10))
        let engine = try Engine(store: store, clock: clock)
        #expect(try engine.learned == Engine.learned(from: store))
        #expect(engine.ledger.balances == (try store.balances()))

        let coupon = GivenOffer(offer: "coffee", campaign: "spring", channel: "till")
        var given: [DecisionID] = []
        for number in 0..<200 where given.isEmpty {
            let slot = Harness.Slot<Result<DecisionReply, EngineError>>()
            let request = DecisionRequest(userID: "new-\(number)", placement: "till")
            engine.decide(request) { slot.fill($0) }
            while try engine.commitOnce() {}
            let reply = try #require(try slot.value?.get())
            if reply.offer?.id == coupon.offer { given.append(reply.record.situation.id) }
        }
        let decision = try #require(given.first)
        clock.set(clock.now + .seconds(60))
        engine.tick()
        while try engine.commitOnce() {}
        let entries = try store.ledgerEntries(of: decision)
        #expect(entries.map(\.reason) == [.reserved, .released])
        #expect(entries.allSatisfy { $0.given == coupon })
        try store.close()

        let reopened = try older.location.openForReading()
        let audit = Audit(store: reopened)
        #expect(try audit.replayAll { _, _ in }.1.isEmpty)
        try reopened.close()
    }
}

/// A copy of a store of an earlier version, in a folder of its own.
private struct OlderStore {
    private let folder: URL

    init(_ version: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let stores = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "OlderStores")
        try FileManager.default.copyItem(
            at: stores.appending(path: "\(version).db"), to: folder.appending(path: "weir.db"))
    }

    var path: String { folder.appending(path: "weir.db").path }
    var location: StoreLocation { get throws { try StoreLocation(path) } }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
