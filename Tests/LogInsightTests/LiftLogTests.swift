import WeirLift
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStorage

/// One campaign on the home page whose goal is reported by the shop, with half of the customers held out.
private struct LiftCatalog {
    var salt = "lift"
    var holdout = 50
    var ownHoldout = 0
    var baseline = "learned"
    var metric = ""
    var experiments = ""

    var files: [StoredCatalog.File] {
        [
            StoredCatalog.File(
                name: "weir.yaml",
                text: """
                    currency: USD
                    salt: \(salt)
                    holdout: \(holdout) %
                    consent: {default: {marketing: granted}}
                    groups: [tier]
                    features:
                      - {name: orders, aggregate: count, event: Order Completed}
                    goals:
                      - {id: order, window: 2d, baseline: \(baseline)}
                    placements:
                      - {id: home, policy: {epsilon_greedy: {epsilon: 1}}}
                    \(metric)
                    campaigns:
                      - id: spring
                        placements: [home]
                        goal: order
                        channel: web
                        holdout: \(ownHoldout) %
                        offers:
                          - {id: ten-off, cost: 2 USD, value: 9 USD}
                    \(experiments)
                    """)
        ]
    }
}

@Suite("Lift from the log")
struct LiftLogTests {
    private func harness(_ catalog: LiftCatalog) throws -> Harness {
        let harness = try Harness(nil)
        try apply(catalog, to: harness)
        return harness
    }

    private func apply(_ catalog: LiftCatalog, to harness: Harness) throws {
        try harness.engine.apply(catalog.files) { _ in }
        try harness.commit()
    }

    private func liftReports(_ harness: Harness) throws -> [Report] {
        try harness.engine.liveReports().map(\.report).filter { $0.kind == "lift" }
    }

    /// Decides for `count` customers once each; every third converts.
    @discardableResult
    private func visit(_ harness: Harness, _ count: Int) throws -> [DecisionReply] {
        try (0..<count).map { index in
            harness.clock.set(harness.clock.now + .minute)
            let reply = try harness.decide("u\(index)", at: "home")
            harness.clock.set(harness.clock.now + .minute)
            if index % 3 == 0 { _ = try harness.report(reply.record.situation.id, .converted) }
            return reply
        }
    }

    @Test("Arms, offers, ghosts, values and costs are those that were logged")
    func reads() throws {
        let harness = try harness(LiftCatalog())
        let replies = try visit(harness, 60)
        let trial = try LiftLog(store: harness.store).trial
        #expect(trial.customers.count == 60)
        for (reply, customer) in zip(replies, trial.customers) {
            let decision = reply.record.decision
            #expect(customer.isTreated == (decision.assignment == .treated))
            #expect(customer.propensity == 0.5)
            #expect((customer.offered != nil) == (decision.chosen != nil || decision.ghost != nil))
        }
        #expect(trial.customers.contains { !$0.isTreated && $0.offered != nil })
        #expect(trial.deeds.count == 20)
        for deed in trial.deeds {
            let decision = replies[deed.customer].record.decision
            #expect(deed.conversions == 1 && deed.value == 9)
            #expect(deed.cost == (decision.chosen == nil ? 0 : 2))
            #expect(deed.followsOffer == (decision.chosen != nil))
        }
        #expect(trial.isValueComparable && trial.campaigns == ["spring"])
        let report = try LiftAnalysis(trial).report
        #expect(report.kind == "lift")
        #expect(try liftReports(harness).map(\.title) == ["What offers changed: All campaigns"])
    }

    @Test("What an experiment's arm withholds is offered to nobody, held out or not")
    func withheldByArm() throws {
        let harness = try harness(
            LiftCatalog(
                experiments: """
                    experiments:
                      - {id: pause, campaigns: spring, arms: [{id: control, offers: none}, {id: usual, offers: all}]}
                    """))
        let replies = try visit(harness, 80)
        let trial = try LiftLog(store: harness.store).trial
        for (reply, customer) in zip(replies, trial.customers) {
            let arm = reply.record.decision.experiments.first?.arm.rawValue
            if arm == "control" { #expect(customer.offered == nil) }
        }
        let offered = trial.customers.filter { $0.offered != nil }
        #expect(offered.contains(where: \.isTreated) && offered.contains { !$0.isTreated })
    }

    @Test("What is taken back counts no more; what was done before the given moment neither")
    func reversals() throws {
        let harness = try harness(LiftCatalog())
        let replies = try visit(harness, 30)
        let half = harness.clock.now
        _ = try harness.report(replies[0].record.situation.id, .reversed)
        let trial = try LiftLog(store: harness.store).trial
        #expect(trial.deeds.reduce(0) { $0 + $1.conversions } == 9)
        #expect(trial.deeds.reduce(0) { $0 + $1.value } == 81)
        let used = replies.indices.filter { $0 > 0 && $0 % 3 == 0 && replies[$0].record.decision.chosen != nil }
        #expect(replies[0].record.decision.chosen != nil, "The one taken back had an offer.")
        #expect(trial.deeds.reduce(0) { $0 + $1.cost } == 2 * Double(used.count))
        let later = try LiftLog(store: harness.store, since: half).trial
        #expect(later.customers.count == 30)
        #expect(try LiftAnalysis(later).everyone[.conversions]!.treated == 0)
    }

    @Test("A campaign with a holdout of its own is compared by that, among those not held out from everything")
    func ownHoldout() throws {
        let harness = try harness(LiftCatalog(holdout: 20, ownHoldout: 40))
        let replies = try visit(harness, 80)
        let trial = try LiftLog(store: harness.store, campaign: "spring").trial
        let treated = replies.filter { $0.record.decision.assignment == .treated }
        #expect(trial.customers.count == treated.count && treated.count < 80)
        for (reply, customer) in zip(treated, trial.customers) {
            #expect(customer.isTreated == (reply.record.decision.candidates[0].gate != .campaignHoldout))
            #expect(customer.propensity == 0.6)
        }
        #expect(!trial.knowsGhosts)
        #expect(try liftReports(harness).count == 2)
    }

    @Test("A campaign without one is judged on those whose first offer, given or withheld, was its")
    func byGhosts() throws {
        let harness = try harness(LiftCatalog())
        try visit(harness, 80)
        let all = try LiftLog(store: harness.store).trial
        let trial = try LiftLog(store: harness.store, campaign: "spring").trial
        #expect(trial.customers.count == all.customers.count { $0.offered != nil })
        #expect(trial.customers.contains { !$0.isTreated })
        #expect(trial.deeds.allSatisfy { trial.customers.indices.contains($0.customer) })
    }

    @Test(
        "Another salt assigns everyone anew: only what came after counts. Another share changes the chance of whom is met"
    )
    func otherSaltAndShare() throws {
        let harness = try harness(LiftCatalog(salt: "old"))
        try visit(harness, 20)
        try apply(LiftCatalog(), to: harness)
        try visit(harness, 40)
        try apply(LiftCatalog(holdout: 80), to: harness)
        let replies = try visit(harness, 60)
        let trial = try LiftLog(store: harness.store).trial
        #expect(trial.warnings.contains { $0.hasPrefix("20 decisions under an earlier salt") })
        #expect(trial.customers.count == 60)
        #expect(trial.customers.prefix(40).allSatisfy { $0.propensity == 0.5 })
        #expect(trial.customers.suffix(20).allSatisfy { abs($0.propensity - 0.2) < 1e-12 })
        let moved = zip(trial.customers, replies).count { $0.isTreated && $1.record.decision.assignment == .heldOut }
        #expect(moved > 0 && trial.contaminated == moved)
    }

    @Test("Two identifiers that become one person count once, and as met in both arms where they were")
    func merges() throws {
        let harness = try harness(LiftCatalog())
        var mixed = 0
        for index in 0..<30 {
            func decide(_ user: String?, _ anonymous: String?) throws -> Assignment {
                let slot = harness.ask(DecisionRequest(userID: user, anonymousID: anonymous, placement: "home"))
                try harness.commit()
                return try slot.value!.get().record.decision.assignment
            }
            let one = try decide(nil, "a\(index)")
            let two = try decide("u\(index)", nil)
            if one != two { mixed += 1 }
            try harness.send(harness.event("u\(index)", anonymous: "a\(index)", kind: .identify))
        }
        let trial = try LiftLog(store: harness.store).trial
        #expect(trial.customers.count == 30)
        #expect(mixed > 0 && trial.contaminated == mixed)
    }

    @Test("Coupons that the held out cannot use do not compare; the declared metric does")
    func boundOffers() throws {
        let harness = try harness(
            LiftCatalog(baseline: "zero", metric: "metric: {name: sales, event: Order Completed, value: revenue}"))
        try harness.send(harness.event("u0"))  // Before anything was decided.
        try visit(harness, 30)
        try harness.send(harness.event("u0"), harness.event("u1", properties: ["revenue": 4]))
        let trial = try LiftLog(store: harness.store).trial
        #expect(!trial.isValueComparable && trial.leading == .metric && trial.metric == "sales")
        #expect(trial.deeds.reduce(0) { $0 + $1.metric } == 14)
        #expect(trial.warnings.contains { $0.contains("baseline: zero") })
        #expect(trial.deeds.allSatisfy { $0.conversions == 0 && $0.value == 0 })
    }

    @Test("Customers are told apart by a trait, or by quarters of a feature")
    func segments() throws {
        let harness = try harness(LiftCatalog())
        for index in 0..<40 {
            let user = "u\(index)"
            if index % 4 != 3 {
                try harness.send(
                    harness.event(user, kind: .identify, properties: ["tier": .string(index % 2 == 0 ? "gold" : "new")])
                )
            }
            for _ in 0..<index / 10 { try harness.send(harness.event(user)) }
        }
        try visit(harness, 40)
        let tiers = try LiftLog(store: harness.store, segment: "tier").trial
        #expect(tiers.segments?.labels == ["gold", "new", "not known"])
        #expect(tiers.customers.count { $0.segment == 2 } == 10)
        let orders = try LiftLog(store: harness.store, segment: "orders").trial
        #expect(orders.segments?.labels == ["at most 0", "above 0 to 1", "above 1 to 2", "above 2"])
        #expect(orders.customers.count { $0.segment == 3 } == 10)
    }

    @Test("What cannot be measured says why")
    func faults() throws {
        let harness = try harness(LiftCatalog(holdout: 0))
        #expect(throws: MeasurementError.self) { try LiftLog(store: harness.store) }
        #expect(try liftReports(harness).isEmpty)
        let held = try self.harness(LiftCatalog())
        let campaign = #expect(throws: MeasurementError.self) { try LiftLog(store: held.store, campaign: "sprint") }
        #expect(campaign?.description.contains("Known: spring") == true)
        let segment = #expect(throws: MeasurementError.self) { try LiftLog(store: held.store, segment: "colour") }
        #expect(segment?.description.contains("Known: tier, orders") == true)
        #expect(try liftReports(held).map(\.conclusion) == [["Nothing can be said yet."]])
        let empty = try Harness(nil)
        #expect(throws: EngineError.self) { try LiftLog(store: empty.store) }
    }
}
