import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirProfiles
import WeirStorage

@Suite("Catalogs that change while decisions flow")
struct CatalogSwapTests {
    @Test("A decision under way keeps its catalog, in the log and in its answer")
    func underWay() throws {
        let harness = try Harness()
        let old = try #require(harness.engine.plan)
        var changed = SampleCatalog()
        changed.window = 7
        changed.hasClicks = false
        changed.mailings = 9_000
        try harness.engine.apply(changed.files) { _ in }
        let slot = harness.ask(DecisionRequest(userID: "ada", placement: "home"))
        try harness.commit()

        let reply = try #require(slot.value).get()
        #expect(reply.plan === old && reply.record.situation.catalogVersion == 1)
        #expect(try harness.decide("ada", at: "home").record.situation.catalogVersion == 2)
        let audit = Audit(store: harness.store)
        #expect(try audit.replayAll().different.isEmpty)
    }

    @Test("A decision under way draws on its own budgets, however the new catalog numbers them")
    func renumbered() throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        let harness = try Harness(catalog)
        var moved = catalog.text.replacing(
            "  - {id: mailings",
            with: "  - {id: extra, limit: 50.00 USD, from: 2026-01-01, to: 2026-12-31}\n  - {id: mailings")
        moved = moved.replacing(
            "  - {id: promotions",
            with: "  - {id: first, limit: 70.00 USD, from: 2026-01-01, to: 2026-12-31}\n  - {id: promotions")
        try harness.engine.apply([StoredCatalog.File(name: "weir.yaml", text: moved)]) { _ in }
        // The new limits hold at once, the old plan is still the one that decides; then the new one.
        for first in [1, 61] {
            for number in 0..<60 { harness.ask(DecisionRequest(userID: "u\(first + number)", placement: "mail")) }
            try harness.commit()
            let given = try (first..<first + 60).compactMap { number -> StoredDecision? in
                guard
                    case .decision(let stored)? = try harness.store.decision(DecisionID(number: Int64(number)))?.record
                else { return nil }
                return stored.offer == nil ? nil : stored
            }
            try #require(!given.isEmpty)
            for decision in given {
                let budgets = try harness.store.ledgerEntries(of: decision.id).map(\.budget)
                #expect(budgets.sorted() == (decision.offer == "letter" ? ["mailings", "promotions"] : ["mailings"]))
            }
        }
    }

    @Test("An outcome teaches nothing where the features of its decision meant something else", arguments: [30, 7])
    func lessonsAcross(window: Int) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        catalog.caps = ""
        let harness = try Harness(catalog)
        let id = try #require(
            try (0..<30).lazy.map { try harness.decide("u\($0)", at: "mail").record }
                .first { $0.chosenOffer == "banner" }
        ).situation.id
        catalog.window = window
        catalog.stock += 1
        try harness.apply(catalog)
        let version = harness.engine.modelVersion
        #expect(try harness.report(id, .converted) == .recorded)
        #expect((harness.engine.modelVersion == version) == (window != 30))
        #expect(try harness.engine.learned == Engine.learned(from: harness.store))
    }

    @Test(
        "Features declared anew equal those computed from the log, before and after a restart",
        arguments: [true, false])
    func redeclared(checkpoints: Bool) throws {
        var settings = EngineSettings()
        settings.checkpointInterval = .day * 365
        let harness = try Harness(settings: settings)
        for age in [0.0, 3, 10, 40] { try harness.send(harness.event("ada", ago: .days(age))) }
        try harness.send(harness.event(nil, anonymous: "a1", ago: .days(2)))
        try harness.send(harness.event("ada", anonymous: "a1", kind: .identify, properties: .emptyObject))
        if checkpoints { try harness.engine.checkpoint() }
        #expect(try harness.features("ada")[..<2] == [4, 40])

        // Events that wait before the catalog must not be lost to it.
        harness.engine.collect([harness.event("ada", ago: .days(4))]) { _ in }
        var catalog = SampleCatalog()
        catalog.window = 7
        try harness.engine.apply(catalog.files) { _ in }
        harness.engine.collect([harness.event("ada", ago: .days(5))]) { _ in }
        try harness.commit()
        #expect(try harness.features("ada")[..<2] == [5, 50])

        // A process that ends before the next checkpoint finds profiles of the old kind.
        try harness.restart()
        #expect(try harness.features("ada")[..<2] == [5, 50])
        try harness.engine.checkpoint()
        try harness.restart()
        #expect(try harness.features("ada")[..<2] == [5, 50])
    }

    @Test(
        "A limit below what is promised is refused and changes nothing; at that amount it is accepted",
        arguments: [
            (0, true), (-1, false),
        ])
    func limit(difference: Int, isAccepted: Bool) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        let harness = try Harness(catalog)
        for number in 0..<10 { try harness.decide("u\(number)", at: "till") }
        let account = try #require(harness.engine.ledger.accounts.first { $0.budget == "promotions" })
        try #require(account.reserved > 0)
        catalog.promotions = Int(account.reserved) + difference
        let before = harness.engine.ledger.accounts
        if isAccepted {
            try harness.apply(catalog)
            #expect(harness.engine.plan?.version == 2)
        } else {
            #expect(throws: LedgerError.self) { try harness.apply(catalog) }
            #expect(harness.engine.ledger.accounts == before && harness.engine.plan?.version == 1)
        }
        try harness.restart()
        #expect(try harness.store.balances() == harness.store.balancesFromEntries())
    }

    @Test("Two catalogs handed in at once follow each other")
    func twice() throws {
        let harness = try Harness()
        var catalog = SampleCatalog()
        for window in [7, 14] {
            catalog.window = window
            try harness.engine.apply(catalog.files) { _ in }
        }
        try harness.commit()
        #expect(harness.engine.plan?.version == 3)
        #expect(harness.engine.plan?.schema.scalars.first?.memory == .window(days: 14))
    }

    @Test(
        "Money held for a goal that has left the catalog comes back, with and without a restart",
        arguments: [true, false])
    func goalGone(restarts: Bool) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        let harness = try Harness(catalog)
        catalog.hasClicks = false
        try harness.engine.apply(catalog.files) { _ in }
        // Decided under the old catalog, committed under the new one.
        for number in 0..<40 { harness.ask(DecisionRequest(userID: "u\(number)", placement: "home")) }
        try harness.commit()
        let isGiven = try (Int64(1)...40).contains { number in
            try !harness.store.ledgerEntries(of: DecisionID(number: number)).isEmpty
        }
        try #require(isGiven)
        if restarts { try harness.restart() }
        harness.clock.set(harness.clock.now + .days(10))
        harness.engine.tick()
        try harness.commit()
        #expect(harness.engine.ledger.accounts.allSatisfy { $0.reserved == 0 })
        #expect(harness.engine.awaited.isEmpty)
    }
}
