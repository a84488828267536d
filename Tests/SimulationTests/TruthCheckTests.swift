import WeirLift
import Foundation
import Testing
import WeirReporting
import WeirSimulation
import WeirStatistics

@Suite("Readings beside the truth")
struct TruthCheckTests {
    private func world(_ name: World.Name = .steady, customers: Int, days: Int, holdout: Double) -> World {
        var world = World(name)
        world.customers = customers
        world.days = days
        world.holdout = holdout
        return world
    }

    @Test("A reading from the log holds the truth as often as it says, and last touch claims too much")
    func covers() async throws {
        let isLong = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1"
        let simulator = Simulator(
            isLong
                ? world(customers: 1_000, days: 90, holdout: 0.2) : world(customers: 200, days: 35, holdout: 0.3))
        let check = try await simulator.truthCheck(seeds: Array(0..<(isLong ? 200 : 100)), jobs: 2)
        #expect(check.rows.count == 12 && check.claims.count == 4)
        for row in check.rows {
            // By luck alone as low as this once in two thousand times.
            let least = 0.95 - 3.3 * (0.95 * 0.05 / Double(check.runs.count)).squareRoot()
            #expect(row.coverage.estimate >= least, "\(row)")
            if isLong { #expect(row.bias.contains(0), "\(row)") }
            #expect(abs(row.bias.estimate) < 4 * (row.bias.upper - row.bias.estimate) / 2)
        }
        for claim in check.claims {
            #expect(claim.excess.lower > 0)
            #expect(claim.ratio > 1.2)
        }
        let report = check.report
        let isBelieved = check.rows.allSatisfy { $0.coverage.upper >= 0.95 }
        #expect(report.conclusion[0].hasPrefix(isBelieved ? "The readings can be believed" : "Not all readings"))
        #expect(report.conclusion[1].hasPrefix("Last touch cannot"))
    }

    @Test("Where nothing works the truth is nothing, whatever last touch claims")
    func nullWorld() throws {
        let run = try Simulator(world(.null, customers: 200, days: 35, holdout: 0.3)).measured(seed: 1)
        let conversions = try #require(run.truths.first { $0.population == .everyone && $0.outcome == .conversions })
        #expect(conversions.truth == 0)
        #expect(conversions.claimed > 0)
        #expect(run.heldOutOffered > 0 && run.heldOutOffered < run.heldOut)
    }

    @Test("The same seed gives the same reading; a holdout changes nothing but who is offered something")
    func isDeterministic() throws {
        let simulator = Simulator(world(customers: 120, days: 35, holdout: 0.25))
        #expect(try simulator.measured(seed: 4) == simulator.measured(seed: 4))
        #expect(try simulator.measured(seed: 4) != simulator.measured(seed: 5))
    }
}
