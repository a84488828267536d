import Testing
import WeirDomain
import WeirStorage

@Suite("SQLite and memory")
struct StoreComparisonTests {
    @Test("Keep the same of whatever is committed", arguments: UInt64(0)..<40)
    func agree(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (sqlite, memory) = (try StoreUnderTest(.sqlite), try StoreUnderTest(.memory))
        defer {
            sqlite.finish()
            memory.finish()
        }
        var draw = GroupDraw()

        for _ in 0..<30 {
            let (group, derived) = (draw.group(using: &random), draw.group(events: false, using: &random))
            var known: [[Int64]] = []
            var errors = 0
            for store in [sqlite.store, memory.store] {
                do {
                    try store.commit(group) {
                        known.append($0)
                        return derived
                    }
                } catch is StoreError { errors += 1 }
            }
            try #require(errors != 1, "one refused what the other kept")
            try #require(known.count != 1 && known.first == known.last)
            if Int.random(in: 0..<6, using: &random) == 0 {
                try sqlite.reopen()
                try memory.reopen()
            }
        }

        let (left, right) = (sqlite.store, memory.store)
        #expect(try left.everything() == right.everything())
        #expect(try left.lastSequence() == right.lastSequence())
        #expect(try left.lastDecision() == right.lastDecision())
        #expect(try left.balances() == right.balances())
        #expect(try left.balances() == left.balancesFromEntries())
        #expect(try left.openDecisions() == right.openDecisions())
        #expect(try left.links() == right.links())
        #expect(try left.counts() == right.counts())
        for name in (0..<8).map({ "c\($0)" }) {
            let customer = CustomerID(name)
            #expect(try left.latestDecisions(of: customer, limit: 9) == right.latestDecisions(of: customer, limit: 9))
            #expect(try left.outcomes(ofOrder: name) == right.outcomes(ofOrder: name))
        }
        let ids = (Int64(1)..<40).map { DecisionID(number: $0) }
        #expect(try left.decisions(ids) == right.decisions(ids))
        #expect(try left.outcomes(of: ids) == right.outcomes(of: ids))
        #expect(try left.ledgerEntries(of: ids) == right.ledgerEntries(of: ids))
        for number in Int64(1)..<40 {
            let id = DecisionID(number: number)
            #expect(try left.outcomes(of: id) == right.outcomes(of: id))
            #expect(try left.ledgerEntries(of: id) == right.ledgerEntries(of: id))
            #expect(try left.decision(idempotencyKey: "k\(number)") == right.decision(idempotencyKey: "k\(number)"))
            #expect(
                try left.snapshot(named: "s", atOrBefore: number * 10)
                    == right.snapshot(named: "s", atOrBefore: number * 10))
        }
        var (leftProfiles, rightProfiles): ([StoredProfile], [StoredProfile]) = ([], [])
        try left.forEachProfile(limit: 5) { leftProfiles.append($0) }
        try right.forEachProfile(limit: 5) { rightProfiles.append($0) }
        #expect(leftProfiles == rightProfiles)
    }
}

/// Draws groups with many repetitions and, seldom, a contradiction.
private struct GroupDraw {
    private var sequence: Int64 = 0
    private var lastDecision: Int64 = 0

    mutating func group(events: Bool = true, using random: inout SplitMix64) -> RecordGroup {
        var group = RecordGroup()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            sequence += Int64.random(in: 1...2, using: &random)
            group.records.append(Sequenced(sequence, record(events: events, using: &random)))
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let body = [UInt8.random(in: 0...255, using: &random)]
            group.profiles.append(StoredProfile(customer: customer(using: &random), sequence: sequence, body: body))
            if body[0] < 50 { group.snapshots.append(StoredSnapshot(name: "s", sequence: sequence, body: body)) }
            if body[0] > 220 { group.removedProfiles.append(customer(using: &random)) }
        }
        return group
    }

    private mutating func record(events: Bool, using random: inout SplitMix64) -> Record {
        let number = Int64.random(in: 1...40, using: &random)
        switch Int.random(in: events ? 0...10 : 5...10, using: &random) {
        case 0...4: return event("m\(number)", source: number.isMultiple(of: 3) ? "a" : "b")
        case 5:
            // A number or a key is drawn again now and then.
            lastDecision += Int.random(in: 0..<25, using: &random) == 0 ? 0 : 1
            let key = Int.random(in: 0..<25, using: &random) == 0 ? "k1" : "k\(lastDecision)"
            return .decision(
                decision(
                    max(1, lastDecision), customer: customer(using: &random),
                    key: lastDecision.isMultiple(of: 2) ? key : nil,
                    closesAt: lastDecision.isMultiple(of: 3) ? nil : moment(number)))
        case 6:
            let order = number.isMultiple(of: 3) ? nil : "c\(number % 8)"
            return .outcome(outcome(of: number, value: number > 20 ? dollars(number) : nil, order: order))
        case 7: return .close(DecisionID(number: number))
        case 8: return .link(IdentifierLink(kind: "email", value: "v\(number % 5)", customer: customer(using: &random)))
        case 9: return .quarantine(quarantined("q\(number)"))
        default:
            let accounts = LedgerEntry.Account.allCases
            return .ledger(
                entry(
                    number, from: accounts.randomElement(using: &random)!, to: accounts.randomElement(using: &random)!,
                    budget: number > 20 ? "b1" : "b2", decision: number > 5 ? number : nil))
        }
    }

    private func customer(using random: inout SplitMix64) -> CustomerID {
        CustomerID("c\(Int.random(in: 0..<8, using: &random))")
    }
}

/// Steele, Lea, Flood (OOPSLA 2014).
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return StableHash.mixed(state)
    }
}
