import Testing
import WeirDecisioning
import WeirDomain
import WeirJSON

@Suite("Gates")
struct GateTests {
    /// One closed gate for each reason, with its number in the log, its code and its words.
    static let reasons: [(closed: ClosedGate, number: UInt8, code: String, words: String)] = [
        (.notStarted, 1, "not_started", "not started"), (.ended, 2, "ended", "ended"),
        (.notEligible, 3, "not_eligible", "not eligible"),
        (.noConsent("marketing", "email"), 4, "no_consent", "no consent: marketing, email"),
        (.suppressed, 5, "suppressed", "suppressed"),
        (.capped(cap(.campaign, 3, .day * 7)), 6, "capped", "cap: 3 per 7 d (campaign)"),
        (.campaignHoldout, 7, "campaign_holdout", "campaign holdout"),
        (.outOfStock, 8, "out_of_stock", "out of stock"),
        (.budgetExhausted("spring"), 9, "budget_exhausted", "budget used up: spring"),
        (.budgetNotOpen("spring"), 10, "budget_not_open", "budget not open: spring"),
        (.experiment("e", "few"), 11, "experiment", "experiment e: few"),
        (.outOfCodes("spring"), 12, "out_of_codes", "no codes left: spring"),
    ]

    private static func cap(_ scope: Cap.Scope, _ limit: Int, _ per: TimeSpan) -> CapHit {
        CapHit(Cap(scope: scope, limit: limit, per: per))
    }

    @Test("A reason has one number in the log and one code, for good")
    func numbers() {
        let listed = Gate.inOrder.flatMap(\.reasons)
        #expect(Set(listed.map(\.number)).count == listed.count && Set(listed.map(\.code)).count == listed.count)
        #expect(listed.count == Self.reasons.count)
        for (closed, number, code, words) in Self.reasons {
            #expect(listed.filter { $0.number == number }.map(\.code) == [code])
            #expect(closed.number == number && closed.code == code && closed.words == words)
        }
    }

    @Test(
        "Days, hours and minutes are told in words",
        arguments: [
            (TimeSpan.day * 2, "2 d"), (.day, "1 d"), (.hour * 23, "23 h"), (.hour, "1 h"),
            (TimeSpan(microseconds: 90_000_000), "2 min"),
        ])
    func spans(per: TimeSpan, words: String) {
        #expect(ClosedGate.capped(Self.cap(.overall, 1, per)).words == "cap: 1 per \(words) (overall)")
    }

    @Test("Before the draw of a campaign's holdout stands what keeps the campaign from people in both of its arms")
    func stages() {
        let before = Self.reasons.filter { $0.closed.stage == .beforeAssignment }.map(\.number)
        let draw = Self.reasons.filter { $0.closed.stage == .assignment }.map(\.number)
        #expect(before == [1, 2, 3, 4, 5] && draw == [7])
        let stages = Gate.inOrder.map(\.stage)
        #expect(stages.firstIndex(of: .assignment) == stages.lastIndex(of: .beforeAssignment).map { $0 + 1 })
        #expect(stages.firstIndex(of: .afterAssignment) == stages.lastIndex(of: .assignment).map { $0 + 1 })
    }

    @Test("The log tells every reason by its number and what it says", arguments: reasons.indices)
    func coding(index: Int) throws {
        let (closed, number, _, _) = Self.reasons[index]
        var sample = try SampleSituation(offers: [SampleSituation.offer("a")])
        sample.situation.consents = [false]  // A candidate that was not scored has nothing behind its gate.
        var decision = sample.decided()
        decision.candidates[0].gate = closed
        let record = DecisionRecord(situation: sample.situation, decision: decision, plan: sample.plan)
        #expect(try DecisionRecord(decoding: record.bytes) == record)

        let said: [UInt8] =
            switch number {
            case 4: [9 << 1] + Array("marketing".utf8) + [5 << 1] + Array("email".utf8)
            // The scope's place, the limit, 604,800,000,000 µs: signs folded in, seven bits a byte.
            case 6: [1 << 1, 3 << 1, 0x80, 0x80, 0x9d, 0x8e, 0x9a, 0x23]
            case 9, 10, 12: [6 << 1] + Array("spring".utf8)
            case 11: [1 << 1] + Array("e".utf8) + [3 << 1] + Array("few".utf8)
            default: []
            }
        let probability = [UInt8](repeating: 0, count: 8)
        #expect(Array(record.bytes.suffix(1 + said.count + 8)) == [number] + said + probability)
    }

    @Test("A number that no reason has is damage", arguments: [reasons.map(\.number).max()! + 1, 255])
    func unknown(number: UInt8) throws {
        var sample = try SampleSituation(offers: [SampleSituation.offer("a")])
        sample.situation.consents = [false]
        var decision = sample.decided()
        decision.candidates[0].gate = .suppressed
        var bytes = DecisionRecord(situation: sample.situation, decision: decision, plan: sample.plan).bytes
        bytes[bytes.count - 9] = number
        #expect(throws: DamagedRecord.self) { try DecisionRecord(decoding: bytes) }
    }

    @Test("Of two gates that close the one that stands first is named", arguments: [false, true])
    func order(isSuppressed: Bool) throws {
        var sample = try SampleSituation()
        let hit = Self.cap(.offer, 1, .day)
        sample.situation.cappedBy = [hit, nil, nil]
        sample.situation.available = [0]
        sample.situation.traits = ["suppressed": .bool(isSuppressed)]
        #expect(
            sample.gates()
                == (isSuppressed
                    ? [.suppressed, .suppressed, .suppressed]
                    : [.capped(hit), .budgetExhausted("spring"), .budgetExhausted("spring")]))
    }

    @Test("Accounts are looked at one by one: the first that lacks something is named")
    func accounts() throws {
        var sample = try SampleSituation(offers: [SampleSituation.offer("a", stock: 1)]) { catalog in
            catalog.budgets.append(
                Budget(
                    id: "autumn", name: "Autumn", limit: SampleSituation.dollars(100),
                    start: SampleSituation.noon + .day,
                    end: SampleSituation.noon + .day * 2))
            catalog.campaigns[0].budgets = ["spring", "autumn"]
        }
        sample.situation.available = [0, 0, 0]
        #expect(sample.gates() == [.budgetExhausted("spring")])
        sample.situation.available = [100, 0, 0]
        #expect(sample.gates() == [.budgetNotOpen("autumn")])
    }
}
