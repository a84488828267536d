import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirProfiles
import WeirStorage

extension Simulation {
    // MARK: Answers

    /// Takes note of what the engine has answered, and checks it.
    mutating func read(isCrashed: Bool = false) throws {
        for answer in inbox.take() {
            unanswered -= 1
            switch answer {
            case .collected(let event, .success(let collected)): keep(event, collected)
            case .decided(let asked, let result):
                if let key = asked.request.idempotencyKey, !isKeyRefusal(result) { requestsInFlight.remove(key) }
                if case .success(let reply) = result { try keep(asked, reply) }
            case .reported(let report, .success(let replies)):
                if replies == [.recorded] {
                    acknowledgedOutcomes[report.decision, default: []].insert(
                        [.converted: .converted, .notConverted: .notConverted, .reversed: .reversed][report.kind]!)
                }
            case .applied(let result): #expect(isCrashed || (try? result.get()) != nil)
            case .collected(_, .failure(let error)), .reported(_, .failure(let error)):
                #expect(isCrashed, "\(error)")
            }
        }
        checkBudgets()
    }

    private func isKeyRefusal(_ result: Result<DecisionReply, EngineError>) -> Bool {
        guard case .failure(let error) = result else { return false }
        switch error {
        case .keyInUse, .keyReused: return true
        default: return false
        }
    }

    private mutating func keep(_ event: Event, _ collected: Engine.Collected) {
        #expect(collected.accepted + collected.duplicates == 1)
        let isKnown = shadow.events.contains { $0.messageID == event.messageID && $0.source == event.source }
        #expect(collected.accepted == (isKnown ? 0 : 1), "\(event.messageID) must count once")
        acknowledgedEvents.insert("\(event.source)/\(event.messageID)")
        if collected.accepted == 1 { shadow.accept(event) }
    }

    private mutating func keep(_ asked: Asked, _ reply: DecisionReply) throws {
        let record = reply.record
        let decision = record.decision
        let id = record.situation.id
        if let known = acknowledgedDecisions[id] {
            #expect(reply.isRepeated && known == record, "a retry of \(id) must be answered alike")
            return
        }
        acknowledgedDecisions[id] = record
        try checkPropensity(decision)
        guard !reply.isRepeated else { return }  // Decided before a crash, in another state of things.

        var known = Shadow()
        for event in shadow.events.prefix(asked.accepted) { known.accept(event) }
        let customer = known.customer(userID: asked.request.userID, anonymousID: asked.request.anonymousID)
        #expect(record.situation.customer == customer)
        for (need, isGranted) in zip(reply.plan.consents, record.situation.consents) {
            #expect(isGranted == known.isGranted(need.purpose, on: need.channel, to: customer, reply.plan))
        }
        if decision.assignment == .treated, let chosen = decision.chosen {
            let campaign = reply.plan.campaigns[reply.plan.offers[decision.candidates[chosen].offer].campaign].campaign
            #expect(
                known.isGranted(campaign.purpose, on: campaign.channel, to: customer, reply.plan),
                "\(id) gave \(campaign.id) to \(customer) without consent")
            #expect(known.profile(of: customer, reply.plan).traits["suppressed"]?.bool != true)
        }
        let expected = known.profile(of: customer, reply.plan)
            .features(at: record.situation.time, schema: reply.plan.schema)
        #expect(record.situation.features == expected, "features of \(customer) at \(id)")
    }

    private func checkPropensity(_ decision: Decision) throws {
        let probabilities = decision.candidates.map(\.choiceProbability) + [decision.noOfferProbability]
        #expect(probabilities.allSatisfy { (0...1).contains($0) })
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
        #expect(decision.candidates.allSatisfy { $0.gate == nil || $0.choiceProbability == 0 })
        #expect(decision.propensity > 0)
        switch decision.assignment {
        case .treated:
            #expect(decision.propensity == decision.chosen.map { probabilities[$0] } ?? decision.noOfferProbability)
        case .heldOut: #expect(decision.chosen == nil)
        case .given: #expect(decision.chosen != nil)
        }
    }

    // MARK: Invariants

    /// No budget is overspent, and no money is made or lost.
    func checkBudgets() {
        let ledger = engine.ledger
        #expect(ledger.trialBalance == 0)
        for account in ledger.accounts {
            #expect(account.reserved >= 0 && account.spent >= 0)
            #expect(account.reserved + account.spent <= account.limit, "\(account.budget) is overspent")
        }
    }

    /// What must be in the store, whatever has happened.
    func checkStore() throws {
        let balances = try store.balances()
        #expect(try store.balancesFromEntries() == balances)
        for (budget, accounts) in balances {
            #expect(accounts.values.reduce(0) { $0 + $1.minorUnits } == 0, "\(budget)")
            for (account, money) in accounts where account != .funding { #expect(money.minorUnits >= 0, "\(budget)") }
        }

        var counts: [String: Int] = [:]
        for event in shadow.events { counts["\(event.source)/\(event.messageID)", default: 0] += 1 }
        #expect(counts.values.allSatisfy { $0 == 1 })
        #expect(acknowledgedEvents.allSatisfy { counts[$0] == 1 })
        for (id, record) in acknowledgedDecisions {
            guard case .decision(let stored)? = try store.decision(id)?.record else {
                Issue.record("\(id) was acknowledged and is lost")
                continue
            }
            #expect(stored.body == record.bytes)
            let entries = try store.ledgerEntries(of: id)
            func sum(_ reason: LedgerEntry.Reason, _ budget: BudgetID) -> Int64 {
                entries.filter { $0.reason == reason && $0.budget == budget }.reduce(0) { $0 + $1.amount.minorUnits }
            }
            for budget in Set(entries.map(\.budget)) {
                #expect(sum(.spent, budget) + sum(.released, budget) <= sum(.reserved, budget))
                #expect(sum(.refunded, budget) <= sum(.spent, budget))
            }
            let outcomes = Set(try store.outcomes(of: id).map(\.kind))
            #expect(outcomes.isSuperset(of: acknowledgedOutcomes[id] ?? []))
        }
    }

    /// What a new process knows equals what the log says, and what the one before knew if nothing was under way.
    func checkRecovery(from before: Engine?) throws {
        try checkStore()
        let learned = engine.learned
        #expect(try learned == Engine.learned(from: store), "the models must follow from the log alone")
        try checkProfiles()
        guard let before, let plan = engine.plan else { return }
        #expect(before.learned == learned)
        #expect(before.awaited == engine.awaited)
        func sorted(_ engine: Engine) -> [Ledger.Account] { engine.ledger.accounts.sorted { $0.budget < $1.budget } }
        #expect(sorted(before).filter { $0.limit > 0 } == sorted(engine).filter { $0.limit > 0 })
        #expect(before.ledger.openReservations.filter { !$0.amounts.isEmpty } == engine.ledger.openReservations)
        for customer in shadow.customers {
            // The old process can show only what it has in memory: its store is closed.
            guard let old = try? before.profile(of: customer), let new = try engine.profile(of: customer) else {
                continue
            }
            #expect(old.recentDecisions == new.recentDecisions)
            #expect(old.consent == new.consent && old.traits == new.traits)
            #expect(
                old.features(at: clock.now, schema: plan.schema) == new.features(at: clock.now, schema: plan.schema))
        }
    }

    /// Serving features equal those computed from the log.
    func checkProfiles() throws {
        guard let plan = engine.plan else { return }
        for customer in shadow.customers {
            let served = try #require(try engine.profile(of: customer))
            let computed = shadow.profile(of: customer, plan)
            let times = [clock.now, clock.now + .days(1)]
            for time in times {
                #expect(
                    served.features(at: time, schema: plan.schema) == computed.features(at: time, schema: plan.schema),
                    "features of \(customer)")
                for key in ["tea", "coffee", "cake"] {
                    let keys = [plan.schema.keyHash(key)]
                    let one = served.keyed(0, keys: keys, at: time, schema: plan.schema)
                    let other = computed.keyed(0, keys: keys, at: time, schema: plan.schema)
                    #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), "\(key) of \(customer)")
                }
            }
            #expect(served.consent == computed.consent)
            #expect(served.traits == computed.traits)
        }
    }

    /// Every decision of the log can be recomputed from it.
    func checkAudit() throws {
        let audit = Audit(store: store)
        let (checked, different) = try audit.replayAll()
        #expect(checked == (try store.counts().decisions))
        #expect(different.isEmpty, "\(different.prefix(3))")
    }
}
