import Testing
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirStatistics

@Suite("Decisions in the log")
struct DecisionRecordTests {
    /// A situation at random, and what is decided in it.
    private static func record(_ random: inout SplitMix64, hasTerms: Bool = false) throws -> DecisionRecord {
        var sample = try SampleSituation(
            policy: PropensityTests.policies.randomElement(using: &random)!,
            offers: (0..<Int.random(in: 0...5, using: &random)).map {
                SampleSituation.offer(
                    OfferID("offer-\($0)"), value: Double.random(in: 0...60, using: &random), stock: $0 == 2 ? 3 : nil)
            }.map { hasTerms ? OfferTermsTests.withTerms($0, using: &random) : $0 }
        ) { catalog in
            catalog.universalHoldout = 0.2
            catalog.campaigns[0].holdout = 0.1
        }
        let count = sample.situation.affinities.count
        sample.situation.id = DecisionID(number: Int64.random(in: 1...Int64.max, using: &random))
        sample.situation.customer = CustomerID(
            ["ada", "", "grüß gott", "u-\(random.next())"].randomElement(using: &random)!)
        sample.situation.time = Timestamp(
            microseconds: Int64.random(in: -1_000_000_000...4_000_000_000_000_000, using: &random))
        sample.situation.modelVersion = Int64.random(in: 0...Int64.max, using: &random)
        sample.situation.context = [.emptyObject, ["basket": 12.5, "lines": [1, "two", nil]]].randomElement(
            using: &random)!
        sample.situation.traits = [
            .emptyObject, ["firstName": "Ada", "suppressed": .bool(Bool.random(using: &random))],
        ].randomElement(using: &random)!
        sample.situation.features = [[0, .infinity, -3.25].randomElement(using: &random)!]
        sample.situation.consents = [Int.random(in: 0..<4, using: &random) > 0]
        sample.situation.cappedBy = (0..<count).map { _ in
            Bool.random(using: &random)
                ? nil : CapHit(Cap(scope: Cap.Scope.allCases.randomElement(using: &random)!, limit: 3, per: .hour))
        }
        sample.situation.available = sample.situation.available.map { Bool.random(using: &random) ? $0 : 0 }
        if hasTerms { sample.situation.baskets = (0..<3).map { _ in Int64.random(in: 0...9_000_00, using: &random) } }
        sample.situation.prices = sample.situation.prices.map { $0 * Double.random(in: 0...9, using: &random) }
        if count > 0, Int.random(in: 0..<5, using: &random) == 0 { sample.situation.given = "offer-0" }
        if Int.random(in: 0..<4, using: &random) == 0 { sample.situation.code = "QX7RT4WPAC" }
        return DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
    }

    @Test("What is written is read back, bit for bit", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let record = try Self.record(&random)
        let read = try DecisionRecord(decoding: record.bytes)
        #expect(read == record)
        #expect(read.bytes == record.bytes)
    }

    @Test("What costs that depend on the order go by is read back, bit for bit", arguments: UInt64(0)..<200)
    func termsRoundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let record = try Self.record(&random, hasTerms: true)
        let read = try DecisionRecord(decoding: record.bytes)
        #expect(read == record)
        #expect(read.bytes == record.bytes)
        #expect(record.bytes[0] == (record.situation.code == nil ? 3 : 4))
    }

    @Test("A candidate of probability 0 that is open keeps all that is known of it")
    func vanishing() throws {
        let sample = try SampleSituation()
        var decision = sample.decided()
        decision.candidates[0].probability = 0
        decision.candidates[0].choiceProbability = 0.25
        let record = DecisionRecord(situation: sample.situation, decision: decision, plan: sample.plan)
        #expect(try DecisionRecord(decoding: record.bytes) == record)
    }

    @Test("Damaged bytes are refused or read as something else, but never crash", arguments: UInt64(0)..<60)
    func damaged(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bytes = try Self.record(&random).bytes
        for length in bytes.indices {
            #expect(throws: DamagedRecord.self) { try DecisionRecord(decoding: Array(bytes.prefix(length))) }
        }
        for _ in 0..<400 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? DecisionRecord(decoding: changed)
        }
        var newer = bytes
        newer[0] = 5
        #expect(throws: DamagedRecord.self) { try DecisionRecord(decoding: newer) }
    }

    @Test("It says in a few words why")
    func why() throws {
        func why(_ sample: SampleSituation, _ policy: Policy = .greedy) -> String {
            DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan).why(
                policy: policy)
        }
        #expect(why(try SampleSituation()) == "greedy 1.0")
        #expect(why(try SampleSituation { $0.universalHoldout = 0.999_999 }) == "universal holdout")
        #expect(why(try SampleSituation { $0.campaigns = [] }) == "nothing on offer here")
        var refused = try SampleSituation()
        refused.situation.consents = [false]
        #expect(why(refused) == "no consent: marketing, web")
        var dear = try SampleSituation()
        dear.situation.prices = [1_000]
        #expect(why(dear) == "no offer pays (greedy 1.0)")
        var given = try SampleSituation()
        given.situation.given = "a"
        #expect(why(given) == "chosen elsewhere")
    }
}

@Suite("Records that were damaged")
struct DamagedRecordTests {
    static let damages: [@Sendable (inout DecisionRecord) -> Void] = [
        { $0.situation.features.removeLast() }, { $0.situation.features.append(1) },
        { $0.situation.affinities.removeLast() }, { $0.situation.consents = [] }, { $0.situation.cappedBy = [] },
        { $0.situation.available.append(1) }, { $0.situation.prices = [] }, { $0.situation.placement = "nowhere" },
        { $0.decision.candidates[0].offer = 99 }, { $0.decision.candidates[0].offer = -1 },
        { record in
            record.decision.candidates.removeLast()
            record.offers.removeLast()
        },
    ]

    @Test("Do not fit their catalog, each in its way", arguments: damages.indices)
    func damaged(index: Int) throws {
        let sample = try SampleSituation()
        var record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        try record.check(against: sample.plan)
        Self.damages[index](&record)
        #expect(throws: DamagedRecord.self) { try record.check(against: sample.plan) }
    }

    @Test("Teach nothing where their features are not the catalog's")
    func lesson() throws {
        let sample = try SampleSituation()
        var record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        let goal = sample.plan.goals[0]
        #expect(sample.plan.lesson(of: record, goal: goal) != nil)
        record.situation.features = []
        #expect(sample.plan.lesson(of: record, goal: goal) == nil)
    }
}
