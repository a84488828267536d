import Testing
import WeirDomain
import WeirEngine
import WeirSimulation
import WeirStatistics

/// Worlds small enough for a test, with enough money for a few hundred purchases.
private func small(_ name: World.Name, customers: Int = 150, days: Int = 91) -> World {
    var world = World(name)
    world.customers = customers
    world.days = days
    return world
}

@Suite("Simulation")
struct SimulationTests {
    @Test(
        "The same seed gives the same figures, another seed others", arguments: [PolicyName.weir, .segments, .oracle])
    func isDeterministic(policy: PolicyName) throws {
        let simulator = Simulator(small(.drift, customers: 100, days: 70))
        let first = try simulator.run(policy, seed: 3)
        #expect(first == (try simulator.run(policy, seed: 3)))
        #expect(first != (try simulator.run(policy, seed: 4)))
    }

    @Test("Seeds that run side by side come back in their order")
    func jobs() async throws {
        let simulator = Simulator(small(.steady, customers: 60, days: 35))
        let one = try await simulator.run([.uniform, .segments], seeds: [1, 2, 3, 4], jobs: 1)
        let three = try await simulator.run([.uniform, .segments], seeds: [1, 2, 3, 4], jobs: 3)
        #expect(one == three)
        #expect(Set(one.map { $0[.uniform]!.totalValue }).count == 4)
    }

    @Test(
        "The engine's books hold: nothing overspent, all that was paid is spent, and the report adds up",
        arguments: World.Name.allCases, [false, true])
    func books(name: World.Name, isPriced: Bool) throws {
        let world = small(name, customers: 80, days: 56)
        let check = try Simulator(world).checkedRun(seed: 5, isPriced: isPriced)
        #expect(check.reserved == 0, "all windows have closed")
        #expect(check.spent <= world.limit.minorUnits)
        #expect(check.spent == check.paid)
        #expect(check.largestCommitment <= world.limit.minorUnits)
        #expect(abs(check.account.totalValue - check.valueOfDecisions) < 1e-6)
        #expect(check.account.decisions == check.decisions)
        #expect(check.account.decisions > 300)
    }

    @Test("Peers spend no more than the limit", arguments: World.Name.allCases)
    func peers(name: World.Name) throws {
        let world = small(name, customers: 300)
        for policy in [PolicyName.uniform, .segments] {
            let account = try Simulator(world).run(policy, seed: 1)
            #expect(account.paid <= world.limit.majorUnits + 1e-6)
            #expect(account.paid > 0)
        }
    }

    @Test("What would happen does not depend on what a policy does", arguments: World.Name.allCases)
    func potentialOutcomes(name: World.Name) throws {
        let world = small(name)
        let simulator = Simulator(world)
        let generous = simulator.outcomes(seed: 2, giving: 0)
        let thrifty = simulator.outcomes(seed: 2, giving: nil)
        #expect(generous.count == thrifty.count)
        #expect(zip(generous, thrifty).allSatisfy { $0.moment == $1.moment && $0.never == $1.never })
        // Only those who wait for offers answer to the offers of the past, and only without one.
        #expect(zip(generous, thrifty).allSatisfy { $0.given == $1.given })
        let isSame = zip(generous, thrifty).allSatisfy { $0.none == $1.none }
        #expect(isSame == (name != .strategic))
    }

    @Test("The oracle brings more than any policy", arguments: [World.Name.steady, .grocer, .drift, .delay, .seasonal])
    func oracleIsBest(name: World.Name) throws {
        let accounts = try Simulator(small(name, customers: 200)).run(PolicyName.allCases, seed: 7)
        let best = accounts[.oracle]!.totalValue
        for policy in PolicyName.allCases where policy != .oracle && accounts[policy] != nil {
            #expect(accounts[policy]!.totalValue <= 1.01 * best, "\(policy)")
        }
        #expect(accounts[.seeing]!.totalValue > 0.8 * best)
    }

    @Test("Where nothing works everyone-the-same loses its money, the oracle pays nobody and Weir soon stops")
    func nullWorld() throws {
        let world = small(.null, customers: 300, days: 182)
        let accounts = try Simulator(world).run([.uniform, .weir, .oracle], seed: 1)
        #expect(accounts[.uniform]!.totalValue < -0.8 * world.limit.majorUnits)
        #expect(accounts[.oracle]!.totalSpend == 0)
        #expect(accounts[.weir]!.totalSpend < 0.5 * world.limit.majorUnits)
        let late = accounts[.weir]!.spend.dropFirst(13).reduce(0, +)
        #expect(late < 0.5 * accounts[.uniform]!.spend.dropFirst(13).reduce(0, +))
    }

    @Test("Weir brings more per unit spent than the segments in a steady world")
    func steadyWorld() throws {
        let accounts = try Simulator(small(.steady, customers: 400)).run([.segments, .weir], seed: 1)
        let (weir, segments) = (accounts[.weir]!, accounts[.segments]!)
        #expect(weir.totalValue / weir.totalSpend > segments.totalValue / segments.totalSpend)
    }

    @Test("A week counts as recovered from nine tenths of the share before the drift")
    func recovery() throws {
        let world = small(.drift, customers: 30, days: 52 * 7)
        var runs: [[PolicyName: Account]] = []
        for share in [0.9 * 0.5 - 1e-9, 0.9 * 0.5 + 1e-9] {
            let oracle = Account(values: Array(repeating: 10, count: 52))
            let own = Account(
                values: (0..<52).map { week in 10 * (week < 26 ? 0.5 : week < 29 ? 0.1 : week == 29 ? share : 0.5) })
            runs.append([.weir: own, .oracle: oracle])
        }
        let levels = Comparison(world, runs).rows.first { $0.policy == .weir }!.levels.map(\.estimate)
        #expect(zip(levels, [0.2, 0.2, 0.2, 0.9, 1, 1, 1, 1]).allSatisfy { abs($0 - $1) < 1e-9 } && levels.count == 8)
        let weeks = runs.map { Comparison(world, [$0]).rows.first { $0.policy == .weir }!.weeksToRecover!.estimate }
        #expect(weeks == [4, 3])
    }

    @Test("A week at exactly nine tenths counts as recovered")
    func recoveryAtNineTenths() {
        let oracle = Account(values: Array(repeating: 10, count: 52))
        let own = Account(values: (0..<52).map { $0 < 26 ? 10 : $0 < 29 ? 1 : $0 == 29 ? 9 : 10 })
        let world = small(.drift, customers: 30, days: 52 * 7)
        let rows = Comparison(world, [[.weir: own, .oracle: oracle]]).rows
        #expect(rows.first { $0.policy == .weir }?.weeksToRecover?.estimate == 3)
    }
}
