import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

@Suite("Requests that come twice")
struct IdempotencyTests {
    @Test("A key that comes again gets the same answer, after a restart too, and nothing is reserved twice")
    func again() throws {
        let harness = try Harness()
        let first = try harness.decide("ada", key: "k1")
        let entries = try harness.store.counts().ledgerEntries
        #expect(!first.isRepeated)
        for _ in 0..<2 {
            let again = try harness.decide("ada", key: "k1")
            #expect(again.isRepeated && again.record == first.record && again.plan.version == first.plan.version)
            try harness.restart()
        }
        #expect(try harness.store.counts().decisions == 1)
        #expect(try harness.store.counts().ledgerEntries == entries)
    }

    @Test("A key at work is refused for now, a key of another request for ever")
    func refusals() throws {
        let harness = try Harness()
        let request = DecisionRequest(userID: "ada", placement: "till", idempotencyKey: "k1")
        var other = request
        other.context = ["basket": 12]
        let first = harness.ask(request)
        #expect(throws: EngineError.keyInUse("k1")) { try harness.ask(request).value?.get() }
        #expect(throws: EngineError.keyReused("k1")) { try harness.ask(other).value?.get() }
        #expect(first.value == nil)
        try harness.commit()
        #expect(throws: EngineError.keyReused("k1")) { try harness.ask(other).value?.get() }
        #expect(try harness.ask(request).value?.get().isRepeated == true)
        #expect(try harness.store.counts().decisions == 1)
    }

    @Test("A refused request leaves its key free")
    func refused() throws {
        let harness = try Harness()
        let bad = DecisionRequest(userID: "ada", placement: "nowhere", idempotencyKey: "k1")
        #expect(throws: EngineError.self) { try harness.ask(bad).value?.get() }
        #expect(try !harness.decide("ada", key: "k1").isRepeated)
    }

    @Test(
        "A decision that the store kept but nobody heard of is the answer to the retry",
        arguments: MemoryStore.Failure.allCases)
    func crash(failure: MemoryStore.Failure) throws {
        let harness = try Harness()
        let request = DecisionRequest(userID: "ada", placement: "till", idempotencyKey: "k1")
        harness.store.failure = failure
        let lost = harness.ask(request)
        #expect(throws: SimulatedCrash.self) { try harness.commit() }
        #expect(throws: EngineError.self) { try lost.value?.get() }
        try harness.restart()
        let reply = try harness.decide("ada", key: "k1")
        #expect(reply.isRepeated == (failure == .afterCommit))
        #expect(try harness.store.counts().decisions == 1)
    }

    @Test("An outcome counts once, a reversal once, whatever is repeated", arguments: [true, false])
    func outcomes(restarts: Bool) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        let harness = try Harness(catalog)
        let id = try #require(
            try (0..<20).lazy.map { try harness.decide("u\($0)", at: "till").record }.first {
                $0.decision.chosen != nil
            }
        ).situation.id
        for (kind, replies) in [
            (OutcomeReport.Kind.reversed, [OutcomeReply.nothingToReverse]),
            (.converted, [.recorded, .alreadyRecorded]),
            (.reversed, [.recorded, .nothingToReverse]),
        ] {
            for reply in replies {
                #expect(try harness.report(id, kind) == reply)
                if restarts { try harness.restart() }
            }
        }
        let entries = try harness.store.ledgerEntries(of: id)
        #expect(entries.map(\.reason) == [.reserved, .spent, .refunded])
        #expect(try harness.report(DecisionID(number: 9_999), .converted) == .unknownDecision)
    }

    @Test(
        "A conversion can be taken back after its window closed, once, in one group or in two",
        arguments: [true, false])
    func lateReversal(together: Bool) throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        let harness = try Harness(catalog)
        let id = try #require(
            try (0..<20).lazy.map { try harness.decide("u\($0)", at: "till").record }.first {
                $0.decision.chosen != nil
            }
        ).situation.id
        #expect(try harness.report(id, .converted) == .recorded)
        harness.clock.set(harness.clock.now + .days(3))
        harness.engine.tick()
        if !together { try harness.commit() }
        #expect(try harness.report(id, .reversed) == .recorded)
        #expect(try harness.report(id, .reversed) == .nothingToReverse)
        #expect(try harness.report(id, .converted) == .outsideWindow)
        #expect(harness.engine.ledger.accounts.allSatisfy { $0.spent == 0 })
        #expect(try harness.engine.learned == Engine.learned(from: harness.store))
    }
}
