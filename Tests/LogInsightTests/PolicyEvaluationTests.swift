import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirEvaluation
import WeirLogInsight
import WeirStatistics
import WeirStorage

@Suite("Policies compared on the decision log")
struct PolicyEvaluationTests {
    /// Two offers and "no offer", whose chances and so whose worth are known.
    static let chances: [OfferID?: Double] = [nil: 0.1, "small": 0.15, "big": 0.3]
    static let worth: [String: Double] = ["never": 0.1 * 20, "always:small": 0.15 * 18, "always:big": 0.3 * 12]

    static func catalog(_ policy: String, holdout: Int, salt: String) -> [StoredCatalog.File] {
        [
            StoredCatalog.File(
                name: "weir.yaml",
                text: """
                    currency: USD
                    salt: \(salt)
                    holdout: \(holdout) %
                    consent: {default: {marketing: granted}}
                    goals:
                      - {id: purchase, event: Order Completed, window: 1d, baseline: learned, reversal: {event: Refund}}
                    placements:
                      - {id: shop, policy: \(policy)}
                    campaigns:
                      - id: spring
                        placements: [shop]
                        goal: purchase
                        channel: web
                        offers:
                          - {id: small, cost: 2 USD, value: 20 USD}
                          - {id: big, cost: 8 USD, value: 20 USD}
                    """)
        ]
    }

    /// Runs customers through the real engine; each converts with the chance of what they got.
    ///
    /// Windows close every hundred customers: a model that has only heard of conversions would believe in nothing else.
    static func run(
        _ harness: Harness, customers: Int, repeats: Int = 1, seed: UInt64, closes: Bool = true
    ) throws {
        var random = Xoshiro256StarStar(seed: seed)
        for customer in 0..<customers {
            for _ in 0..<repeats {
                let reply = try harness.decide("s\(seed)c\(customer)", at: "shop")
                guard random.unit() < chances[reply.record.chosenOffer]! else { continue }
                _ = try harness.report(reply.record.situation.id, .converted)
            }
            if closes, customer % 100 == 99 || customer == customers - 1 { try close(harness) }
        }
    }

    static func close(_ harness: Harness) throws {
        harness.clock.set(harness.clock.now + .days(2))
        harness.engine.tick()
        try harness.commit()
    }

    static func harness(_ policy: String, holdout: Int = 10, salt: String = "policies") throws -> Harness {
        let harness = try Harness(nil)
        try harness.engine.apply(catalog(policy, holdout: holdout, salt: salt)) { _ in }
        try harness.commit()
        return harness
    }

    @Test("What was never live is valued right, from decisions of the real engine", arguments: UInt64(1)..<5)
    func truth(seed: UInt64) throws {
        let harness = try Self.harness("{epsilon_greedy: {epsilon: 0.6}}", salt: "truth\(seed)")
        try Self.run(harness, customers: 1_500, repeats: 2, seed: seed)
        let policies = try ["never", "always:small", "always:big"].map { try CandidatePolicy($0) }
        let comparison = try PolicyComparison(store: harness.store, placement: "shop", candidates: policies)
        #expect(comparison.decisions + comparison.heldOut == 3_000)
        #expect((200...400).contains(comparison.heldOut))
        #expect(comparison.open == 0)
        #expect(comparison.customers * 2 == comparison.decisions)
        #expect(comparison.notes == [])
        for candidate in comparison.candidates {
            #expect(candidate.evaluation.diagnostics.warnings == [], "\(candidate.name)")
            for estimator in [OffPolicyEstimator.inversePropensity, .selfNormalised, .doublyRobust] {
                let interval = candidate.evaluation[estimator]!.interval
                let width = interval.upper - interval.lower
                // About four standard errors: one interval in twenty may miss, and there are 36. A forgotten cost is more.
                #expect(abs(interval.estimate - Self.worth[candidate.name]!) < width, "\(candidate.name) \(interval)")
                #expect(width < 1.6)
            }
        }
        // The live policy's IPS is the mean of what came true.
        #expect(abs(comparison.live[.inversePropensity]!.value - comparison.realised) < 1e-12)
    }

    @Test(
        "A policy recomputed from the log is the one that decided",
        arguments: [
            ("{squarecb: {gamma: 5}}", "squarecb:5"), ("{thompson: {draws: 64}}", "thompson:64"),
            ("{softmax: {temperature: 2}}", "softmax:2"), ("{epsilon_greedy: {epsilon: 0.5}}", "epsilon:0.5"),
        ])
    func recomputed(_ policy: String, _ name: String) throws {
        let harness = try Self.harness(policy)
        try Self.run(harness, customers: 150, repeats: 2, seed: 2)
        let plan = harness.engine.plan!
        var checked = 0
        for stored in try harness.store.latestDecisions(of: nil, limit: 1_000) {
            let record = try DecisionRecord(decoding: stored.body)
            let again = record.choiceProbabilities(policy: plan.catalog.placements[0].policy, plan: plan)
            let logged = record.decision.candidates.map(\.choiceProbability) + [record.decision.noOfferProbability]
            for (one, other) in zip(again, logged) { #expect(abs(one - other) < 1e-9) }
            #expect(again.count == 3)
            checked += 1
        }
        #expect(checked == 300)
        let comparison = try PolicyComparison(
            store: harness.store, placement: "shop", candidates: [try CandidatePolicy(name)])
        let difference = comparison.candidates[0].difference[0]
        #expect(abs(difference.interval.upper) < 1e-9)
        #expect(abs(difference.interval.lower) < 1e-9)
    }

    @Test("Decisions since the first open window are left out and counted; none left is an error")
    func openWindows() throws {
        let harness = try Self.harness("{epsilon_greedy: {epsilon: 0.5}}", holdout: 0)
        try Self.run(harness, customers: 50, seed: 3)
        try Self.run(harness, customers: 30, seed: 4, closes: false)
        let comparison = try PolicyComparison(store: harness.store, placement: "shop", candidates: [.never])
        #expect(comparison.decisions == 50)
        #expect(comparison.open == 30)
        let cut = comparison.to + .seconds(1)
        #expect(throws: LoggedRoundsError.empty) {
            _ = try PolicyComparison(store: harness.store, placement: "shop", candidates: [.never], since: cut)
        }
    }

    @Test("What was taken back earns nothing")
    func reversals() throws {
        let harness = try Self.harness("greedy", holdout: 0)
        var earned = 0.0
        for customer in 0..<20 {
            let reply = try harness.decide("c\(customer)", at: "shop")
            _ = try harness.report(reply.record.situation.id, .converted)
            if customer < 5 {
                _ = try harness.report(reply.record.situation.id, .reversed)
            } else {
                earned += reply.record.chosenOffer == "big" ? 12 : reply.record.chosenOffer == "small" ? 18 : 20
            }
        }
        try Self.close(harness)
        let comparison = try PolicyComparison(store: harness.store, placement: "shop", candidates: [.never])
        #expect(comparison.conversions == 15)
        #expect(abs(comparison.realised - earned / 20) < 1e-9)
    }

    @Test("A live policy that never tries anything else supports no other, and the comparison says so")
    func withoutSupport() throws {
        let harness = try Self.harness("greedy", holdout: 0)
        try Self.run(harness, customers: 200, seed: 5)
        let comparison = try PolicyComparison(
            store: harness.store, placement: "shop", candidates: [try CandidatePolicy("epsilon:1")])
        let diagnostics = comparison.candidates[0].evaluation.diagnostics
        #expect(abs(diagnostics.unsupportedShare! - 2.0 / 3) < 1e-9)
        #expect(diagnostics.warnings.contains { $0.contains("never tried") })
    }

    @Test("What does not exist is refused by name")
    func unknown() throws {
        let harness = try Self.harness("greedy")
        func error(_ placement: PlacementID, _ candidate: CandidatePolicy) -> EngineError? {
            do {
                _ = try PolicyComparison(store: harness.store, placement: placement, candidates: [candidate])
                return nil
            } catch { return error as? EngineError }
        }
        #expect(error("shopp", .never) == .unknownPlacement("shopp", known: ["shop"]))
        #expect(error("shop", .always("huge")) == .unknownOffer("huge", placement: "shop"))
        #expect(error("shop", .model("spring")) == .unknownModel("spring", known: []))
    }

    @Test(
        "Policies are read as they are written",
        arguments: [
            "greedy", "epsilon:0.1", "softmax:0.5", "squarecb:20", "thompson:256", "never", "always:big",
            "model:spring-2",
        ])
    func names(_ text: String) throws {
        #expect(try CandidatePolicy(text).description == text)
    }

    @Test(
        "A text that names no policy is refused",
        arguments: [
            "", "greedy:1", "epsilon", "epsilon:1.01", "epsilon:-0.1", "softmax:0", "squarecb:x", "thompson:15",
            "thompson:4097", "thompson:20.5", "always:", "model:", "best",
        ])
    func badNames(_ text: String) {
        #expect(throws: CandidatePolicyError.self) { try CandidatePolicy(text) }
    }
}
