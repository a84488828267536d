import Testing
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirLearning
import WeirStatistics

@Suite("One decision")
struct DecideTests {
    // MARK: Gates

    @Test(
        "A campaign is on from its start to its end, that moment excluded",
        arguments: [
            (-1, ClosedGate.notStarted), (0, nil), (999, nil), (1_000, .ended),
        ] as [(Int64, ClosedGate?)])
    func schedule(offset: Int64, gate: ClosedGate?) throws {
        var sample = try SampleSituation { catalog in
            catalog.campaigns[0].start = SampleSituation.noon
            catalog.campaigns[0].end = SampleSituation.noon + TimeSpan(microseconds: 1_000)
        }
        sample.situation.time = Timestamp(microseconds: SampleSituation.noon.microseconds + offset)
        #expect(sample.gates() == [gate, gate, gate])
        #expect((sample.decided().chosen == nil) == (gate != nil))
    }

    @Test(
        "The rule sees features, traits and context",
        arguments: [
            ("orders <= 2", true), ("orders < 2", false), ("trait.plan == \"gold\"", true),
            ("trait.plan == \"silver\"", false),
            ("context.basket >= 10", true), ("context.basket > 10", false),
        ])
    func rule(text: String, holds: Bool) throws {
        var sample = try SampleSituation { $0.campaigns[0].eligibility = text }
        sample.situation.traits = ["plan": "gold"]
        sample.situation.context = ["basket": 10]
        #expect(sample.gates() == [ClosedGate?](repeating: holds ? nil : .notEligible, count: 3))
    }

    @Test("Without consent for its purpose and channel a campaign is closed, another one is not")
    func consent() throws {
        var sample = try SampleSituation { catalog in
            var letters = SampleSituation.campaign("winter", offers: [SampleSituation.offer("letter")])
            letters.channel = "email"
            catalog.campaigns.append(letters)
        }
        #expect(sample.plan.consents.count == 2)
        sample.situation.consents = [true, false]
        #expect(sample.gates() == [nil, nil, nil, .noConsent("marketing", "email")])
        sample.situation.consents = [false, false]
        #expect(sample.decided().chosen == nil)
    }

    @Test(
        "Someone suppressed gets nothing",
        arguments: [(JSON.bool(true), true), (.bool(false), false), (.string("true"), false)])
    func suppressed(trait: JSON, isClosed: Bool) throws {
        var sample = try SampleSituation()
        sample.situation.traits = ["suppressed": trait]
        #expect(sample.gates() == [ClosedGate?](repeating: isClosed ? .suppressed : nil, count: 3))
    }

    @Test("A cap that is reached closes its offer and says which")
    func caps() throws {
        var sample = try SampleSituation()
        let hit = CapHit(Cap(scope: .offer, limit: 2, per: .day * 7))
        sample.situation.cappedBy = [nil, hit, nil]
        #expect(sample.gates() == [nil, .capped(hit), nil])
        #expect(ClosedGate.capped(hit).words == "cap: 2 per 7 d (offer)")
    }

    @Test("A budget or stock closes an offer when it lacks one unit, not before", arguments: [(0, 0), (1, 0), (0, 1)])
    func money(missing: Int64, pieces: Int64) throws {
        var sample = try SampleSituation(offers: [SampleSituation.offer("a", stock: 5)])
        sample.situation.available = [100 - missing, 1 - pieces]
        #expect(sample.gates() == [missing == 1 ? .budgetExhausted("spring") : pieces == 1 ? .outOfStock : nil])
    }

    @Test(
        "A budget is drawn on from its start to its end, that moment excluded",
        arguments: [(-1, true), (0, false), (86_400_000_000 * 2 - 1, false), (86_400_000_000 * 2, true)]
            as [(Int64, Bool)])
    func budgetPeriod(offset: Int64, isClosed: Bool) throws {
        var sample = try SampleSituation()
        let start = SampleSituation.noon - .day
        sample.situation.time = start + TimeSpan(microseconds: offset)
        #expect(sample.gates().allSatisfy { $0 == (isClosed ? .budgetNotOpen("spring") : nil) })
    }

    @Test("Gates come in order: what holds for the campaign is said before what holds for the offer")
    func order() throws {
        var sample = try SampleSituation { $0.campaigns[0].eligibility = "orders > 100" }
        sample.situation.consents = [false]
        sample.situation.traits = ["suppressed": true]
        sample.situation.available = [0]
        #expect(sample.gates() == [.notEligible, .notEligible, .notEligible])
        #expect(sample.decided().candidates.allSatisfy { $0.probability == 0 && $0.choiceProbability == 0 })
    }

    // MARK: Holdouts

    @Test(
        "The share held out of 20,000 people is the declared one, the same people at every decision",
        arguments: [0.01, 0.1, 0.5])
    func holdout(share: Double) throws {
        var sample = try SampleSituation {
            $0.universalHoldout = share
            $0.campaigns[0].holdout = share
        }
        let people = 20_000
        var (all, campaign, both) = (0, 0, 0)
        for number in 0..<people {
            sample.situation.customer = CustomerID("customer-\(number)")
            sample.situation.id = DecisionID(number: Int64(number + 1))
            let decision = sample.decided()
            let isOut = decision.assignment == .heldOut
            let isOutOfCampaign = decision.candidates[0].gate == .campaignHoldout
            all += isOut ? 1 : 0
            campaign += isOutOfCampaign ? 1 : 0
            both += isOut && isOutOfCampaign ? 1 : 0
            if number % 50 == 0 {
                sample.situation.id = DecisionID(number: Int64(number + 900_000))
                sample.situation.features = [4]
                let again = sample.decided()
                #expect((again.assignment == .heldOut) == isOut)
                #expect((again.candidates[0].gate == .campaignHoldout) == isOutOfCampaign)
                #expect(sample.plan.isHeldOut(sample.situation.customer) == isOut)
                sample.situation.features = [2]
            }
        }
        func bound(_ share: Double) -> Double { 4.5 * (share * (1 - share) * Double(people)).squareRoot() }
        #expect(abs(Double(all) - share * Double(people)) < bound(share))
        #expect(abs(Double(campaign) - share * Double(people)) < bound(share))
        // A campaign holds out independently of the universal holdout.
        #expect(abs(Double(both) - share * share * Double(people)) < bound(share * share))
    }

    @Test("Who is held out gets nothing; what they would have got is logged, and is what others get")
    func ghost() throws {
        var held = try SampleSituation(policy: .softmax(temperature: 5)) { $0.universalHoldout = 0.999_999 }
        var free = try SampleSituation(policy: .softmax(temperature: 5))
        var ghosts: Set<Int?> = []
        for number in Int64(1)...200 {
            held.situation.id = DecisionID(number: number)
            free.situation.id = DecisionID(number: number)
            let (one, other) = (held.decided(), free.decided())
            #expect(one.assignment == .heldOut && one.chosen == nil && one.propensity == 1 && !one.isExplored)
            #expect(one.ghost == other.chosen && other.ghost == nil && other.assignment == .treated)
            ghosts.insert(one.ghost)
        }
        #expect(ghosts.count == 4)
    }

    // MARK: Scores

    @Test("Utility is expected increment less the priced cost")
    func utility() throws {
        var sample = try SampleSituation(offers: [SampleSituation.offer("a", cost: 4, value: 20)]) {
            $0.goals[0].baseline = .learned
        }
        sample.teach()
        sample.situation.prices = [1.5]
        let candidate = sample.decided().candidates[0]
        let none = sample.models[0].online.belief(
            sample.plan.layout.input(features: [2], affinities: [], kind: nil, bucket: noOfferBucket("purchase")))
        let offer = sample.models[0].online.belief(
            sample.plan.layout.input(
                features: [2], affinities: [0.5], kind: "coupon", bucket: sample.plan.offers[0].bucket))
        #expect(abs(candidate.probability - offer.probability) < 1e-12)
        #expect(abs(candidate.value - (offer.probability - none.probability) * 20) < 1e-9)
        #expect(abs(candidate.cost - offer.probability * 4) < 1e-9)
        #expect(abs(candidate.utility - (candidate.value - 1.5 * candidate.cost)) < 1e-9)
    }

    @Test(
        "What was chosen elsewhere is scored and logged, open or not, and not chosen again", arguments: [true, false])
    func given(isOpen: Bool) throws {
        var sample = try SampleSituation { $0.universalHoldout = 0.999_999 }
        sample.situation.given = "c"
        sample.situation.consents = [isOpen]
        let decision = sample.decided()
        #expect(
            decision.assignment == .given && decision.chosen == 2 && decision.propensity == 1 && decision.ghost == nil)
        #expect(decision.candidates[2].probability > 0)
        #expect((decision.candidates[2].gate == nil) == isOpen)
        #expect((decision.candidates[0].probability > 0) == isOpen)
    }

    @Test("The same situation gives the same decision, bit for bit", arguments: PropensityTests.policies)
    func determinism(policy: Policy) throws {
        var sample = try SampleSituation(policy: policy)
        sample.teach()
        for number in Int64(1)...100 {
            sample.situation.id = DecisionID(number: number)
            let first = DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
            let again = try SampleSituation(policy: policy)
            let second = DecisionRecord(
                situation: sample.situation,
                decision: decide(sample.situation, plan: again.plan, models: sample.models),
                plan: again.plan)
            #expect(first.bytes == second.bytes)
        }
    }
}
