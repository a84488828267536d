import Testing
import WeirDomain
import WeirLog
import WeirStorage

/// Keeps what it was handed.
private struct Witness: LogReader {
    var kinds: Set<RecordKind>
    var seen: [(sequence: Int64, person: CustomerID?)] = []

    init(_ kinds: Set<RecordKind>) { self.kinds = kinds }

    mutating func read(_ entry: LogEntry) { seen.append((entry.sequence, entry.person)) }
}

private struct Refusal: Error {}

private struct Refusing: LogReader {
    var kinds: Set<RecordKind> { [.event] }
    func read(_ entry: LogEntry) throws { throw Refusal() }
}

@Suite("One pass over the log")
struct LogPassTests {
    private static let time = Timestamp(microseconds: 0)

    /// Events 1 to 6 of three people, of whom the second turns out to be the first; with outcomes 7 and 8 and an arm's stop.
    private func store() throws -> MemoryStore {
        let store = MemoryStore()
        var group = RecordGroup()
        let people: [(String?, String?)] = [
            ("ada", nil), (nil, "x"), ("ben", nil), (nil, nil), (nil, "x"), ("ada", "x"),
        ]
        for (index, (user, anonymous)) in people.enumerated() {
            let event = Event(
                messageID: "m\(index)", source: "shop", kind: .track, name: "Seen", userID: user,
                anonymousID: anonymous, eventTime: Self.time, receivedTime: Self.time)
            group.records.append(Sequenced(Int64(index + 1), .event(event)))
        }
        for (sequence, customer) in [(7, "anonymous:x"), (8, "ben")] as [(Int64, CustomerID)] {
            let outcome = Outcome(
                decision: DecisionID(number: sequence), customer: customer, goal: "order", kind: .converted,
                joined: .rule, eventTime: Self.time, receivedTime: Self.time)
            group.records.append(Sequenced(sequence, .outcome(outcome)))
        }
        let stop = ArmStop(experiment: "e", arm: "a", time: Self.time, actor: "ada", reason: "")
        group.records.append(Sequenced(9, .armStop(stop)))
        let link = IdentifierLink(kind: "anonymous_id", value: "x", customer: "ada")
        group.records.append(Sequenced(10, .link(link)))
        try store.commit(group) { _ in RecordGroup() }
        return store
    }

    @Test("Each reader has the records of its kinds, in order, about whoever that is in the end")
    func kinds() throws {
        let pass = try LogPass(store: try store())
        let (events, outcomes, stops) = try pass.run(
            Witness([.event]), Witness([.outcome]), Witness([.armStop, .outcome]))
        #expect(events.seen.map(\.sequence) == [1, 2, 3, 4, 5, 6])
        #expect(events.seen.map(\.person) == ["ada", "ada", "ben", nil, "ada", "ada"])
        #expect(outcomes.seen.map(\.person) == ["ada", "ben"])
        #expect(stops.seen.map(\.sequence) == [7, 8, 9] && stops.seen.last?.person == nil)
    }

    @Test("A pass begins after one record and ends with another, both sides of each bound")
    func bounds() throws {
        let pass = try LogPass(store: try store())
        let reader = try pass.run(Witness([.event, .outcome]), after: 2, through: 7)
        #expect(reader.seen.map(\.sequence) == [3, 4, 5, 6, 7])
        #expect(try pass.run(Witness([.event]), after: 6).seen.isEmpty)
        #expect(try pass.run(Witness([.event]), through: 0).seen.isEmpty)
    }

    @Test("Several of a kind, and one that there may be none of, read as one")
    func several() throws {
        let pass = try LogPass(store: try store())
        let (many, none, some) = try pass.run(
            [Witness([.event]), Witness([.event])], Witness?.none, Witness?.some(Witness([.outcome])))
        #expect(many.map(\.seen.count) == [6, 6] && none == nil && some?.seen.count == 2)
        #expect(([Witness([.event]), Witness([.link])]).kinds == [.event, .link])
    }

    @Test("Progress counts its kinds over several passes; a reader's error ends the pass")
    func progress() throws {
        let pass = try LogPass(store: try store())
        var shown: [Int] = []
        let counted = try pass.run(ReadingProgress(counting: [.outcome]) { shown.append($0) })
        _ = try pass.run(counted.going(on: [.armStop]))
        #expect(shown == [1, 2, 3])
        #expect(throws: Refusal.self) { try pass.run(Witness([.outcome]), Refusing()) }
    }
}
