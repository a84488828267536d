import Testing
import WeirDomain
import WeirStorage

@Suite("A store in memory")
struct MemoryStoreTests {
    @Test(
        "Crashes where it is told to, and keeps the group only after the commit",
        arguments: MemoryStore.Failure.allCases)
    func crash(_ failure: MemoryStore.Failure) throws {
        let store = MemoryStore()
        try store.commit(group(from: 1, [event("m1")]))
        store.failure = failure
        var derivations = 0
        #expect(throws: SimulatedCrash()) {
            try store.commit(group(from: 2, [event("m2"), .ledger(entry(5))])) { _ in
                derivations += 1
                return RecordGroup()
            }
        }
        #expect(derivations == 1)
        #expect(throws: SimulatedCrash()) { try store.lastSequence() }
        #expect(throws: SimulatedCrash()) { try store.commit(group(from: 4, [event("m3")])) }

        let survivor = store.reopened()
        #expect(survivor.failure == nil)
        let isKept = failure == .afterCommit
        #expect(try survivor.everything().map(\.sequence) == (isKept ? [1, 2, 3] : [1]))
        #expect(try survivor.balances().isEmpty == !isKept)
        #expect(try survivor.keep(group(from: 10, [event("m2")])) == (isKept ? [10] : []))
    }

    @Test("Reopens with what it had; the old one is closed")
    func reopening() throws {
        let store = MemoryStore()
        try store.commit(group(from: 1, [event("m1")]))
        let next = store.reopened()
        #expect(throws: StoreError.closed) { try store.lastSequence() }
        #expect(try next.lastSequence() == 1)
    }
}
