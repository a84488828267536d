import Testing
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirProfiles

@Suite("A situation derived from profile, plan and request")
struct SituationTests {
    static let noon = SampleSituation.noon

    private static func moment(_ offset: Int64) -> Timestamp { noon + TimeSpan(microseconds: offset) }

    // MARK: Consent

    /// What a person answered for marketing, on which channel or on all, and what the catalog says where they did not.
    static let consents: [(answers: [(channel: Channel?, isGranted: Bool)], byDefault: Bool?, isMet: Bool)] = [
        ([], nil, false), ([], false, false), ([], true, true),
        ([(nil, true)], nil, true), ([(nil, false)], true, false),
        ([("web", true)], nil, true), ([("web", false)], true, false),
        ([("email", true)], nil, false), ([("email", false)], true, true),
        ([(nil, false), ("web", true)], nil, true), ([(nil, true), ("web", false)], true, false),
    ]

    @Test(
        "The answer for the channel comes before that for the purpose, and both before the catalog's default",
        arguments: consents.indices)
    func consent(index: Int) throws {
        let (answers, byDefault, isMet) = Self.consents[index]
        let sample = try SampleSituation { $0.consentByDefault["marketing"] = byDefault }
        var consent = ConsentState()
        for (channel, isGranted) in answers {
            consent.recordAnswer(
                ConsentState.Answer(purpose: "marketing", channel: channel, isGranted: isGranted, time: Self.noon))
        }
        #expect(sample.plan.consents(by: consent, hasAnswered: false) == [isMet])
    }

    @Test("An answer for one purpose says nothing of another")
    func purposes() throws {
        let sample = try SampleSituation { catalog in
            var service = SampleSituation.campaign("service", offers: [SampleSituation.offer("call")])
            service.purpose = "service"
            catalog.campaigns.append(service)
        }
        var consent = ConsentState()
        consent.recordAnswer(ConsentState.Answer(purpose: "service", channel: nil, isGranted: true, time: Self.noon))
        #expect(sample.plan.consents(by: consent, hasAnswered: false) == [false, true])
    }

    @Test("Who has answered anything has refused what was left out; the catalog's default is for those never asked")
    func leftOut() throws {
        let sample = try SampleSituation { $0.consentByDefault["marketing"] = true }
        #expect(sample.plan.consents(by: ConsentState(), hasAnswered: false) == [true])
        #expect(sample.plan.consents(by: ConsentState(), hasAnswered: true) == [false])
    }

    // MARK: Caps

    private static func recent(
        _ offset: Int64, offer: OfferID = "a", campaign: CampaignID = "spring", channel: Channel = "web"
    ) -> RecentDecision {
        RecentDecision(time: moment(offset), offer: offer, campaign: campaign, channel: channel)
    }

    private static func hits(_ caps: [Cap], of all: [Cap] = [], _ recent: [RecentDecision]) throws -> [CapHit?] {
        let sample = try SampleSituation { catalog in
            catalog.campaigns[0].caps = caps
            catalog.caps = all
        }
        return sample.plan.capHits(among: recent, at: noon, placement: sample.plan.placement("home")!)
    }

    @Test(
        "A decision counts from its moment on until it is as old as the cap's time, then no more",
        arguments: [
            (-3_600_000_001, false), (-3_600_000_000, false), (-3_599_999_999, true), (-1, true), (0, true), (1, false),
        ] as [(Int64, Bool)])
    func capWindow(offset: Int64, counts: Bool) throws {
        let cap = Cap(scope: .overall, limit: 1, per: .hour)
        let hit = counts ? CapHit(cap) : nil
        #expect(try Self.hits([cap], [Self.recent(offset)]) == [hit, hit, hit])
    }

    @Test(
        "A cap of two is reached by two offers, not by one", arguments: [(0, false), (1, false), (2, true), (3, true)])
    func capCount(given: Int, isReached: Bool) throws {
        let cap = Cap(scope: .campaign, limit: 2, per: .day)
        let hits = try Self.hits([cap], (0..<given).map { Self.recent(-Int64($0)) })
        #expect(hits == [CapHit?](repeating: isReached ? CapHit(cap) : nil, count: 3))
    }

    @Test(
        "A cap counts what its scope says",
        arguments: [
            (.offer, [1, 0, 0]), (.campaign, [1, 1, 1]), (.channel, [1, 1, 1]), (.overall, [1, 1, 1]),
        ] as [(Cap.Scope, [Int])])
    func capScope(scope: Cap.Scope, reached: [Int]) throws {
        let cap = Cap(scope: scope, limit: 1, per: .day)
        #expect(try Self.hits([cap], [Self.recent(0)]).map { $0 == nil ? 0 : 1 } == reached)
        // What differs in just what the scope looks at is not counted.
        let others: [(Cap.Scope, RecentDecision)] = [
            (.offer, Self.recent(0, offer: "x")), (.campaign, Self.recent(0, campaign: "x")),
            (.channel, Self.recent(0, channel: "x")),
        ]
        for (looksAt, other) in others where looksAt == scope {
            #expect(try Self.hits([cap], [other]) == [nil, nil, nil])
        }
    }

    @Test("The campaign's caps are named before those over all campaigns")
    func capOrder() throws {
        let own = Cap(scope: .offer, limit: 1, per: .day)
        let all = Cap(scope: .overall, limit: 1, per: .day * 7)
        #expect(
            try Self.hits([own], of: [all], [Self.recent(0, offer: "b")]) == [CapHit(all), CapHit(own), CapHit(all)])
    }

    // MARK: Features

    /// A person who looked at socks twice and at hats once, and ordered three times.
    private static func profile(_ plan: CatalogPlan) -> Profile {
        var profile = Profile()
        func apply(_ kind: Event.Kind, _ name: String, _ properties: JSON = .emptyObject) {
            profile.apply(
                Event(
                    messageID: "m", source: "shop", kind: kind, name: name, userID: "ada", eventTime: noon - .hour,
                    receivedTime: noon - .hour, properties: properties), schema: plan.schema)
        }
        for category in ["socks", "hats", "socks"] { apply(.track, "View", ["category": .string(category)]) }
        for _ in 0..<3 { apply(.track, "Order Completed") }
        apply(.identify, "", ["firstName": "Ada", "plan": "gold", "suppressed": false, "city": "Wien"])
        return profile
    }

    private static func sampleWithKeys(_ change: (inout Catalog) -> Void = { _ in }) throws -> SampleSituation {
        var offers = [SampleSituation.offer("a"), SampleSituation.offer("b"), SampleSituation.offer("c")]
        offers[0].affinities = ["views": ["socks"]]
        offers[1].affinities = ["views": ["hats", "socks", "coats"]]
        return try SampleSituation(offers: offers, change)
    }

    @Test("A keyed feature is summed over the offer's keys; an offer without keys has none of it")
    func keyed() throws {
        let sample = try Self.sampleWithKeys()
        let placement = sample.plan.placement("home")!
        #expect(
            sample.plan.affinities(of: Self.profile(sample.plan), at: Self.noon, placement: placement) == [2, 3, 0])
        #expect(sample.plan.affinities(of: Profile(), at: Self.noon, placement: placement) == [0, 0, 0])
    }

    @Test(
        "The keys of an offer whose campaign is off are not looked up",
        arguments: [(-1, false), (0, true), (999, true), (1_000, false)] as [(Int64, Bool)])
    func keyedOfCampaignThatIsOff(offset: Int64, isOn: Bool) throws {
        let sample = try Self.sampleWithKeys { catalog in
            catalog.campaigns[0].start = Self.noon
            catalog.campaigns[0].end = Self.moment(1_000)
        }
        let affinities = sample.plan.affinities(
            of: Self.profile(sample.plan), at: Self.moment(offset), placement: sample.plan.placement("home")!)
        #expect(affinities == (isOn ? [2, 3, 0] : [0, 0, 0]))
    }

    @Test("Of traits those are kept that gates, rules, messages and groups read")
    func traits() throws {
        let sample = try Self.sampleWithKeys { catalog in
            catalog.campaigns[0].eligibility = "trait.plan == \"gold\""
            catalog.campaigns[0].offers[0].message = "Hello {{trait.firstName}}"
        }
        let profile = Self.profile(sample.plan)
        #expect(sample.plan.traits(of: profile) == ["firstName": "Ada", "plan": "gold", "suppressed": false])
        #expect(sample.plan.traits(of: Profile()) == .emptyObject)
    }

    // MARK: The whole

    private static func derived(
        _ sample: SampleSituation, from profile: Profile, _ recent: [RecentDecision] = [], stopped: [StoppedArm] = []
    ) -> Situation {
        Situation(
            deriving: DecisionRequest(userID: "ada", placement: "home", context: ["basket": 12], given: "b"),
            id: DecisionID(number: 7), customer: "c1", at: noon, from: profile, recentDecisions: recent,
            plan: sample.plan, placement: sample.plan.placement("home")!, modelVersion: 3, stoppedArms: stopped)
    }

    @Test("A situation holds the request, the person as of the moment, and no money yet")
    func whole() throws {
        let cap = Cap(scope: .offer, limit: 1, per: .day)
        let sample = try Self.sampleWithKeys { catalog in
            catalog.caps = [cap]
            catalog.consentByDefault = ["marketing": true]
        }
        let profile = Self.profile(sample.plan)
        let situation = Self.derived(sample, from: profile, [Self.recent(0, offer: "c")])
        #expect(
            situation
                == Situation(
                    id: DecisionID(number: 7), customer: "c1", placement: "home", time: Self.noon, catalogVersion: 1,
                    modelVersion: 3, context: ["basket": 12], traits: ["suppressed": false], given: "b", features: [3],
                    affinities: [2, 3, 0], consents: [true], cappedBy: [nil, nil, CapHit(cap)], available: [],
                    prices: []))
    }

    @Test("Of stopped arms those are kept whose experiment can matter at the placement")
    func stoppedArms() throws {
        let sample = try SampleSituation { catalog in
            let arms = [
                Experiment.Arm(id: "none", share: 0.5, offers: .none),
                Experiment.Arm(id: "all", share: 0.5, offers: .all),
            ]
            catalog.placements.append(Placement(id: "mail", name: "Mail", policy: .greedy))
            catalog.experiments = [
                Experiment(id: "here", arms: arms), Experiment(id: "there", placements: ["mail"], arms: arms),
            ]
        }
        let stopped = [StoppedArm(experiment: "there", arm: "all"), StoppedArm(experiment: "here", arm: "all")]
        #expect(Self.derived(sample, from: Profile(), stopped: stopped).stoppedArms == [stopped[1]])
    }

    @Test("Derived again, a situation is the same for the same person and differs for another one")
    func again() throws {
        let sample = try Self.sampleWithKeys { $0.caps = [Cap(scope: .overall, limit: 1, per: .day)] }
        let profile = Self.profile(sample.plan)
        var situation = Self.derived(sample, from: profile, [Self.recent(0)])
        situation.available = [5]
        situation.prices = [1.5]
        #expect(
            situation.derivedAgain(from: profile, recentDecisions: [Self.recent(0)], plan: sample.plan) == situation)

        var stranger = Profile()
        stranger.consent.recordAnswer(
            ConsentState.Answer(purpose: "marketing", channel: nil, isGranted: true, time: Self.noon))
        let other = situation.derivedAgain(from: stranger, recentDecisions: [], plan: sample.plan)
        #expect(other.features == [0] && other.affinities == [0, 0, 0] && other.traits == .emptyObject)
        #expect(other.consents == [true] && other.cappedBy == [nil, nil, nil])
        #expect(other.available == [5] && other.prices == [1.5] && other.context == situation.context)
    }

    // MARK: What follows

    @Test("Only an offer that was really given counts for the caps")
    func recentDecision() throws {
        var sample = try SampleSituation()
        func recent() -> RecentDecision? {
            DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
                .recentDecision(sample.plan)
        }
        #expect(recent() == Self.recent(0, offer: "b"))
        sample.situation.given = "a"
        #expect(recent() == nil)
        sample.situation.given = nil
        sample.situation.consents = [false]
        #expect(recent() == nil)
    }

    @Test(
        "“No offer” awaits the first goal that can be reached without one",
        arguments: [(Goal.Baseline.learned, true), (.zero, false)])
    func awaited(baseline: Goal.Baseline, isAwaited: Bool) throws {
        var sample = try SampleSituation { catalog in
            catalog.goals[0].baseline = baseline
            catalog.campaigns[0].offers[1].coupon = "SAVE"
        }
        func awaited() -> (goal: Goal, coupon: String?)? {
            DecisionRecord(situation: sample.situation, decision: sample.decided(), plan: sample.plan)
                .awaitedOutcome(sample.plan)
        }
        sample.situation.given = "b"
        #expect(awaited()?.goal.id == "purchase" && awaited()?.coupon == "SAVE")
        sample.situation.given = nil
        sample.situation.consents = [false]
        #expect((awaited()?.goal.id == "purchase") == isAwaited && awaited()?.coupon == nil)
    }

    @Test("Two requests that ask the same have one fingerprint, whatever their key; others differ")
    func fingerprint() {
        let request = DecisionRequest(userID: "ada", placement: "home", idempotencyKey: "k1")
        var others = [DecisionRequest](repeating: request, count: 7)
        others[0].idempotencyKey = "k2"
        others[1].userID = "bob"
        others[2].anonymousID = "ada"
        others[3].placement = "mail"
        others[4].context = ["basket": 1]
        others[5].given = "a"
        others[6].time = Self.noon
        #expect(others.map { $0.fingerprint == request.fingerprint } == [true] + [Bool](repeating: false, count: 6))
    }
}
