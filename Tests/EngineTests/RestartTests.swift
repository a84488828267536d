import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirProfiles
import WeirStatistics
import WeirStorage

@Suite("What a restart finds")
struct RestartTests {
    @Test(
        "Profiles, caps, models and prices are there after a checkpoint, and nothing is replayed",
        arguments: [true, false])
    func checkpoint(warms: Bool) throws {
        var settings = EngineSettings()
        settings.warmsProfiles = warms
        let harness = try Harness(settings: settings)
        for number in 0..<30 {
            try harness.send(harness.event("u\(number % 7)", ago: .days(Double(number))))
            try harness.decide("u\(number % 7)", at: "cart")
        }
        try harness.engine.checkpoint()
        let before = try (0..<7).map { try harness.engine.profile(of: CustomerID("u\($0)")) }
        let prices = harness.engine.budgetReports().map(\.price)
        let learned = harness.engine.learned
        try harness.restart()
        #expect(harness.engine.hotProfiles == (warms ? 7 : 0))
        #expect(try (0..<7).map { try harness.engine.profile(of: CustomerID("u\($0)")) } == before)
        #expect(harness.engine.budgetReports().map(\.price) == prices)
        #expect(harness.engine.learned == learned)
        #expect(harness.engine.comparison.treated.customers + harness.engine.comparison.heldOut.customers == 7)
    }

    @Test("Only the newest of what a checkpoint saves whole is kept")
    func pruned() throws {
        let harness = try Harness()
        for _ in 0..<5 {
            try harness.send(harness.event("ada"))
            try harness.engine.checkpoint()
        }
        let newest = try #require(try harness.store.snapshot(named: "profiles", atOrBefore: .max))
        #expect(try harness.store.snapshot(named: "profiles", atOrBefore: newest.sequence - 1) == nil)
    }

    @Test("Profiles that leave a small memory come back as they were", arguments: UInt64(0)..<10)
    func eviction(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var settings = EngineSettings()
        settings.shards = 2
        settings.hotProfiles = 6
        settings.recordsPerCheckpoint = 10
        let harness = try Harness(settings: settings)
        let people = (0..<40).map { "u\($0)" }
        for _ in 0..<300 {
            let person = people.randomElement(using: &random)!
            try harness.send(harness.event(person, ago: .days(Double.random(in: 0...40, using: &random))))
            if Bool.random(using: &random) { try harness.decide(person, at: "cart") }
        }
        try harness.engine.checkpoint()
        let shadow = try Shadow(harness.store)
        let plan = try #require(harness.engine.plan)
        for person in people {
            let computed = shadow.profile(of: CustomerID(person), plan)
            let served = try #require(try harness.engine.profile(of: CustomerID(person)))
            #expect(
                served.features(at: harness.clock.now, schema: plan.schema)
                    == computed.features(at: harness.clock.now, schema: plan.schema))
        }
        #expect(harness.engine.hotProfiles <= 6 + 2)
    }

    @Test("Caps count offers whose decisions are still on their way into the log")
    func capsAhead() throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        catalog.caps = "caps: [{overall: 1 per 1d}]"
        let harness = try Harness(catalog)
        let slots = (0..<30).map { _ in harness.ask(DecisionRequest(userID: "ada", placement: "till")) }
        try harness.commit()
        let given = try slots.map { try $0.value!.get() }.filter { $0.offer != nil }
        #expect(given.count == 1)
    }

    @Test(
        "Somebody who turns out to be someone else keeps features, caps and consent through a crash",
        arguments: [true, false])
    func merge(inOneGroup: Bool) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        catalog.caps = "caps: [{overall: 1 per 1d}]"
        let harness = try Harness(catalog)
        try harness.send(
            harness.event(
                nil, anonymous: "a1", context: ["consent": ["categoryPreferences": ["marketing": true]]], ago: .hour * 2
            ))
        var slots: [Harness.Slot<Result<DecisionReply, EngineError>>] = []
        for _ in 0..<20 {
            slots.append(harness.ask(DecisionRequest(userID: nil, anonymousID: "a1", placement: "till")))
            if !inOneGroup { try harness.commit() }
        }
        harness.engine.collect([
            harness.event("ada", anonymous: "a1", kind: .identify, properties: ["firstName": "Ada"])
        ]) { _ in }
        // After the merge in the same group: numbered before it, applied after it.
        harness.engine.collect([harness.event("ada")]) { _ in }
        harness.engine.collect([harness.event(nil, anonymous: "a1")]) { _ in }
        try harness.commit()
        #expect(try slots.filter { try $0.value!.get().offer != nil }.count == 1)

        for _ in 0..<2 {
            let profile = try #require(try harness.engine.profile(of: "ada"))
            #expect(try harness.features("ada")[..<2] == [3, 30])
            #expect(profile.recentDecisions.count == 1)
            #expect(profile.consent.isGranted("marketing", on: "till") == true)
            #expect(harness.engine.current("anonymous:a1") == "ada")
            #expect(try harness.decide("ada").record.decision.candidates.allSatisfy { $0.gate?.code == "capped" })
            try harness.restart()
        }
    }

    @Test("Identifiers that were tied before the first catalog stay tied")
    func beforeCatalog() throws {
        let harness = try Harness(nil)
        try harness.send(
            harness.event(nil, anonymous: "a1"),
            harness.event("ada", anonymous: "a1", kind: .identify, properties: .emptyObject), harness.event("ada"))
        try harness.apply(SampleCatalog())
        #expect(try harness.features("ada")[..<2] == [2, 20])
        try harness.restart()
        #expect(try harness.features("ada")[..<2] == [2, 20])
    }

    @Test("A profile that cannot be read is rebuilt from the log, with what the person refused")
    func damaged() throws {
        let harness = try Harness()
        let refusal: JSON = ["consent": ["categoryPreferences": ["marketing": false]]]
        try harness.send(harness.event("ada", context: refusal))
        try harness.engine.checkpoint()
        var group = RecordGroup()
        let sequence = try harness.store.lastSequence()
        group.profiles = [StoredProfile(customer: "ada", sequence: sequence, body: [9, 9, 9])]
        try harness.store.commit(group)
        try harness.restart()
        #expect(try harness.features("ada")[..<2] == [1, 10])
        let decision = try harness.decide("ada").record.decision
        #expect(decision.candidates.allSatisfy { $0.gate?.code == "no_consent" })
    }

    @Test("When the store fails everyone who waits is told, and nothing more is accepted")
    func failure() throws {
        var settings = EngineSettings()
        settings.groupBound = 1
        let harness = try Harness(settings: settings)
        let slots = (0..<3).map { harness.ask(DecisionRequest(userID: "u\($0)", placement: "till")) }
        harness.store.failure = .beforeCommit
        #expect(throws: SimulatedCrash.self) { try harness.engine.commitOnce() }
        for slot in slots { #expect(throws: EngineError.self) { try slot.value?.get() } }
        #expect(!harness.engine.isReady)
        #expect(throws: EngineError.stopped) { try harness.engine.commitOnce() }
        let late = harness.ask(DecisionRequest(userID: "late", placement: "till"))
        #expect(throws: EngineError.self) { try late.value?.get() }
    }

    @Test("A caller who hears back may ask the engine at once")
    func reentrant() throws {
        let harness = try Harness()
        let seen = Harness.Slot<Bool>()
        let engine = harness.engine
        engine.decide(DecisionRequest(userID: "ada", placement: "till")) { _ in seen.fill(engine.isReady) }
        try harness.commit()
        #expect(seen.value == true)
        let told = Harness.Slot<Bool>()
        engine.decide(DecisionRequest(userID: "ada", placement: "till")) { _ in told.fill(engine.isReady) }
        harness.store.failure = .beforeCommit
        #expect(throws: SimulatedCrash.self) { try harness.commit() }
        #expect(told.value == false)
    }
}
