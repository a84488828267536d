import Foundation
import Testing
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirStatistics

@Suite("Experiments")
struct ExperimentTests {
    static func arm(_ id: ArmID, _ share: Double, _ offers: Experiment.Treatment) -> Experiment.Arm {
        Experiment.Arm(id: id, share: share, offers: offers)
    }

    static func halves(_ id: ExperimentID, group: String? = nil, share: Double = 1) -> Experiment {
        Experiment(
            id: id, group: group, share: share, arms: [arm("control", 0.5, .none), arm("offer", 0.5, .all)])
    }

    static func sample(_ experiments: [Experiment], policy: Policy = .greedy) throws -> SampleSituation {
        try SampleSituation(policy: policy) { $0.experiments = experiments }
    }

    static func hashes(_ count: Int) -> [UInt64] { (0..<count).map { StableHash.of("customer-\($0)") } }

    /// Pearson's statistic of counts against shares.
    static func chiSquare(_ counts: [Int], _ shares: [Double]) -> Double {
        let total = Double(counts.reduce(0, +))
        return zip(counts, shares).reduce(0) { $0 + pow(Double($1.0) - total * $1.1, 2) / (total * $1.1) }
    }

    // MARK: Assignment

    @Test(
        "Of 100,000 customers each arm has its share",
        arguments: [[0.5, 0.5], [0.1, 0.9], [0.2, 0.3, 0.5], [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]])
    func shares(_ shares: [Double]) throws {
        let arms = shares.enumerated().map { index, share in
            Self.arm(ArmID("arm-\(index)"), share, index == 0 ? .none : .all)
        }
        let plan = try Self.sample([Experiment(id: "e", share: 0.4, arms: arms)]).plan.experiments[0]
        var counts = [Int](repeating: 0, count: shares.count)
        var participants = 0
        let customers = Self.hashes(100_000)
        for customer in customers where plan.includes(customer) {
            participants += 1
            counts[plan.arm(of: customer)] += 1
        }
        #expect(
            chiSquareSurvival(Self.chiSquare(counts, shares), degreesOfFreedom: Double(shares.count - 1)) > 0.001)
        let taking = Self.chiSquare([participants, customers.count - participants], [0.4, 0.6])
        #expect(chiSquareSurvival(taking, degreesOfFreedom: 1) > 0.001)
    }

    @Test("Two experiments, and an experiment and the holdouts, are assigned independently of each other")
    func independence() throws {
        let sample = try SampleSituation { catalog in
            catalog.universalHoldout = 0.5
            catalog.experiments = [Self.halves("one"), Self.halves("two"), Self.halves("third", share: 0.5)]
        }
        let plans = sample.plan.experiments
        /// Whether two halvings cut each other in quarters.
        func isIndependent(_ one: (UInt64) -> Bool, _ other: (UInt64) -> Bool) -> Bool {
            var counts = [0, 0, 0, 0]
            for customer in Self.hashes(100_000) { counts[(one(customer) ? 2 : 0) + (other(customer) ? 1 : 0)] += 1 }
            let statistic = Self.chiSquare(counts, [0.25, 0.25, 0.25, 0.25])
            return chiSquareSurvival(statistic, degreesOfFreedom: 3) > 0.001
        }
        #expect(isIndependent({ plans[0].arm(of: $0) == 0 }, { plans[1].arm(of: $0) == 0 }))
        #expect(isIndependent({ plans[0].arm(of: $0) == 0 }, { plans[2].includes($0) }))
        #expect(isIndependent({ plans[2].arm(of: $0) == 0 }, { plans[2].includes($0) }))
        #expect(
            isIndependent({ plans[0].arm(of: $0) == 0 }, { isHeldOut($0, share: 0.5, salt: sample.plan.salt) }))
        #expect(!isIndependent({ plans[0].arm(of: $0) == 0 }, { plans[0].arm(of: $0) == 0 }))
    }

    @Test("Nobody is in two experiments of a group; those outside a group overlap")
    func exclusion() throws {
        let plans = try Self.sample([
            Self.halves("one", group: "g", share: 0.3), Self.halves("two", group: "g", share: 0.3),
            Self.halves("three", group: "g", share: 0.4), Self.halves("other", group: "h", share: 0.5),
        ]).plan.experiments
        var counts = [0, 0, 0]
        var overlap = 0
        for customer in Self.hashes(50_000) {
            let inside = plans[..<3].indices.filter { plans[$0].includes(customer) }
            try #require(inside.count == 1)  // 30 % + 30 % + 40 % are everybody.
            counts[inside[0]] += 1
            overlap += plans[3].includes(customer) ? 1 : 0
        }
        #expect(chiSquareSurvival(Self.chiSquare(counts, [0.3, 0.3, 0.4]), degreesOfFreedom: 2) > 0.001)
        #expect((24_000..<26_000).contains(overlap))
    }

    @Test("Other things of the catalog may change, later experiments come and shares grow: nobody changes arms")
    func stability() throws {
        let first = try Self.sample([Self.halves("one", group: "g", share: 0.3)]).plan.experiments[0]
        let later = try SampleSituation(offers: [SampleSituation.offer("z")]) { catalog in
            catalog.universalHoldout = 0.2
            catalog.budgets[0].limit = SampleSituation.dollars(5)
            catalog.experiments = [
                Self.halves("one", group: "g", share: 0.5), Self.halves("two", group: "g", share: 0.5),
            ]
        }.plan.experiments[0]
        for customer in Self.hashes(5_000) {
            #expect(first.arm(of: customer) == later.arm(of: customer))
            if first.includes(customer) { #expect(later.includes(customer)) }
        }
    }

    @Test("A salt of its own assigns anew")
    func salt() throws {
        let one = try Self.sample([Self.halves("one")]).plan.experiments[0]
        let other = try SampleSituation {
            $0.experiments = [Self.halves("one")]
            $0.salt = "another"
        }.plan.experiments[0]
        let same = Self.hashes(10_000).count { one.arm(of: $0) == other.arm(of: $0) }
        #expect((4_800...5_200).contains(same))
    }

    // MARK: Switchback

    @Test("In every block of periods each arm has one, in an order drawn anew", arguments: [2, 3, 5])
    func switchback(arms count: Int) throws {
        let arms = (0..<count).map { Self.arm(ArmID("arm-\($0)"), 1 / Double(count), $0 == 0 ? .none : .all) }
        let plan = try Self.sample([
            Experiment(id: "e", arms: arms, switchback: Experiment.Switchback(period: .day, unit: .placement))
        ]).plan.experiments[0]
        var firsts = [Int](repeating: 0, count: count)
        for unit in ["north", "south"] {
            for block in -500..<500 {
                let order = (0..<count).map { plan.arm(of: unit, period: block * count + $0) }
                #expect(Set(order).count == count)
                firsts[order[0]] += 1
            }
        }
        let even = [Double](repeating: 1 / Double(count), count: count)
        #expect(chiSquareSurvival(Self.chiSquare(firsts, even), degreesOfFreedom: Double(count - 1)) > 0.001)
        let agreeing = (0..<1_000).count { plan.arm(of: "north", period: $0) == plan.arm(of: "south", period: $0) }
        #expect(abs(Double(agreeing) - 1_000 / Double(count)) < 120)
    }

    @Test("Everybody of a unit has the period's arm; its end, before 1970 too, begins the next one")
    func periods() throws {
        let switchback = Experiment.Switchback(period: .hour, unit: .trait("region"))
        var sample = try Self.sample([
            Experiment(
                id: "e", arms: [Self.arm("off", 0.5, .none), Self.arm("on", 0.5, .all)], switchback: switchback)
        ])
        #expect(sample.plan.traitNames.contains("region"))
        #expect(sample.decided().experiments.isEmpty)  // Whoever has no region does not take part.
        sample.situation.traits = ["region": "north"]
        for (microseconds, period) in [(0, 0), (3_599_999_999, 0), (3_600_000_000, 1), (-1, -1)] as [(Int64, Int)] {
            sample.situation.time = Timestamp(microseconds: microseconds)
            let block = Participation.Block(unit: "north", period: period)
            let arm = sample.plan.experiments[0].arm(of: "north", period: period)
            for customer in ["ada", "ben", "cleo"] as [CustomerID] {
                sample.situation.customer = customer
                let participation = try #require(sample.decided().experiments.first)
                #expect(participation.block == block && participation.arm == (arm == 0 ? "off" : "on"))
            }
        }
    }

    // MARK: Deciding

    /// Somebody in an arm of the first experiment.
    static func customer(in arm: Int, _ sample: SampleSituation, experiment: Int = 0) -> CustomerID {
        let plan = sample.plan.experiments[experiment]
        let number = (0..<10_000).first {
            let hash = StableHash.of("customer-\($0)")
            return plan.includes(hash) && plan.arm(of: hash) == arm
        }
        return CustomerID("customer-\(number!)")
    }

    @Test("An arm closes what it does not give, says so, and logs what would have been chosen")
    func arms() throws {
        var sample = try Self.sample([
            Experiment(
                id: "e",
                arms: [Self.arm("none", 0.3, .none), Self.arm("few", 0.3, .only(["a"])), Self.arm("all", 0.4, .all)])
        ])
        let chosen = [nil, 0, 1] as [Int?]
        let gates: [[ClosedGate?]] = [
            [.experiment("e", "none"), .experiment("e", "none"), .experiment("e", "none")],
            [nil, .experiment("e", "few"), .experiment("e", "few")], [nil, nil, nil],
        ]
        for arm in 0..<3 {
            sample.situation.customer = Self.customer(in: arm, sample)
            let decision = sample.decided()
            #expect(decision.chosen == chosen[arm] && decision.propensity == 1)
            #expect(decision.candidates.map(\.gate) == gates[arm])
            #expect(decision.ghost == (arm == 2 ? nil : 1))  // “b” is worth most.
            #expect(
                decision.experiments == [
                    Participation(experiment: "e", arm: ["none", "few", "all"][arm], isExposed: true)
                ])
            #expect(decision.isWithheld == (arm == 0))
            #expect(decision.candidates.allSatisfy { $0.probability > 0 })
        }
        #expect(
            ClosedGate.experiment("e", "few").words == "experiment e: few"
                && ClosedGate.experiment("e", "few").code == "experiment"
        )
    }

    @Test(
        "An experiment is in force from its start to its end, that moment excluded",
        arguments: [(-1, false), (0, true), (999, true), (1_000, false)])
    func schedule(offset: Int64, isInForce: Bool) throws {
        var experiment = Self.halves("e")
        experiment.start = SampleSituation.noon
        experiment.end = SampleSituation.noon + TimeSpan(microseconds: 1_000)
        var sample = try Self.sample([experiment])
        sample.situation.customer = Self.customer(in: 0, sample)
        sample.situation.time = SampleSituation.noon + TimeSpan(microseconds: offset)
        #expect(sample.decided().experiments.count == (isInForce ? 1 : 0))
        #expect((sample.decided().chosen == nil) == isInForce)
    }

    @Test("Only where something is open that arms differ in is a person exposed, in every arm alike")
    func exposure() throws {
        var sample = try Self.sample([
            Experiment(id: "e", arms: [Self.arm("without", 0.5, .only(["a", "b"])), Self.arm("with", 0.5, .all)])
        ])
        let hit = CapHit(Cap(scope: .offer, limit: 2, per: .day))
        for arm in 0..<2 {
            sample.situation.customer = Self.customer(in: arm, sample)
            sample.situation.cappedBy = [nil, nil, nil]
            #expect(sample.decided().experiments.map(\.isExposed) == [true])
            sample.situation.cappedBy = [nil, nil, hit]
            #expect(sample.decided().experiments.map(\.isExposed) == [false])
            #expect(sample.decided().candidates[2].gate == .capped(hit))
        }
    }

    @Test("What one experiment closes exposes nobody to another")
    func overlapping() throws {
        var sample = try Self.sample([Self.halves("one"), Self.halves("two")])
        let plans = sample.plan.experiments
        for one in 0..<2 {
            for two in 0..<2 {
                let number = (0..<10_000).first {
                    let hash = StableHash.of("customer-\($0)")
                    return plans[0].arm(of: hash) == one && plans[1].arm(of: hash) == two
                }
                sample.situation.customer = CustomerID("customer-\(number!)")
                let decision = sample.decided()
                #expect(decision.experiments.map(\.isExposed) == [two == 1, one == 1])
                #expect((decision.chosen != nil) == (one == 1 && two == 1))
            }
        }
    }

    @Test("A stopped arm gets the control's treatment, and the log says so")
    func stopped() throws {
        var sample = try Self.sample([Self.halves("e")])
        sample.situation.customer = Self.customer(in: 1, sample)
        #expect(sample.decided().chosen == 1)
        sample.situation.stoppedArms = [StoppedArm(experiment: "e", arm: "offer")]
        let decision = sample.decided()
        #expect(decision.chosen == nil && decision.ghost == 1)
        #expect(
            decision.experiments == [
                Participation(experiment: "e", arm: "offer", isExposed: true, isStopped: true)
            ])
    }

    @Test("A choice made elsewhere takes part in nothing")
    func given() throws {
        var sample = try Self.sample([Self.halves("e")])
        sample.situation.customer = Self.customer(in: 0, sample)
        sample.situation.given = "a"
        #expect(sample.decided().experiments.isEmpty && sample.decided().chosen == 0)
    }

    @Test(
        "Over 100,000 fresh decisions in an arm each action comes as often as was logged",
        arguments: PropensityTests.policies)
    func propensity(policy: Policy) throws {
        var sample = try Self.sample(
            [Experiment(id: "e", arms: [Self.arm("few", 0.5, .only(["a", "c"])), Self.arm("all", 0.5, .all)])],
            policy: policy)
        sample.teach()
        sample.situation.customer = Self.customer(in: 0, sample)
        var counts = [0, 0, 0, 0]
        var ghosts = [0, 0, 0, 0]
        let first = sample.decided()
        for number in 1...100_000 {
            sample.situation.id = DecisionID(number: Int64(number))
            let decision = sample.decided()
            counts[decision.chosen ?? 3] += 1
            ghosts[decision.ghost ?? 3] += 1
        }
        func isAsLikely(_ counts: [Int], _ probabilities: [Double]) -> Bool {
            let possible = probabilities.indices.filter { probabilities[$0] > 0 }
            guard zip(counts, probabilities).allSatisfy({ $1 > 0 || $0 == 0 }) else { return false }
            guard possible.count > 1 else { return true }
            let statistic = Self.chiSquare(possible.map { counts[$0] }, possible.map { probabilities[$0] })
            return chiSquareSurvival(statistic, degreesOfFreedom: Double(possible.count - 1)) > 0.001
        }
        #expect(isAsLikely(counts, first.candidates.map(\.choiceProbability) + [first.noOfferProbability]))
        // The ghost is drawn as somebody without an experiment would be.
        var free = try Self.sample([], policy: policy)
        free.teach()
        free.situation.customer = sample.situation.customer
        let unrestricted = free.decided()
        #expect(
            isAsLikely(ghosts, unrestricted.candidates.map(\.choiceProbability) + [unrestricted.noOfferProbability]))
    }

    @Test(
        "What experiments did is written and read back bit for bit, and decided again alike", arguments: UInt64(0)..<40)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var back = Self.halves("two", share: 0.7)
        back.switchback = Experiment.Switchback(period: .hour, unit: .trait("region"))
        var sample = try Self.sample(
            [Self.halves("one"), back], policy: PropensityTests.policies.randomElement(using: &random)!)
        sample.situation.customer = CustomerID("customer-\(random.next())")
        sample.situation.traits = ["region": .string("r\(random.next() % 3)")]
        if Bool.random(using: &random) { sample.situation.stoppedArms = [StoppedArm(experiment: "one", arm: "offer")] }
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        #expect(record.bytes.first == 2)
        let read = try DecisionRecord(decoding: record.bytes)
        #expect(read == record && read.bytes == record.bytes)
        #expect(decide(read.situation, plan: sample.plan, models: sample.models) == record.decision)
    }

    @Test("A record from before there were experiments reads as one without any")
    func older() throws {
        let sample = try SampleSituation()
        let record = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
        #expect(record.bytes.first == 1)
        let read = try DecisionRecord(decoding: record.bytes)
        #expect(read == record && read.decision.experiments.isEmpty && read.situation.stoppedArms.isEmpty)
    }
}
