import WeirExperiments
import Testing
import WeirReporting
import WeirStatistics

@Suite("Experiment: power and plan")
struct ExperimentsPlanTests {
    @Test("Units and power undo each other", arguments: [0.05, 0.31, 1.2], [0.5, 1, 4])
    func roundTrip(effect: Double, ratio: Double) {
        for isTwoSided in [true, false] {
            let analysis = PowerAnalysis(isTwoSided: isTwoSided, ratio: ratio)
            let units = analysis.unitsForMeans(effect: effect, power: 0.9)
            #expect(abs(analysis.powerOfMeans(effect: effect, controlUnits: units) - 0.9) < 1e-8)
            let ofShares = analysis.unitsForShares(effect: effect, power: 0.9)
            #expect(abs(analysis.powerOfShares(effect: effect, controlUnits: ofShares) - 0.9) < 1e-8)
            #expect(units > ofShares)
        }
    }

    @Test("Without an effect no number of units is enough")
    func noEffect() {
        #expect(PowerAnalysis().unitsForMeans(effect: 0, power: 0.8) == .infinity)
        #expect(PowerAnalysis(isTwoSided: false).unitsForShares(effect: -0.1, power: 0.8) == .infinity)
    }

    @Test("The plan's power is what a simulation finds")
    func simulated() throws {
        let plan = TestPlan(metric: .share(0.2), effect: 0.2)
        let units = Int(try plan.units().control.rounded(.up))
        var random = Xoshiro256StarStar(seed: 4)
        let runs = 1_000
        let found = (0..<runs).count { _ in
            let control = ShareCount((0..<units).count { _ in random.unit() < 0.2 }, of: units)
            let treatment = ShareCount((0..<units).count { _ in random.unit() < 0.24 }, of: units)
            return pooledShareTest(control, treatment).pValue < 0.05
        }
        #expect(abs(Double(found) / Double(runs) - 0.8) < 0.05)
    }

    @Test("Days follow from the traffic and are rounded up to weeks")
    func days() throws {
        var plan = TestPlan(metric: .share(0.05), effect: 0.1)
        plan.unitsPerDay = 2_000
        let report = try planReport(plan)
        #expect(report.figures.map(\.quantity.value) == [62_436, 31_218, 31_218, 32])
        #expect(report.conclusion[1].contains("32 days; run 5 whole weeks"))
        plan.unitsPerDay = 200
        #expect(try planReport(plan).warnings.count == 1)
    }

    @Test("More arms, a smaller control and noise taken away change the units as they should")
    func variants() throws {
        var plan = TestPlan(metric: .amount(mean: 40, deviation: 60), effect: 0.05)
        let plain = try plan.units().control
        plan.varianceReduction = 0.5
        #expect(abs(try plan.units().control / plain - 0.5) < 0.01)
        plan.varianceReduction = 0
        plan.arms = 3
        #expect(try plan.units().control > plain * 1.1)
        plan.arms = 2
        plan.controlShare = 0.2
        let uneven = try plan.units()
        #expect(abs(uneven.perTreatment / uneven.control - 4) < 1e-9)
        #expect(uneven.control < plain && uneven.control + uneven.perTreatment > 2 * plain)
    }

    @Test("Numbers at the edge of what a machine can hold are refused too")
    func extreme() throws {
        var plan = TestPlan(metric: .share(0.1), effect: 0.1)
        plan.unitsPerDay = 1e-320
        var error = try #require(throws: MeasurementError.self) { try planReport(plan) }
        #expect(error.faults[0].contains("longer than a century"))
        plan = TestPlan(metric: .amount(mean: 10, deviation: 1e300), effect: 0.1)
        error = try #require(throws: MeasurementError.self) { try planReport(plan) }
        #expect(error.faults[0].contains("more than 10¹⁵ units"))
        plan = TestPlan(metric: .amount(mean: 1e-300, deviation: 1e300), effect: 1e-300)
        #expect(throws: MeasurementError.self) { try planReport(plan) }
    }

    @Test("What cannot be planned is refused, all at once")
    func refused() throws {
        var plan = TestPlan(metric: .share(0.6), effect: 0.8)
        plan.power = 1
        plan.arms = 1
        let error = try #require(throws: MeasurementError.self) { try planReport(plan) }
        #expect(error.faults.count == 3)
        #expect(error.faults[0].contains("the treated share would be 1.08"))
    }

    @Test("Holm and Benjamini-Hochberg keep order, never fall below the plain p-values, and one alone stays as it is")
    func corrections() {
        let plain = [0.04, 0.001, 0.9, 0.02, 0.02]
        for correction in [Correction.holm, .benjaminiHochberg] {
            let adjusted = correction.adjusted(plain)
            #expect(zip(plain, adjusted).allSatisfy { $0 <= $1 && $1 <= 1 })
            #expect(correction.adjusted([0.03]) == [0.03])
            #expect(correction.adjusted([]).isEmpty)
        }
        #expect(Correction.none.adjusted(plain) == plain)
    }
}
