import Testing
import WeirBudgeting
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirLogInsight
import WeirStorage

@Suite("A whole engine on a seeded clock, store and schedule")
struct SimulationTests {
    @Test(
        "Budgets, acknowledged records, consent, replays and propensities hold through crashes, repeats and clock jumps",
        arguments: UInt64(0)..<200)
    func invariants(seed: UInt64) throws {
        var simulation = try Simulation(seed: seed)
        for step in 0..<260 {
            try simulation.step()
            if step % 20 == 0 {
                try simulation.checkStore()
                try simulation.checkProfiles()
            }
            if step % 90 == 89 { try simulation.checkAudit() }
        }

        // Heal: everything that waits is answered, every window closes, all that was held back is spent or comes back.
        try simulation.drain()
        #expect(simulation.unanswered == 0)
        simulation.advance(by: .days(10))
        simulation.tick()
        try simulation.drain()
        #expect(simulation.engine.awaited.isEmpty)
        #expect(simulation.engine.ledger.accounts.allSatisfy { $0.reserved == 0 })
        try simulation.restart()
        try simulation.checkAudit()
        #expect(!simulation.acknowledgedDecisions.isEmpty)
    }

    @Test("A seed repeats exactly", arguments: [UInt64(3), 77])
    func repeats(seed: UInt64) throws {
        func log() throws -> [Sequenced] {
            var simulation = try Simulation(seed: seed)
            for _ in 0..<150 { try simulation.step() }
            return try simulation.store.records(after: 0, kinds: Set(RecordKind.allCases), limit: .max)
        }
        let first = try log()
        #expect(first.count > 50)
        #expect(try first == log())
    }

    @Test("The simulation meets what it is meant to meet: budgets run out, people merge, offers are given and used")
    func coverage() throws {
        var kinds: Set<Outcome.Kind> = []
        var lessons: Set<Outcome.Lesson> = []
        var gates: Set<String> = []
        var (links, given, heldOut, restarts, catalogs) = (0, 0, 0, 0, 0)
        for seed in UInt64(0)..<25 {
            var simulation = try Simulation(seed: seed)
            for _ in 0..<260 { try simulation.step() }
            restarts += simulation.restarts
            for record in simulation.acknowledgedDecisions.values {
                if record.decision.chosen != nil { given += 1 }
                if record.decision.assignment == .heldOut { heldOut += 1 }
                gates.formUnion(record.decision.candidates.compactMap { $0.gate?.code })
            }
            for entry in try simulation.store.records(after: 0, kinds: [.outcome, .link, .catalog], limit: .max) {
                switch entry.record {
                case .outcome(let outcome):
                    kinds.insert(outcome.kind)
                    lessons.insert(outcome.lesson)
                case .link: links += 1
                default: catalogs += 1
                }
            }
        }
        // Orders have no ids here, so that nothing can be taken back in part or corrected: that is for `OrderTests`.
        #expect(kinds == Set(Outcome.Kind.allCases).subtracting([.partlyReversed, .corrected]))
        #expect(lessons == Set(Outcome.Lesson.allCases))
        #expect(
            gates.isSuperset(of: [
                "no_consent", "suppressed", "capped", "out_of_stock", "budget_exhausted", "not_eligible",
            ]))
        #expect(links > 50)
        #expect(given > 150)
        #expect(heldOut > 30)
        #expect(restarts > 100)
        #expect(catalogs > 50)
    }
}
