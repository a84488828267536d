import Dispatch
import Synchronization
import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLogInsight
import WeirProfiles
import WeirStorage

@Suite("Many at once")
struct ConcurrencyTests {
    @Test("Budgets hold and every decision can be replayed when many ask while groups commit and catalogs change")
    func race() throws {
        var catalog = SampleCatalog()
        catalog.holdout = 0
        catalog.caps = ""
        catalog.promotions = 20_000
        let harness = try Harness(catalog)
        let engine = harness.engine
        let (workers, requests) = (4, 2_000)
        let running = Atomic(workers)
        let given = Mutex<[DecisionID]>([])
        DispatchQueue.concurrentPerform(iterations: workers + 1) { [catalog] worker in
            if worker == workers {
                // The one committer, with a catalog that numbers its accounts anew each time.
                var changed = catalog
                while running.load(ordering: .acquiring) > 0 {
                    changed.hasClicks.toggle()
                    changed.mailings += 100
                    _ = try? engine.apply(changed.files) { _ in }
                    for _ in 0..<20 { _ = try? engine.commitOnce() }
                }
                return
            }
            for number in 0..<requests {
                let person = "u\((number * 7 + worker) % 23)"
                if number % 5 == 0 {
                    engine.collect([
                        Event(
                            messageID: "\(worker)-\(number)", source: "shop",
                            kind: number % 10 == 0 ? .identify : .track,
                            name: "Order Completed", userID: person, anonymousID: "a\(number % 11)",
                            eventTime: Simulation.start, receivedTime: Simulation.start, properties: ["revenue": 5])
                    ]) { _ in }
                }
                let isKnown = number % 3 > 0
                let request = DecisionRequest(
                    userID: isKnown ? person : nil, anonymousID: "a\(number % 11)",
                    placement: ["till", "mail", "cart", "home"][number % 4])
                engine.decide(request) { result in
                    if case .success(let reply) = result { given.withLock { $0.append(reply.record.situation.id) } }
                }
            }
            running.subtract(1, ordering: .releasing)
        }
        try harness.commit()

        let ids = given.withLock { $0 }
        #expect(ids.count == workers * requests && Set(ids).count == ids.count)
        for account in engine.ledger.accounts {
            #expect(account.reserved + account.spent <= account.limit && account.available >= 0)
        }
        let promotions = try #require(engine.ledger.accounts.first { $0.budget == "promotions" })
        #expect(promotions.available < 490, "the budget must have run out, or nothing was tested")
        #expect(try harness.store.balances() == harness.store.balancesFromEntries())
        let audit = Audit(store: harness.store)
        let (checked, different) = try audit.replayAll()
        #expect(checked == ids.count && different.isEmpty)
        let before = engine.learned
        let shadow = try Shadow(harness.store)
        for _ in 0..<2 {
            let plan = try #require(harness.engine.plan)
            for customer in shadow.customers {
                let served = try #require(try harness.engine.profile(of: customer))
                #expect(
                    served.features(at: harness.clock.now, schema: plan.schema)
                        == shadow.profile(of: customer, plan).features(at: harness.clock.now, schema: plan.schema))
            }
            try harness.restart()
            #expect(harness.engine.learned == before)
        }
    }
}
