import Testing
import WeirDomain
import WeirJSON
import WeirStorage

/// What every store must do.
@Suite("Every store", .serialized)
struct StoreBattery {
    @Test("A new store is empty", arguments: Implementation.allCases)
    func new(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        #expect(try store.lastSequence() == 0)
        #expect(try store.lastDecision() == 0)
        #expect(try store.everything() == [])
        #expect(try store.balances() == [:])
        #expect(try store.catalog(version: nil) == nil)
        #expect(try store.profile(of: "ada") == nil)
        #expect(try store.counts() == StoreCounts())
    }

    @Test(
        "Records of all kinds come back in order and unchanged, also after reopening",
        arguments: Implementation.allCases)
    func order(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let first = group(
            from: 1,
            [
                event("m1"), .link(IdentifierLink(kind: "email", value: "a@b.c", customer: "ada")),
                .decision(decision(1, key: "k")), .ledger(entry(50, decision: 1)), event("m2", name: ""),
                .ledger(
                    entry(5, decision: 1, given: GivenOffer(offer: "coffee", campaign: "morning", channel: "till"))),
            ])
        let second = group(
            from: 7,
            [
                .outcome(outcome(of: 1)), .close(DecisionID(number: 1)),
                .outcome(outcome(of: 1, value: dollars(-7), order: "#7")),
                .quarantine(quarantined("no userId")), .catalog(catalog(1)), event("m3"),
                .decision(decision(2, closesAt: nil)), .model(model("boosted")),
                .stage(
                    StageChange(
                        model: "boosted", goal: "redeem", stage: .shadow, time: moment(8), actor: "ada", reason: "“try”"
                    )),
                .armStop(
                    ArmStop(experiment: "coffee", arm: "both", time: moment(9), actor: "guardrail", reason: "value")),
                .couponLot(
                    CouponLot(
                        pool: "spring", origin: .loaded, codes: ["A1B2C3", "D4-E5"], time: moment(9), actor: "ada")),
                .couponUse(
                    CouponUse(
                        kind: .given, code: "A1B2C3", pool: "spring", decision: DecisionID(number: 1),
                        given: GivenOffer(offer: "coffee", campaign: "morning", channel: "till"), customer: "ada",
                        amount: dollars(5), until: moment(90), time: moment(10))),
                .couponUse(
                    CouponUse(kind: .redeemed, code: "TEA", order: "#7", isLeaked: true, time: moment(11))),
            ])
        let kinds = Set((first.records + second.records).map(\.record.kind))
        try #require(kinds == Set(RecordKind.allCases), "a kind of record is not tried")
        try test.store.commit(first)
        try test.store.commit(second)

        for _ in 0..<2 {
            #expect(try test.store.everything() == first.records + second.records)
            #expect(try test.store.lastSequence() == 19)
            #expect(try test.store.lastDecision() == 2)
            try test.reopen()
        }
    }

    @Test("Reading goes on after a number, by kind and up to a limit", arguments: Implementation.allCases)
    func paging(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let kept = group(from: 1, (1...6).flatMap { [event("m\($0)"), .ledger(entry($0)), .decision(decision($0))] })
        try test.store.commit(kept)
        var read: [Sequenced] = []
        while true {
            let page = try test.store.records(after: read.last?.sequence ?? 0, kinds: [.event, .decision], limit: 5)
            if page.isEmpty { break }
            #expect(page.count <= 5)
            read += page
        }
        #expect(read == kept.records.filter { $0.record.kind != .ledger })
        #expect(try test.store.records(after: 0, kinds: [], limit: 5) == [])
        #expect(try test.store.records(after: 0, kinds: [.event], limit: 0) == [])
        #expect(try test.store.records(after: 17, kinds: [.event, .decision], limit: 5).map(\.sequence) == [18])
        #expect(try test.store.records(after: 18, kinds: [.event, .decision], limit: 5) == [])
    }

    // MARK: Known events

    @Test("An event counts once: within a group, across groups and after reopening", arguments: Implementation.allCases)
    func deduplication(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        #expect(try test.store.keep(group(from: 1, [event("m1"), event("m2"), event("m1")])) == [3])
        #expect(try test.store.keep(group(from: 4, [event("m2"), event("m3"), event("m1")])) == [4, 6])
        try test.reopen()
        #expect(try test.store.keep(group(from: 7, [event("m4"), event("m3")])) == [8])
        #expect(try test.store.everything().map(\.sequence) == [1, 2, 5, 7])
        #expect(try test.store.everything().first?.record == event("m1"))
        #expect(try test.store.counts().events == 4)
    }

    @Test("The same message id of another source is another event", arguments: Implementation.allCases)
    func sources(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        #expect(try store.keep(group(from: 1, [event("m1", source: "a"), event("m1", source: "b")])) == [])
    }

    @Test(
        "An event under the id of another message is kept beside it, once", arguments: Implementation.allCases)
    func idOfAnotherMessage(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        func event(_ name: String, _ properties: JSON) -> Event {
            Event(
                messageID: "N1", source: "file", kind: .track, name: name, userID: "ada",
                eventTime: Timestamp(microseconds: 5), receivedTime: Timestamp(microseconds: 9), properties: properties)
        }
        func keep(_ sequence: Int64, _ events: [Event]) throws -> [Int64] {
            var known: [Int64] = []
            var group = RecordGroup()
            group.records = events.enumerated().map { Sequenced(sequence + Int64($0), .event($1)) }
            try store.commit(group) {
                known = $0
                return RecordGroup()
            }
            return known
        }
        let order = event("Order Completed", ["order_id": "N1", "revenue": 12])
        let refund = event("Order Refunded", ["order_id": "N1"])
        #expect(try keep(1, [order]) == [])
        #expect(try keep(2, [event("Order Completed", ["revenue": 12.0, "order_id": "N1"])]) == [2])
        // A further line of the order in an export, without what its first line says.
        #expect(try keep(3, [event("Order Completed", ["order_id": "N1"])]) == [3])
        #expect(try keep(4, [refund, refund]) == [5])
        #expect(try keep(6, [order, refund, event("Order Completed", ["order_id": "N1", "revenue": 11])]) == [6, 7])
        let names = try store.records(after: 0, kinds: [.event], limit: 10).compactMap {
            if case .event(let event) = $0.record { event.name } else { nil }
        }
        #expect(names == ["Order Completed", "Order Refunded", "Order Completed"])
    }

    @Test("The number of a known event is not used twice", arguments: Implementation.allCases)
    func knownNumber(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        try test.store.commit(group(from: 1, [event("m1"), event("m1")]))
        try test.reopen()
        #expect(try test.store.lastSequence() == 2)
    }

    @Test("What follows from a group learns the known events and is kept with it", arguments: Implementation.allCases)
    func deriving(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        try store.commit(group(from: 1, [event("m1")]))
        var calls: [[Int64]] = []
        let derived = group(from: 5, [.outcome(outcome(of: 1)), .ledger(entry(5))])
        try store.commit(group(from: 2, [event("m2"), event("m1"), event("m2")])) {
            calls.append($0)
            return derived
        }
        #expect(calls == [[3, 4]])
        #expect(try store.everything().map(\.sequence) == [1, 2, 5, 6])
        #expect(try store.balances() == store.balancesFromEntries())
        #expect(try store.lastSequence() == 6)
    }

    // MARK: All or nothing

    /// Each with a store that holds decision 1 with the key “taken”, dollars in the budget and catalog 1.
    static let contradictions: [[Record]] = [
        [.decision(decision(1))], [.decision(decision(2, key: "taken"))],
        [.decision(decision(2)), .decision(decision(2))],
        [.decision(decision(2, key: "new")), .decision(decision(3, key: "new"))],
        [.ledger(entry(1, currency: .eur))], [.ledger(entry(.max)), .ledger(entry(1))], [.catalog(catalog(1))],
    ]

    @Test(
        "A group that contradicts the store leaves no trace",
        arguments: Implementation.allCases,
        contradictions)
    func atomicity(_ implementation: Implementation, contradiction: [Record]) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let kept = group(from: 1, [.decision(decision(1, key: "taken")), .ledger(entry(1)), .catalog(catalog(1))])
        try test.store.commit(kept)
        let balances = try test.store.balances()

        var refused = group(from: 4, [event("m1"), .ledger(entry(50)), .close(DecisionID(number: 1))] + contradiction)
        refused.profiles = [StoredProfile(customer: "ada", sequence: 4, body: [1])]
        let error = #expect(throws: StoreError.self) { try test.store.commit(refused) }
        guard case .conflict = error else { return #expect(Bool(false), "\(String(describing: error))") }

        for _ in 0..<2 {
            #expect(try test.store.everything() == kept.records)
            #expect(try test.store.balances() == balances)
            #expect(try test.store.openDecisions().count == 1)
            #expect(try test.store.profile(of: "ada") == nil)
            #expect(try test.store.lastSequence() == 3)
            try test.reopen()
        }
        #expect(try test.store.keep(group(from: 4, [event("m1")])) == [])
    }

    @Test("A number that does not ascend is refused", arguments: Implementation.allCases, [[5], [4], [7, 7], [7, 6]])
    func ascent(_ implementation: Implementation, sequences: [Int64]) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        try store.commit(group(from: 5, [event("m1")]))
        var refused = RecordGroup()
        refused.records = sequences.map { Sequenced($0, .ledger(entry(1))) }
        #expect(throws: StoreError.self) { try store.commit(refused) }
        #expect(throws: StoreError.self) { try store.commit(RecordGroup()) { _ in refused } }
        #expect(try store.everything().count == 1)
    }

    @Test("Where nothing can be derived nothing is kept", arguments: Implementation.allCases)
    func failedDerivation(_ implementation: Implementation) throws {
        struct NotNow: Error, Equatable {}
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        #expect(throws: NotNow()) { try store.commit(group(from: 1, [event("m1")])) { _ in throw NotNow() } }
        #expect(try store.everything() == [])
        #expect(try store.keep(group(from: 1, [event("m1")])) == [])
    }

    // MARK: Decisions and money

    @Test("Decisions are found by id, key, customer and age", arguments: Implementation.allCases)
    func decisions(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let all = [
            decision(1, key: "k1"), decision(2, customer: "bob"), decision(3), decision(4, customer: "bob", key: ""),
        ]
        try test.store.commit(group(from: 10, all.map(Record.decision)))
        for _ in 0..<2 {
            let store = test.store
            #expect(try store.decision(DecisionID(number: 3)) == Sequenced(12, .decision(all[2])))
            #expect(try store.decision(DecisionID(number: 5)) == nil)
            #expect(try store.decision(idempotencyKey: "k1") == all[0])
            #expect(try store.decision(idempotencyKey: "") == all[3])
            #expect(try store.decision(idempotencyKey: "k2") == nil)
            #expect(try store.latestDecisions(of: nil, limit: 3) == [all[3], all[2], all[1]])
            #expect(try store.latestDecisions(of: "ada", limit: 3) == [all[2], all[0]])
            #expect(try store.latestDecisions(of: "bob", limit: 1) == [all[3]])
            #expect(try store.latestDecisions(of: "eve", limit: 1) == [])
            try test.reopen()
        }
    }

    @Test("A decision is open until it is closed; one that awaits nothing never is", arguments: Implementation.allCases)
    func openDecisions(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let (one, two, three) = (DecisionID(number: 1), DecisionID(number: 2), DecisionID(number: 3))
        try test.store.commit(
            group(from: 1, [.decision(decision(3)), .decision(decision(1)), .decision(decision(2, closesAt: nil))]))
        #expect(try test.store.openDecisions().map(\.id) == [one, three])
        try test.store.commit(
            group(from: 4, [.close(one), .close(two), .close(DecisionID(number: 9)), .decision(decision(4))]))
        try test.reopen()
        #expect(try test.store.openDecisions().map(\.id) == [three, DecisionID(number: 4)])
        try test.store.commit(
            group(from: 9, [.close(one), .close(three), .decision(decision(5)), .close(DecisionID(number: 5))]))
        #expect(try test.store.openDecisions().map(\.id) == [DecisionID(number: 4)])
    }

    @Test("Outcomes and movements are found by their decision, oldest first", arguments: Implementation.allCases)
    func consequences(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        let outcomes = [outcome(of: 1), outcome(of: 2), outcome(of: 1, value: dollars(5))]
        let entries = [
            entry(9), entry(1, decision: 2), entry(2, decision: 1), entry(3, from: .reserved, to: .spent, decision: 2),
        ]
        try store.commit(group(from: 1, outcomes.map(Record.outcome) + entries.map(Record.ledger)))
        #expect(try store.outcomes(of: DecisionID(number: 1)) == [outcomes[0], outcomes[2]])
        #expect(try store.outcomes(of: DecisionID(number: 3)) == [])
        #expect(try store.ledgerEntries(of: DecisionID(number: 2)) == [entries[1], entries[3]])
        #expect(try store.ledgerEntries(of: DecisionID(number: 3)) == [])
    }

    @Test("Outcomes are found by the order they are about, oldest first", arguments: Implementation.allCases)
    func orders(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let outcomes = (0..<40).map { number in
            outcome(of: Int64(number), order: [nil, "o\(number % 7)", "O1"][number % 3])
        }
        try test.store.commit(group(from: 1, outcomes.map(Record.outcome)))
        for _ in 0..<2 {
            for order in ["o0", "o1", "O1", "", "nobody's"] {
                #expect(try test.store.outcomes(ofOrder: order) == outcomes.filter { $0.order == order })
            }
            try test.reopen()
        }
    }

    @Test("Many decisions are read at once, with what became of each", arguments: Implementation.allCases)
    func batches(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        let outcomes = (Int64(1)...60).map { outcome(of: 1 + $0 % 20, value: dollars($0)) }
        let entries = (Int64(1)...60).map { entry($0, decision: 1 + $0 % 30) }
        try store.commit(
            group(
                from: 1,
                (Int64(1)...40).map { .decision(decision($0)) } + outcomes.map(Record.outcome)
                    + entries.map(Record.ledger)))

        // Out of order, one twice, one that nobody took.
        let ids = ([35, 7, 7, 41] + (1...25).reversed()).map { DecisionID(number: $0) }
        let (decisions, byOutcome, byEntry) =
            (try store.decisions(ids), try store.outcomes(of: ids), try store.ledgerEntries(of: ids))
        for number in Int64(1)...41 {
            let id = DecisionID(number: number)
            let isAsked = number <= 25 || number == 35
            #expect(decisions[id] == (isAsked ? decision(number) : nil))
            #expect(byOutcome[id] == (isAsked && number <= 20 ? outcomes.filter { $0.decision == id } : nil))
            #expect(byEntry[id] == (isAsked && number <= 30 ? entries.filter { $0.decision == id } : nil))
        }
        #expect(try store.decisions([]) == [:])
        #expect(try store.outcomes(of: []) == [:])
        #expect(try store.ledgerEntries(of: []) == [:])
    }

    @Test("Balances are the sums of the entries", arguments: Implementation.allCases)
    func balances(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let stock: BudgetID = "stock"
        try test.store.commit(group(from: 1, [.ledger(entry(1000, from: .funding, to: .available))]))
        try test.store.commit(
            group(
                from: 2,
                [
                    .ledger(entry(30)), .ledger(entry(20)), .ledger(entry(20, from: .reserved, to: .spent)),
                    .ledger(entry(7, from: .funding, to: .available, budget: stock, currency: .pieces)),
                ]))
        let expected: [BudgetID: [LedgerEntry.Account: Money]] = [
            spring: [.funding: dollars(-1000), .available: dollars(950), .reserved: dollars(30), .spent: dollars(20)],
            stock: [
                .funding: Money(minorUnits: -7, currency: .pieces), .available: Money(minorUnits: 7, currency: .pieces),
            ],
        ]
        for _ in 0..<2 {
            #expect(try test.store.balances() == expected)
            #expect(try test.store.balancesFromEntries() == expected)
            try test.reopen()
        }
    }

    // MARK: States

    @Test("The newest profiles come first, each customer's last state only", arguments: Implementation.allCases)
    func profilesByAge(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let ada = StoredProfile(customer: "ada", sequence: 1, body: [1])
        let bob = StoredProfile(customer: "bob", sequence: 2, body: [])
        let eve = StoredProfile(customer: "eve", sequence: 2, body: [3])
        let adaLater = StoredProfile(customer: "ada", sequence: 4, body: [4, 5])
        try test.store.commit(profiles(ada, eve, bob))
        try test.store.commit(profiles(StoredProfile(customer: "ada", sequence: 3, body: [9]), adaLater))
        func newest(_ limit: Int) throws -> [StoredProfile] {
            var found: [StoredProfile] = []
            try test.store.forEachProfile(limit: limit) { found.append($0) }
            return found
        }
        for _ in 0..<2 {
            #expect(try newest(2) == [adaLater, bob])
            #expect(try newest(9) == [adaLater, bob, eve])
            #expect(try newest(0) == [])
            #expect(try test.store.profile(of: "ada") == adaLater)
            #expect(try test.store.lastSequence() == 4)
            try test.reopen()
        }

        var merged = profiles(StoredProfile(customer: "bob", sequence: 5, body: [7]))
        merged.removedProfiles = ["eve", "ada", "nobody"]
        try test.store.commit(merged)
        #expect(try newest(9).map(\.customer) == ["bob"])
        #expect(try test.store.counts().profiles == 1)
    }

    @Test("A snapshot is found at or before a number", arguments: Implementation.allCases)
    func snapshotsByNumber(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let all = [(10, [1]), (20, [2]), (30, [3])].map {
            StoredSnapshot(name: "model", sequence: Int64($0.0), body: $0.1)
        }
        try test.store.commit(snapshots(all[0], all[2], StoredSnapshot(name: "prices", sequence: 15, body: [])))
        try test.store.commit(snapshots(StoredSnapshot(name: "model", sequence: 20, body: [9]), all[1]))
        try test.reopen()
        for (number, expected) in [(9, nil), (10, 0), (19, 0), (20, 1), (29, 1), (30, 2), (.max, 2)] as [(Int64, Int?)]
        {
            #expect(try test.store.snapshot(named: "model", atOrBefore: number) == expected.map { all[$0] })
        }
        #expect(try test.store.snapshot(named: "other", atOrBefore: .max) == nil)

        try test.store.pruneSnapshots(named: "model", keeping: 2)
        #expect(try test.store.snapshot(named: "model", atOrBefore: 19) == nil)
        #expect(try test.store.snapshot(named: "model", atOrBefore: 20) == all[1])
        #expect(try test.store.snapshot(named: "prices", atOrBefore: 15)?.body == [])
    }

    @Test("An identifier means the customer it was last linked to", arguments: Implementation.allCases)
    func links(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        let links = [("email", "x", "ada"), ("email", "y", "bob"), ("phone", "x", "eve"), ("email", "x", "bob")].map {
            IdentifierLink(kind: $0.0, value: $0.1, customer: CustomerID($0.2))
        }
        try store.commit(group(from: 1, links.map(Record.link)))
        #expect(try store.links() == [links[1], links[2], links[3]])
        #expect(try store.records(after: 0, kinds: [.link], limit: 9).count == 4)
    }

    @Test("Catalogs are found by version, the newest by default", arguments: Implementation.allCases)
    func catalogs(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        try store.commit(group(from: 1, [.catalog(catalog(1)), .catalog(catalog(2))]))
        #expect(try store.catalog(version: nil) == catalog(2))
        #expect(try store.catalog(version: 1) == catalog(1))
        #expect(try store.catalog(version: 3) == nil)
        var older = catalog(4)
        older.format = 1
        try store.commit(group(from: 3, [.catalog(older)]))
        #expect(try store.catalog(version: 4) == older && !older.inputsAreBounded && catalog(1).inputsAreBounded)
    }

    @Test("Stops of arms are kept in order, and come through a restart", arguments: Implementation.allCases)
    func armStops(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        func stop(_ arm: ArmID) -> Record {
            .armStop(
                ArmStop(experiment: "coffee", arm: arm, time: moment(8), actor: "guardrail", reason: "“value” −9 %"))
        }
        try test.store.commit(group(from: 1, [stop("both"), event("m1"), stop("coffee")]))
        for _ in 0..<2 {
            let kept = try test.store.records(after: 0, kinds: [.armStop], limit: 10)
            #expect(kept == [Sequenced(1, stop("both")), Sequenced(3, stop("coffee"))])
            try test.reopen()
        }
    }

    // MARK: Quarantine, keys, counts

    @Test(
        "A mended message leaves the quarantine, and its number is not used again", arguments: Implementation.allCases)
    func quarantine(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        try test.store.commit(group(from: 1, ["a", "b", "c"].map { .quarantine(quarantined($0)) }))
        #expect(try test.store.quarantine(limit: 2).map(\.number) == [1, 2])
        try test.store.removeFromQuarantine([1, 3, 99])
        try test.reopen()
        let left = try test.store.quarantine(limit: 9)
        #expect(left.map(\.number) == [2])
        #expect(left.map(\.message) == [quarantined("b")])
        #expect(try test.store.counts().quarantined == 1)
        #expect(try test.store.lastSequence() == 3)
    }

    @Test("The quarantine is given up by source and age, and nothing else with it", arguments: Implementation.allCases)
    func purge(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        func message(_ source: SourceID, _ second: Int64) -> Record {
            var message = quarantined("bad")
            message.source = source
            message.receivedTime = Timestamp(microseconds: second * 1_000_000)
            return .quarantine(message)
        }
        let records = (0..<2_500).map { message($0.isMultiple(of: 2) ? "shop" : "till", Int64($0)) }
        try test.store.commit(group(from: 1, records + [event("m1")]))
        let bytes = quarantined("bad").raw.count
        #expect(
            try test.store.quarantineCounts() == [
                QuarantineCount(source: "shop", messages: 1_250, bytes: 1_250 * bytes),
                QuarantineCount(source: "till", messages: 1_250, bytes: 1_250 * bytes),
            ])
        #expect(try test.store.quarantined([3, 1, 3, 9_999]).map(\.number) == [1, 3])
        let early = QuarantineFilter(source: "shop", before: Timestamp(microseconds: 2_000_000_000))
        #expect(try test.store.quarantineNumbers(early, through: 5, limit: 2) == [1, 3])
        #expect(try test.store.purgeQuarantine(early) == 1_000)
        #expect(try test.store.purgeQuarantine(QuarantineFilter(source: "shop"), atMost: 40) == 40)
        #expect(try test.store.quarantineCounts().map(\.messages) == [210, 1_250])
        try test.reopen()
        #expect(try test.store.purgeQuarantine(QuarantineFilter()) == 1_460)
        #expect(try test.store.counts().quarantined == 0)
        #expect(try test.store.counts().events == 1)
    }

    @Test("Keys are kept by name; two cannot have one hash", arguments: Implementation.allCases)
    func keys(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        func key(_ name: SourceID, _ byte: UInt8, _ scopes: Set<StoredKey.Scope>) -> StoredKey {
            StoredKey(name: name, hash: [UInt8](repeating: byte, count: 32), scopes: scopes, createdTime: moment(1))
        }
        let (shop, till) = (key("shop", 1, [.collect]), key("till", 2, [.decide, .manage, .collect]))
        try test.store.save(till)
        try test.store.save(key("shop", 3, []))
        try test.store.save(shop)
        #expect(throws: StoreError.self) { try test.store.save(key("app", 2, [])) }
        try test.reopen()
        #expect(try test.store.keys() == [shop, till])
        try test.store.removeKey(named: "shop")
        try test.store.removeKey(named: "nobody")
        #expect(try test.store.keys() == [till])
    }

    @Test("A key keeps what it is limited to and when it ends", arguments: Implementation.allCases)
    func limitedKeys(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let limited = StoredKey(
            name: "page", hash: [UInt8](repeating: 1, count: 32), scopes: [.collect, .privacyOfficer, .operator],
            createdTime: moment(1), expiresTime: moment(9), origins: ["https://shop.example", "http://a:1"],
            sources: ["web", "a \"b\""], placements: ["home"])
        let plain = StoredKey(name: "till", hash: [2], scopes: [.decide], createdTime: moment(1))
        try test.store.save(limited)
        try test.store.save(plain)
        try test.reopen()
        #expect(try test.store.keys() == [limited, plain])
        #expect(limited.isValid(at: moment(8)))
        #expect(!limited.isValid(at: moment(9)))
    }

    @Test("People are kept by name", arguments: Implementation.allCases)
    func users(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        func user(_ name: String, _ roles: Set<StoredKey.Scope>) -> StoredUser {
            StoredUser(name: name, passwordHash: "$7$x", roles: roles, createdTime: moment(1), sessionsFrom: moment(2))
        }
        try test.store.save(user("bob", [.viewer]))
        try test.store.save(user("ann", [.administrator]))
        try test.store.save(user("bob", [.analyst, .finance]))
        try test.reopen()
        #expect(try test.store.users() == [user("ann", [.administrator]), user("bob", [.analyst, .finance])])
        try test.store.removeUser(named: "ann")
        try test.store.removeUser(named: "nobody")
        #expect(try test.store.users().map(\.name) == ["bob"])
    }

    @Test(
        "The access log has numbers without gaps, each entry sealed with the one before",
        arguments: Implementation.allCases)
    func accessLog(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        func entry(_ number: Int) -> AccessEntry {
            AccessEntry(
                time: moment(Int64(number)), actor: "ann", action: "sign-in", subject: "s", detail: "d",
                address: "192.0.2.1", count: number)
        }
        func seal(_ previous: [UInt8], _ number: Int64, _ entry: AccessEntry) -> [UInt8] {
            previous + [UInt8(number), UInt8(entry.count)]
        }
        #expect(try test.store.lastAccessEntry() == nil)
        try test.store.appendToAccessLog([entry(1), entry(2)], sealing: seal)
        try test.reopen()
        try test.store.appendToAccessLog([], sealing: seal)
        try test.store.appendToAccessLog([entry(3)], sealing: seal)
        let log = try test.store.accessLog(after: 0, limit: 9)
        #expect(log.map(\.number) == [1, 2, 3])
        #expect(log.map(\.entry) == [entry(1), entry(2), entry(3)])
        #expect(log.map(\.seal) == [[1, 1], [1, 1, 2, 2], [1, 1, 2, 2, 3, 3]])
        #expect(try test.store.accessLog(after: 1, limit: 1).map(\.number) == [2])
        #expect(try test.store.lastAccessEntry() == log[2])
        #expect(try test.store.lastSequence() == 0)
    }

    @Test("Records are counted by kind", arguments: Implementation.allCases)
    func counts(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        try store.commit(
            group(
                from: 1,
                [
                    event("m1"), event("m1"), event("m2"), .decision(decision(1)), .outcome(outcome(of: 1)),
                    .ledger(entry(1)), .ledger(entry(2)), .ledger(entry(3)), .quarantine(quarantined("a")),
                ]))
        var expected = StoreCounts()
        (expected.events, expected.decisions, expected.outcomes) = (2, 1, 1)
        (expected.ledgerEntries, expected.quarantined) = (3, 1)
        #expect(try store.counts() == expected)
    }

    @Test("A closed store answers nothing", arguments: Implementation.allCases)
    func closed(_ implementation: Implementation) throws {
        let test = try StoreUnderTest(implementation)
        defer { test.finish() }
        let store = test.store
        try store.close()
        try store.close()
        #expect(throws: StoreError.closed) { try store.lastSequence() }
        #expect(throws: StoreError.closed) { try store.commit(group(from: 1, [event("m1")])) }
    }
}
