import WeirGeoLift
import Foundation
import Testing
import WeirReporting
import WeirStatistics

@Suite("Geo plan")
struct GeoPlanTests {
    @Test("GeoLift's walkthrough: the published choices, effects and costs")
    func walkthrough() throws {
        guard let panel = try GeoLiftTests.walkthrough("pretest") else { return }
        var plan = GeoPlan(panel: panel)
        plan.sizes = [2, 3, 4, 5]
        plan.included = ["chicago"]
        plan.untreated = ["honolulu"]
        plan.costPerOutcome = 7.5
        plan.budget = 100_000
        plan.confidence = 0.9
        plan.statistic = .any
        plan.permutations = .random(count: 1_000, seed: 1)
        plan.lookback = 1
        let result = try plan.run()
        let first = result.candidates.filter { $0.rank == 1 }
        let two = try #require(first.first { $0.markets == ["chicago", "portland"] && $0.duration == 15 })
        #expect(two.detectable == 0.1 && two.powerAtDetectable == 1 && two.investment == 64_563.75)
        #expect(String(format: "%.3f", two.effect) == "290.007" && abs(two.scaledImbalance - 0.1738778) < 1e-6)
        #expect(abs(two.holdout - (1 - 0.03306537)) < 1e-8)
        let four = try #require(first.first { $0.markets.count == 4 })
        #expect(
            four.markets == ["chicago", "cincinnati", "houston", "portland"] && four.duration == 15
                && four.detectable == 0.05)
        #expect(abs(four.effect - 159.3627) < 1e-4 && abs(four.investment - 74_118.38) < 0.01 && first.count == 2)
        #expect(abs(four.foundLift - 0.04829913) < 1e-7 && abs(four.scaledImbalance - 0.1971864) < 1e-6)
        #expect(result.candidates.allSatisfy { $0.markets.contains("chicago") && !$0.markets.contains("honolulu") })
        #expect(result.candidates.allSatisfy { $0.detectable == nil || $0.investment <= 100_000 } && result.leftOut > 0)
    }

    @Test("Power comes out within 5 points of what the history foretold", arguments: [0, 0.4])
    func power(memory: Double) throws {
        let effects = [0.01, 0.02, 0.03, 0.05]
        var (foretold, found) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0])
        var tests = 0.0
        let runs: UInt64 = ProcessInfo.processInfo.environment["WEIR_LONG_TESTS"] == "1" ? 2_000 : 1_000
        for seed in UInt64(1_000)..<1_000 + runs {
            let world = GeoLiftTests.simulated(seed: seed, memory: memory).panel
            var plan = GeoPlan(panel: world.prefix(90))
            plan.durations = [15]
            plan.effects = effects
            plan.sizes = [2]
            plan.included = ["m\(seed % 20)"]
            let candidate = try plan.run().candidates[0]
            tests += 1
            for (place, effect) in effects.enumerated() {
                foretold[place] += candidate.power[place]
                var lifted = world
                for market in try lifted.indices(of: candidate.markets, role: "treated") {
                    for period in 90..<105 { lifted.outcome[period, market] *= 1 + effect }
                }
                let result = try GeoLiftTests.quick(lifted, candidate.markets, start: "90")
                found[place] += result.averagePValue < 0.05 ? 1 : 0
            }
        }
        for place in effects.indices {
            #expect(
                abs(foretold[place] - found[place]) / tests <= 0.05,
                "\(effects[place]): \(foretold[place]) foretold, \(found[place]) found of \(tests)")
        }
        #expect(found[0] < found[3])
        if runs > 1_000 {
            print("power, memory \(memory): foretold \(foretold.map { $0 / tests }), found \(found.map { $0 / tests })")
        }
    }

    @Test("Holdout and untreated markets narrow the choice, more effect means more power")
    func limits() throws {
        let panel = GeoLiftTests.simulated(seed: 9, markets: 10, periods: 60, memory: 0).panel
        var plan = GeoPlan(panel: panel)
        plan.durations = [7]
        plan.sizes = [1, 2]
        let all = try plan.run()
        #expect(all.candidates.allSatisfy { $0.power == $0.power.sorted() && $0.simulations == 54 })
        #expect(all.candidates.count { $0.markets.count == 1 } == 10)
        plan.holdout = 0.9...1
        let few = try plan.run()
        #expect(few.candidates.count < all.candidates.count && few.candidates.allSatisfy { $0.holdout >= 0.9 })
        #expect(few.candidates.count + few.leftOut == all.candidates.count)
        plan.holdout = 0...1
        plan.untreated = ["m0"]
        #expect(try plan.run().candidates.allSatisfy { !$0.markets.contains("m0") })
        let report = try plan.report(outcome: "Y", source: "made")
        #expect(report.conclusion[0].hasPrefix("Treat ") && report.sections[1].charts.count == 1)
    }

    @Test("Faulty wishes are refused together")
    func refusals() throws {
        var plan = GeoPlan(panel: GeoLiftTests.simulated(seed: 9, markets: 10, periods: 29, memory: 0).panel)
        plan.effects = [0, 0.1]
        plan.sizes = [9]
        let error = #expect(throws: MeasurementError.self) { try plan.run() }
        #expect(error?.faults.count == 3)
        plan.effects = [0.1]
        plan.sizes = [8]
        plan.durations = [14]
        #expect(throws: Never.self) { try plan.run() }
        plan.included = ["m0"]
        plan.untreated = ["m0"]
        #expect(throws: MeasurementError.self) { try plan.run() }
        plan.untreated = ["nowhere"]
        #expect(throws: MeasurementError.self) { try plan.run() }
    }
}
