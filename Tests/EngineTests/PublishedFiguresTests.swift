import Foundation
import Synchronization
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirStorage

@Suite("What requests show")
struct PublishedFiguresTests {
    /// Stands still, and holds up whoever asks for the time first after it was armed.
    private final class HeldClock: EngineClock {
        let isArmed = Atomic(false)
        let isReached = DispatchSemaphore(value: 0)
        let mayGoOn = DispatchSemaphore(value: 0)
        let followsRequests = false

        var now: Timestamp {
            if isArmed.exchange(false, ordering: .acquiringAndReleasing) {
                isReached.signal()
                mayGoOn.wait()
            }
            return Simulation.start
        }
    }

    @Test("No figure waits for a commit that is under way, and each is as it was before it")
    func duringCommit() throws {
        let clock = HeldClock()
        let engine = try Engine(store: MemoryStore(), clock: clock)
        try engine.apply(SampleCatalog().files) { _ in }
        while try engine.commitOnce() {}
        let slot = Harness.Slot<Result<DecisionReply, EngineError>>()
        engine.decide(DecisionRequest(userID: "ada", placement: "till")) { slot.fill($0) }

        let ended = DispatchSemaphore(value: 0)
        let thread = Thread {
            _ = try? engine.commitOnce()  // What it does is checked below.
            ended.signal()
        }
        clock.isArmed.store(true, ordering: .releasing)
        thread.start()
        clock.isReached.wait()
        // With the committer's lock held, each of these returns; were one to take it, the test would not end.
        #expect(engine.isReady && engine.queueDepth == 1)
        #expect(engine.awaitedOutcomes == 0 && engine.figures.totals.decisions == 0)
        #expect(engine.comparison.treated.customers + engine.comparison.heldOut.customers == 0)
        #expect(engine.experimentStatuses.isEmpty && engine.modelReports.count == 4)
        #expect(engine.budgetReports().count == 2 && engine.modelRegistry.entries.isEmpty)
        #expect(engine.catalogProgress == nil && engine.modelVersion == engine.modelVersion)
        // Deciding goes on, too.
        engine.decide(DecisionRequest(userID: "bob", placement: "till")) { _ in }
        #expect(slot.value == nil)

        clock.mayGoOn.signal()
        ended.wait()
        #expect(slot.value != nil && engine.figures.totals.decisions == 2)
        #expect(engine.comparison.treated.customers + engine.comparison.heldOut.customers == 2)
    }
}
