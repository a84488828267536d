import Foundation
import Testing
import WeirEvaluation
import WeirLearning
import WeirStatistics

@Suite("Drift")
struct DriftTests {
    static let thresholds = DriftThresholds()

    /// Deterministic and skewed.
    static func sample(_ count: Int, stretch: Double = 1, seed: UInt64) -> [Double] {
        var random = Xoshiro256StarStar(seed: seed)
        return (0..<count).map { _ in (-log(1 - random.unit()) * stretch * 100).rounded() / 100 }
    }

    @Test("PSI, KS and chi-square equal those of numpy and scipy on stored numbers")
    func stored() {
        let reference: [Double] = [1, 2, 2, 3, 5, 8, 13, 21, 34, 55, 89, 2]
        let live: [Double] = [2, 3, 3, 4, 8, 9, 9, 40, 41, 2]
        let finding = numberDrift(column: "x", reference: reference, live: live)
        #expect(abs(finding.psi - 3.4110366682097686) < 1e-9)
        #expect(abs(finding.ks!.statistic - 0.21666666666666667) < 1e-12)
        let test = chiSquareTest([10, 0, 20, 5], [12, 0, 9, 14])
        #expect(abs(test.statistic - 8.617389869658473) < 1e-9)
        #expect(abs(test.pValue - 0.013451092696896672) < 1e-9)
        #expect(test.degreesOfFreedom == 2)
    }

    @Test(
        "The p-value of Kolmogorov–Smirnov is near scipy's",
        arguments: [
            (50, 0.1, 0.8229769768874867), (200, 0.1, 0.20524779022187364), (200, 0.16, 0.007568114755698796),
            (1000, 0.05, 0.1433332323581511), (5000, 0.03, 0.020492215931198012),
        ])
    func pValues(_ count: Int, _ shift: Double, _ pValue: Double) {
        let first = (0..<count).map { Double($0) / Double(count) }
        let second = first.map { $0 + shift }
        #expect(abs(kolmogorovSmirnov(first, second).pValue - pValue) < 0.02 * pValue + 0.002)
    }

    @Test("A reference has the bins of numpy's deciles, equal edges merged, missing values apart")
    func edges() {
        let reference = DriftReference(column: "x", values: [0, 0, 0, 0, 0, 0, 1, 2, 3, .nan])
        #expect(zip(reference.spread.edges, [0.0, 0.6, 1.4, 2.2]).allSatisfy { abs($0 - $1) < 1e-9 })
        #expect(reference.spread.edges.count == 4)
        #expect(reference.spread.shares.count == 6)
        #expect(reference.spread.shares.last == 0.1)
        #expect(abs(reference.spread.shares.reduce(0, +) - 1) < 1e-12)
        let constant = DriftReference(column: "x", values: [4, 4, 4])
        #expect(constant.spread.edges == [constant.spread.edges[0], constant.spread.edges[0].nextUp])
        #expect(constant.spread.shares == [0, 1, 0, 0])
    }

    @Test(
        "The same population is stable, another one is not",
        arguments: [(1.0, DriftVerdict.stable), (1.5, .watch), (2.5, .drifted)])
    func verdicts(_ stretch: Double, _ verdict: DriftVerdict) {
        let finding = numberDrift(
            column: "x", reference: Self.sample(4_000, seed: 1), live: Self.sample(3_000, stretch: stretch, seed: 2))
        #expect(finding.verdict == verdict, "\(finding)")
    }

    @Test("Few values are no proof of drift")
    func fewValues() {
        let finding = numberDrift(
            column: "x", reference: Self.sample(4_000, seed: 1), live: Self.sample(12, seed: 3))
        #expect(finding.psi > 0.25)
        #expect(finding.verdict == .stable)
    }

    @Test("A monitor counts as the full comparison does, merges, and survives coding")
    func monitor() throws {
        let reference = DriftReference(column: "x", values: Self.sample(3_000, seed: 4))
        let live = Self.sample(2_000, stretch: 1.4, seed: 5) + [.nan, .nan]
        var whole = DriftMonitor(reference)
        var parts = [DriftMonitor(reference), DriftMonitor(reference)]
        for (index, value) in live.enumerated() {
            whole.count(value)
            parts[index % 2].count(value)
        }
        parts[0].merge(parts[1])
        #expect(parts[0] == whole)
        let again = try JSONDecoder().decode(DriftMonitor.self, from: JSONEncoder().encode(whole))
        #expect(again == whole)
        let streamed = whole.finding()!
        let full = numberDrift(column: "x", reference: Self.sample(3_000, seed: 4), live: live)
        #expect(abs(streamed.psi - full.psi) < 1e-9)
        #expect(streamed.ks!.statistic <= full.ks!.statistic + 1e-12)
        #expect(streamed.ks!.statistic > 0.8 * full.ks!.statistic)
        #expect(abs(streamed.missingShare - 2.0 / 2_002) < 1e-12)
        whole.reset()
        #expect(whole.finding() == nil)
    }

    @Test("A value on an edge belongs to the upper bin, as in a model card")
    func cardBins() {
        let reference = DriftReference(column: "x", values: Self.sample(500, seed: 6))
        for edge in reference.spread.edges {
            var monitor = DriftMonitor(reference)
            monitor.count(edge)
            monitor.count(edge.nextDown)
            let place = reference.spread.edges.firstIndex(of: edge)!
            #expect(monitor.counts[place] == 1)
            #expect(monitor.counts[place + 1] == 1)
        }
    }

    @Test("A new category is drift, a fair sample of the old ones is not")
    func categories() {
        #expect(categoryDrift(column: "c", reference: [500, 300, 200], live: [251, 148, 101]).verdict == .stable)
        let new = categoryDrift(column: "c", reference: [500, 300, 200, 0], live: [240, 150, 90, 20])
        #expect(new.verdict == .drifted)
        #expect(new.chiSquare!.degreesOfFreedom == 3)
    }

    @Test("A size on a threshold is beyond it, one just below is not", arguments: [DriftVerdict.watch, .drifted])
    func thresholdReached(verdict: DriftVerdict) throws {
        func finding(_ thresholds: DriftThresholds) -> DriftFinding {
            categoryDrift(column: "c", reference: [500, 300, 200], live: [350, 400, 250], thresholds)
        }
        let test = try #require(finding(DriftThresholds()).chiSquare)
        let size = (test.statistic / 2_000).squareRoot()
        var thresholds = DriftThresholds()
        thresholds.cramersV = verdict == .drifted ? [size / 2, size] : [size, 2 * size]
        #expect(finding(thresholds).verdict == verdict)
        thresholds.cramersV = verdict == .drifted ? [size / 2, size.nextUp] : [size.nextUp, 2 * size]
        #expect(finding(thresholds).verdict < verdict)
    }

    // MARK: Calibration

    static func calibration(_ factor: Double, count: Int, seed: UInt64) -> CalibrationFinding {
        var random = Xoshiro256StarStar(seed: seed)
        var monitor = CalibrationMonitor()
        for _ in 0..<count {
            let p = 0.02 + 0.3 * random.unit()
            monitor.compare(p, with: random.unit() < p * factor)
        }
        return monitor.finding()!
    }

    @Test(
        "Predictions that come true are stable; those that do not are found",
        arguments: [(1.0, DriftVerdict.stable), (0.83, .watch), (0.5, .drifted), (1.6, .drifted)])
    func calibrationDrift(_ factor: Double, _ verdict: DriftVerdict) {
        let finding = Self.calibration(factor, count: 20_000, seed: 7)
        #expect(finding.verdict == verdict, "\(finding)")
    }

    @Test("A calibrated model is seldom called anything else")
    func calibrationFalseAlarms() {
        let p = (UInt64(0)..<400).map { Self.calibration(1, count: 2_000, seed: 100 + $0) }
        // 5 % of 400 is 20; both tests must stay near it.
        #expect((6...38).contains(p.count { $0.chiSquare.pValue < 0.05 }))
        #expect((6...38).contains(p.count { $0.spiegelhalter.pValue < 0.05 }))
        #expect(p.count { $0.verdict != .stable } <= 10)
    }

    @Test("Spiegelhalter's z is its formula")
    func spiegelhalter() {
        var monitor = CalibrationMonitor()
        monitor.compare(0.2, with: true)
        monitor.compare(0.6, with: false)
        let numerator = 0.8 * 0.6 + -0.6 * -0.2
        let variance = 0.36 * 0.16 + 0.04 * 0.24
        #expect(abs(monitor.finding()!.spiegelhalter.statistic - numerator / variance.squareRoot()) < 1e-12)
    }
}
