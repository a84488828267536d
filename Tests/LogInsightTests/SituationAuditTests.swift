import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStorage

@Suite("What decisions saw, held against the events")
struct SituationAuditTests {
    private func audit(_ harness: Harness) throws -> SituationAudit {
        try Audit(store: harness.store).replayAllFromEvents()
    }

    private func consent(_ answer: JSON) -> JSON { ["consent": ["categoryPreferences": answer]] }

    /// A little of everything that a decision looks at.
    private func live(_ harness: Harness, _ users: Range<Int>) throws {
        for number in users {
            let user = "u\(number)"
            harness.clock.set(harness.clock.now + .hour)
            try harness.send(
                harness.event(nil, "Product Viewed", anonymous: "a\(number)", properties: ["category": "tea"]),
                harness.event(user, ago: .day),
                harness.event(user, kind: .identify, properties: ["firstName": "Ada", "suppressed": false]))
            _ = harness.ask(DecisionRequest(userID: nil, anonymousID: "a\(number)", placement: "home"))
            try harness.commit()
            try harness.decide(user, at: "home")
            if number % 2 == 0 {
                try harness.send(harness.event(user, anonymous: "a\(number)", kind: .identify))
            }
            if number % 3 == 0 {
                try harness.send(
                    harness.event(user, "Product Viewed", context: consent(["marketing": .bool(number % 6 == 0)])))
            }
            for placement in ["home", "till", "mail", "cart"] as [PlacementID] {
                try harness.decide(user, at: placement)
            }
        }
    }

    @Test("Every consent, cap, trait and feature is what the events say, through merges, restarts and new features")
    func everything() throws {
        let harness = try Harness()
        try live(harness, 0..<12)
        try harness.restart()
        try live(harness, 6..<18)
        try harness.apply(SampleCatalog(window: 7))
        try live(harness, 0..<18)
        try harness.apply(SampleCatalog(isGrantedByDefault: false, window: 7, holdout: 20))
        try live(harness, 9..<24)
        let audit = try audit(harness)
        #expect(audit.checked == (try harness.store.counts().decisions) && audit.checked > 250)
        #expect(audit.differing == 0 && audit.before == 0, "\(audit.findings)")
        #expect(audit.identical == audit.checked)
    }

    @Test("Without one of the events before it a decision no longer is what the events say, and each part is named")
    func missing() throws {
        let harness = try Harness()
        try harness.send(
            harness.event("ada", "Product Viewed", properties: ["category": "tea"]),
            harness.event("ada", kind: .identify, properties: ["firstName": "Ada"]),
            harness.event("ada", context: consent(["marketing": false])))
        try harness.decide("ada", at: "home")
        let records = try harness.store.records(after: 0, kinds: Set(RecordKind.allCases), limit: 100)
        for (left, names) in [
            (1, ["feature views of sample"]), (2, ["trait firstName"]),
            (3, ["consent marketing on web", "consent marketing on till", "feature orders", "feature spend"]),
        ] {
            let events = records.filter { $0.record.kind == .event }
            let store = MemoryStore()
            var group = RecordGroup()
            group.records = records.filter { $0.sequence != events[left - 1].sequence }
            try store.commit(group) { _ in RecordGroup() }
            let audit = try Audit(store: store).replayAllFromEvents()
            #expect(audit.differing == 1 && audit.checked == 1)
            let found = audit.findings.map { "\($0.difference.part) \($0.difference.name)" }
            #expect(names.allSatisfy(found.contains), "\(found)")
            if left < 3 { #expect(found.count == names.count, "\(found)") }
        }
    }

    @Test("A cap is what earlier decisions say, those still on their way into the log too")
    func caps() throws {
        let harness = try Harness(SampleCatalog(promotions: 1_000_000, mailings: 100_000, holdout: 0))
        for _ in 0..<3 {
            for _ in 0..<4 { harness.ask(DecisionRequest(userID: "ada", placement: "mail")) }
            try harness.commit()
            harness.clock.set(harness.clock.now + .hour)
        }
        let audit = try audit(harness)
        #expect(audit.identical == 12)
        let hits = try harness.store.latestDecisions(of: "ada", limit: 12).flatMap { stored in
            try DecisionRecord(decoding: stored.body).situation.cappedBy.compactMap(\.self)
        }
        #expect(!hits.isEmpty)
    }

    @Test("A decision made while an event before it was still being committed is right for the moment before")
    func race() throws {
        let harness = try Harness()
        try harness.send(harness.event("ada"))
        harness.engine.collect([harness.event("ada"), harness.event("ben"), harness.event("ada", "Product Viewed")]) {
            _ in
        }
        let slot = harness.ask(DecisionRequest(userID: "ada", placement: "home"))
        try harness.commit()
        let id = try slot.value!.get().record.situation.id
        let sequences = try harness.store.records(after: 0, kinds: [.event], limit: 10).map(\.sequence)
        let audit = Audit(store: harness.store)
        #expect(try audit.replayFromEvents(id) == .before([sequences[1], sequences[3]]))
        let all = try audit.replayAllFromEvents()
        #expect(all.before == 1 && all.differing == 0)
        #expect(all.examplesBefore.map(\.record) == [sequences[1]])
        #expect(ReplayReport(of: id, .identical, situation: .before([sequences[1]])).isClean)
    }

    @Test("A decision made under an identifier that was being merged saw the person before it")
    func mergeRace() throws {
        let harness = try Harness()
        try harness.send(
            harness.event(nil, "Product Viewed", anonymous: "a", properties: ["category": "tea"]),
            harness.event("ada"))
        harness.engine.collect([harness.event("ada", anonymous: "a", kind: .identify)]) { _ in }
        let asked = [
            harness.ask(DecisionRequest(userID: nil, anonymousID: "a", placement: "home")),
            harness.ask(DecisionRequest(userID: nil, anonymousID: "a", placement: "home")),
            harness.ask(DecisionRequest(userID: "ada", placement: "home")),
        ]
        try harness.commit()
        try harness.decide("ada", at: "home")
        #expect(asked.allSatisfy { $0.value != nil })
        let audit = try audit(harness)
        #expect(audit.checked == 4 && audit.differing == 0, "\(audit.findings)")
        #expect(audit.before == 1)
    }

    @Test("The report names what was logged otherwise, and is clean where nothing was")
    func report() {
        let difference = SituationDifference(part: .cap, name: "ten-off", logged: "not reached", derived: "2 per 1d")
        let found = ReplayReport(of: DecisionID(number: 7), .identical, situation: .different([difference]))
        #expect(!found.isClean)
        let text = found.report.text
        #expect(text.contains("1 decision recomputed, 1 identical, 0 different."))
        #expect(text.contains("ten-off") && text.contains("2 per 1d") && text.contains("d-7"))
        #expect(found.report.json["figures"]?["otherwise"]?["value"]?.double == 1)
        #expect(ReplayReport(recomputed: 3, different: []).report.figures.count == 2)
    }
}
