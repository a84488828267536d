import Testing
import WeirCoupons
import WeirDomain
import WeirEngine

@Suite("Codes on a seeded clock, store and schedule")
struct CouponSimulationTests {
    @Test(
        "Each code is given once and used once, none is lost, and money is spent for codes in use alone",
        arguments: UInt64(0)..<200)
    func invariants(seed: UInt64) throws {
        var simulation = try CouponSimulation(seed: seed)
        for step in 0..<240 {
            try simulation.step()
            if step % 40 == 39 { try simulation.check() }
        }
        try simulation.drain()
        try simulation.restart(isQuiet: true)
        try simulation.checkAudit()
        #expect(simulation.engine.unforeseenReads == 0)
        #expect(!simulation.redeemed.isEmpty)
    }

    @Test("The simulation meets what it is meant to meet: leaks, races, late uses, empty pools and budgets")
    func coverage() throws {
        var refusals: Set<String> = []
        var (leaked, givenBack) = (0, 0)
        for seed in UInt64(0)..<20 {
            var simulation = try CouponSimulation(seed: seed)
            for _ in 0..<240 { try simulation.step() }
            refusals.formUnion(simulation.refusals)
            leaked += simulation.redeemed.values.count { $0.isLeaked }
            givenBack += simulation.redeemed.values.count { $0.kind != .redeemed }
        }
        #expect(
            refusals == [
                "code_used", "code_expired", "code_not_given", "customer_needed", "budget_exhausted", "not_redeemed",
                "unknown_code",
            ])
        #expect(leaked > 0 && givenBack > 0)
    }
}
