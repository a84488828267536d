import Synchronization
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirStorage

@Suite("The queue before the store")
struct JournalTests {
    private static func entries(_ count: Int) -> [JournalEntry] {
        (0..<count).map { .clock(Timestamp(microseconds: Int64($0))) }
    }

    private final class Count: Sendable {
        let value = Mutex(0)
        func add() { value.withLock { $0 += 1 } }
        var now: Int { value.withLock { $0 } }
    }

    @Test(
        "A caller's entries stay together, up to about the limit",
        arguments: [
            (1, [3, 2, 4]), (3, [3, 2, 4]), (5, [5, 4]), (8, [5, 4]), (9, [9]), (Int.max, [9]),
        ])
    func bundles(limit: Int, groups: [Int]) {
        let journal = Journal(bound: 100)
        for count in [3, 2, 4] { journal.append(Self.entries(count)) { _ in } }
        #expect(journal.depth == 9)
        for group in groups { #expect(journal.take(limit: limit).reduce(0) { $0 + $1.entries.count } == group) }
        #expect(journal.take(limit: limit).isEmpty && journal.depth == 0)
    }

    @Test("Where more waits than fits, decisions come first, then each source its part; each keeps its order")
    func fairness() {
        let journal = Journal(bound: 10_000, sharedLimit: 8)
        // Told apart by how many entries they have.
        for count in [6, 5] { journal.append(Self.entries(count), from: "busy") { _ in } }
        journal.append(Self.entries(2), from: "quiet") { _ in }
        for count in [4, 3] { journal.append([.report(Self.report)] + Self.entries(count - 1)) { _ in } }
        #expect(journal.take(limit: 16).map(\.entries.count) == [6, 2, 4, 3])
        #expect(journal.take(limit: 16).map(\.entries.count) == [5])
        #expect(journal.depth == 0)
    }

    @Test("Few long records weigh as much as many short ones, in a group and in the queue")
    func weight() {
        let journal = Journal(bound: 100, sharedLimit: 8)
        for count in [1, 2, 3] { journal.append(Self.entries(count), from: "shop", weight: 8) { _ in } }
        journal.append([.report(Self.report)]) { _ in }
        #expect(journal.depth == 25)
        #expect(!journal.hasRoom(for: 27, of: "shop") && journal.hasRoom(for: 26, of: "shop"))
        #expect(journal.take(limit: 16).map(\.entries.count) == [1, 1])
        #expect(journal.take(limit: 16).map(\.entries.count) == [2])
        #expect(journal.take(limit: 16).map(\.entries.count) == [3])
        #expect(journal.depth == 0)
    }

    @Test("After a decision groups hold few events for a while, in case another one comes")
    func sharedGroups() {
        let journal = Journal(bound: 10_000, sharedLimit: 4)
        for _ in 0..<10 { journal.append(Self.entries(2), from: "shop") { _ in } }
        #expect(journal.take(limit: 8).count == 4)
        journal.append([.report(Self.report)]) { _ in }
        #expect(journal.take(limit: 8).reduce(0) { $0 + $1.entries.count } <= 9)
        #expect(journal.take(limit: 8).count == 2)
        for _ in 0..<3 { journal.append(Self.entries(2), from: "shop") { _ in } }
        #expect(journal.take(limit: 8, shared: 2).count == 1, "The committer may ask for fewer, but not for more.")
        #expect(journal.take(limit: 8, shared: 100).count == 2)
    }

    @Test("A source may fill half of the queue and all of them four fifths; decisions may fill all of it")
    func shares() {
        let journal = Journal(bound: 10, sharedLimit: 8)
        #expect(journal.hasRoom(for: 1_000, of: "shop"), "An empty queue takes whatever comes.")
        journal.append(Self.entries(4), from: "shop") { _ in }
        #expect(journal.hasRoom(for: 1, of: "shop") && !journal.hasRoom(for: 2, of: "shop"))
        #expect(journal.hasRoom(for: 4, of: "till") && !journal.hasRoom(for: 5, of: "till"))
        #expect(journal.hasRoom(for: 6) && !journal.hasRoom(for: 7))
        _ = journal.take(limit: 10)
        #expect(journal.hasRoom(for: 5, of: "shop"))
        #expect(!Journal(bound: 0).hasRoom(for: 1, of: "shop"))
    }

    private static let report = OutcomeReport(
        decision: DecisionID(number: 1), kind: .converted, eventTime: nil, receivedTime: Timestamp(microseconds: 0))

    @Test("A catalog is a group of its own")
    func catalog() throws {
        let journal = Journal(bound: 100)
        let stored = StoredCatalog(version: 1, appliedTime: Timestamp(microseconds: 0), files: [])
        journal.append(Self.entries(2)) { _ in }
        journal.append([.record(.catalog(stored))]) { _ in }
        journal.append(Self.entries(1)) { _ in }
        #expect(journal.take(limit: 100).map(\.entries.count) == [2])
        #expect(journal.take(limit: 100).map(\.entries.count) == [1])
        #expect(journal.take(limit: 100).map(\.entries.count) == [1])
    }

    @Test(
        "It is full at its bound, and refuses nothing that has changed memory",
        arguments: [(2, false), (3, true), (4, true)])
    func bound(count: Int, isFull: Bool) {
        let journal = Journal(bound: 3)
        journal.append(Self.entries(count)) { _ in }
        #expect(journal.isFull == isFull)
        journal.append(Self.entries(1)) { _ in }
        #expect(journal.depth == count + 1)
    }

    @Test("After the end later callers are turned away, what waits can be taken")
    func close() {
        let journal = Journal(bound: 3)
        let refused = Count()
        journal.append(Self.entries(1)) { _ in }
        journal.close()
        journal.append(Self.entries(1)) { result in
            if case .failure(.stopped) = result { refused.add() }
        }
        #expect(refused.now == 1)
        #expect(!journal.isDrained)
        #expect(journal.take(limit: 10).count == 1)
        #expect(journal.isDrained)
    }

    @Test("Whoever waits for work is woken once: at once, at the next entry, or at the end")
    func waking() {
        let journal = Journal(bound: 3)
        let woken = Count()
        journal.whenNotEmpty { woken.add() }
        #expect(woken.now == 0)
        journal.append(Self.entries(1)) { _ in }
        journal.append(Self.entries(1)) { _ in }
        #expect(woken.now == 1)
        journal.whenNotEmpty { woken.add() }
        #expect(woken.now == 2)
        _ = journal.take(limit: 10)
        journal.whenNotEmpty { woken.add() }
        #expect(woken.now == 2)
        journal.close()
        #expect(woken.now == 3)
    }
}
