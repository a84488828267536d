import WeirExperiments
import Foundation
import Testing
import WeirJSON
import WeirReporting
import WeirStatistics

@Suite("Experiment: from rows to words")
struct ExperimentsReportTests {
    /// Two arms of customers: conversion 10 % and 10 % · (1 + lift), revenue that depends on what was spent before.
    static func experiment(units: Int = 4_000, lift: Double = 0.5, seed: UInt64 = 3) -> ExperimentData {
        var random = Xoshiro256StarStar(seed: seed)
        var arms: ContiguousArray<Int32> = []
        var (converted, revenue, before, orders): ContiguousArray4 = ([], [], [], [])
        var tiers: ContiguousArray<Int32> = []
        for _ in 0..<units {
            let arm = random.unit() < 0.5 ? 0 : 1
            let tier = Int32(random.unit() * 2)
            let past = 60 + 10 * tier.asDouble + 8 * random.standardNormal()
            let works = tier == 1 ? 1.0 : 0
            arms.append(Int32(arm))
            tiers.append(tier)
            before.append(past)
            converted.append(random.unit() < 0.1 * (1 + lift * Double(arm) * works) ? 1 : 0)
            revenue.append(past + 2 * Double(arm) + 4 * random.standardNormal())
            orders.append(Double(1 + Int(random.unit() * 3)))
        }
        return ExperimentData(
            name: "spring", arms: [.init("A"), .init("B")], armOfRow: arms,
            units: .init("customer", codes: ContiguousArray(0..<Int32(units)), levels: (0..<units).map { "c\($0)" }),
            metrics: [
                .init("converted", .share, values: converted),
                .init("revenue", .amount, unit: .money("EUR"), values: revenue, covariate: before),
                .init("per_order", .ratio, values: revenue, denominators: orders),
            ], segments: [.init("tier", codes: tiers, levels: ["new", "old"])],
            stratum: .init("tier", codes: tiers, levels: ["new", "old"]))
    }

    typealias ContiguousArray4 = (
        ContiguousArray<Double>, ContiguousArray<Double>, ContiguousArray<Double>, ContiguousArray<Double>
    )

    @Test("The answer comes first, with its range, and says what to do")
    func answer() throws {
        let report = try experimentReport(Self.experiment(lift: 1.5))
        #expect(report.conclusion[0].hasPrefix("“B” is better than “A”: converted +"))
        #expect(report.conclusion[0].contains("Give “B” to all"))
        #expect(report.conclusion.contains { $0.hasPrefix("revenue: “B” is better") })
        #expect(report.conclusion.contains { $0.contains("differs by tier; it is highest for “old”") })
        #expect(report.warnings.isEmpty)
        #expect(report.figures.first?.name == "lift")
        #expect(report.figures.first?.quantity.lower != nil)
    }

    @Test("CUPED with strata takes away most of the variance and leaves the effect")
    func adjusted() throws {
        let result = try experimentResult(Self.experiment())
        let revenue = try #require(result.comparisons.first { $0.metric == "revenue" })
        let adjustment = try #require(revenue.adjustment)
        #expect(adjustment.isStratified)
        #expect(abs(adjustment.theta - 1) < 0.05)
        #expect(adjustment.varianceReduction > 0.8)
        #expect(revenue.absolute.lower < 2 && revenue.absolute.upper > 2)
    }

    @Test("Post-stratification takes chance imbalance between strata away")
    func strata() throws {
        // In B three quarters are of the dear stratum, in A one quarter; within strata nothing differs.
        let values: ContiguousArray<Double> = [
            9, 10, 11, 20, 19, 21, 10, 9, 11, 10, 10, 20, 20, 19, 21, 20, 20, 20, 10, 10,
        ]
        let strata: ContiguousArray<Int32> = [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0]
        let arms = ContiguousArray<Int32>((0..<20).map { $0 < 11 ? 0 : 1 })
        var data = ExperimentData(
            name: "mix", arms: [.init("A"), .init("B")], armOfRow: arms,
            metrics: [.init("spend", .amount, values: values)])
        #expect(try experimentResult(data).comparisons[0].absolute.value > 3)
        data.stratum = .init("tier", codes: strata, levels: ["cheap", "dear"])
        #expect(abs(try experimentResult(data).comparisons[0].absolute.value) < 1e-9)
    }

    private func units(_ result: ExperimentResult) -> Int { result.arms.reduce(0) { $0 + $1.units } }

    @Test("Contaminated units are left out, a unit's rows are brought together, and both are said")
    func contamination() throws {
        var data = Self.experiment(units: 400)
        let clean = try experimentResult(data)
        // Row 1 becomes a second row of the unit of row 0's arm, row 3 the same unit as a row of the other arm.
        let arm = data.armOfRow
        let twin = try #require((1..<400).first { arm[$0] == arm[0] })
        data.units!.codes[twin] = 0
        let (one, other) = (try #require(arm.firstIndex(of: 0)), try #require(arm.firstIndex(of: 1)))
        let mixed = try #require((2..<400).first { $0 != twin && $0 != one && $0 != other && arm[$0] == 1 })
        let alone = try #require((2..<400).first { $0 != twin && $0 != one && $0 != other && arm[$0] == 0 })
        data.units!.codes[mixed] = data.units!.codes[alone]
        let result = try experimentResult(data)
        #expect(units(result) == units(clean) - 3)
        #expect(
            experimentReport(result).warnings.contains {
                $0.hasPrefix("1 unit was seen in more than one arm") && $0.contains("“c\(alone)”")
            })
        #expect(result.warnings.contains { $0.hasPrefix("1 unit has several rows: amounts were added up") })
    }

    @Test("An empty arm, a lone arm and a share that is none are refused, all at once")
    func refused() throws {
        var data = Self.experiment(units: 50)
        data.arms.append(.init("C"))
        let empty = try #require(throws: MeasurementError.self) { try experimentResult(data) }
        #expect(
            empty.faults == ["Arm “C” has no usable unit, so nothing can be compared with it. Leave it out, or wait."])

        data = Self.experiment(units: 50)
        data.arms = [.init("A")]
        data.armOfRow = ContiguousArray(repeating: 0, count: 50)
        data.metrics[0].values[7] = 2
        let error = try #require(throws: MeasurementError.self) { try experimentResult(data) }
        #expect(error.faults.count == 2)
        #expect(error.faults[0].contains("at least two arms"))
        #expect(error.faults[1] == "“converted” is a share but holds 2.0. Use 0 and 1, or make it an amount.")
    }

    @Test("Unknown guardrails and impossible settings are refused by name")
    func settings() throws {
        var settings = ExperimentSettings()
        settings.guardrails = [.init(metric: "refunds")]
        settings.confidence = 1.2
        let error = try #require(throws: MeasurementError.self) {
            try experimentResult(Self.experiment(units: 100), settings: settings)
        }
        #expect(error.faults.count == 2)
        #expect(error.faults[0].contains("There is no metric “refunds”. Known: “converted”, “revenue”, “per_order”."))
    }

    @Test("Negative amounts and unknown values are flagged with their number")
    func flagged() throws {
        var data = Self.experiment(units: 500)
        data.metrics[1].values[4] = -3
        data.metrics[1].values[5] = .nan
        data.metrics[1].covariate![6] = .nan
        let warnings = try experimentResult(data).warnings
        #expect(warnings.contains { $0.hasPrefix("revenue is negative for 1 unit.") })
        #expect(warnings.contains { $0.hasPrefix("revenue is unknown for 1 unit,") })
        #expect(warnings.contains { $0.hasPrefix("revenue before the test is unknown for 1 unit;") })
    }

    @Test("Arms that did not get their planned shares overrule every other answer")
    func sampleRatio() throws {
        var data = Self.experiment(lift: 1.5)
        data.arms = [.init("A", plannedShare: 0.55), .init("B", plannedShare: 0.45)]
        let report = try experimentReport(data)
        #expect(report.conclusion[0] == "Do not act on this yet: the arms did not get the units that were planned.")
        #expect(!report.conclusion.joined().contains("Give “B” to all"))
        #expect(report.warnings[0].contains("planned 55.0 %, 45.0 %"))
    }

    @Test(
        "A guardrail stops an arm whose harm is certain, and only then",
        arguments: [(0.30, GuardrailReading.Verdict.stop), (0.05, .undecided), (-0.20, .holds)])
    func guardrail(harm: Double, expected: GuardrailReading.Verdict) throws {
        let trials = 20_000
        let returned = MetricSamples(
            "returned",
            counts: [ShareCount(2_000, of: trials), ShareCount(Int(2_000 * (1 + harm)), of: trials)],
            isLowerBetter: true)
        let bought = MetricSamples("bought", counts: [ShareCount(4_000, of: trials), ShareCount(4_500, of: trials)])
        var settings = ExperimentSettings()
        settings.guardrails = [.init(metric: "returned", margin: 0.05)]
        let result = try experimentResult(
            name: "g", arms: [.init("A"), .init("B")], samples: [bought, returned], settings: settings)
        #expect(result.guardrails[0].verdict == expected)
        let conclusion = experimentReport(result).conclusion
        #expect(conclusion[0].hasPrefix("Stop “B”: it makes returned worse") == (expected == .stop))
        #expect(conclusion.joined().contains("Give “B” to all") == (expected != .stop))
    }

    @Test("A metric of which more is better is guarded against a fall")
    func guardrailFall() throws {
        let arms = [
            SampleSummary(count: 20_000, mean: 50, variance: 400),
            SampleSummary(count: 20_000, mean: 45, variance: 400),
        ]
        var settings = ExperimentSettings()
        settings.guardrails = [.init(metric: "margin", margin: 0.01)]
        let result = try experimentResult(
            name: "g", arms: [.init("A"), .init("B")], samples: [MetricSamples("margin", arms: arms)],
            settings: settings)
        #expect(result.guardrails[0].verdict == .stop)
    }

    @Test("Few successes give an exact range and the admission that there is no power")
    func lowCounts() throws {
        let metric = MetricSamples("bought", counts: [ShareCount(2, of: 500), ShareCount(5, of: 480)])
        var settings = ExperimentSettings()
        settings.relevantEffect = 0.1
        let result = try experimentResult(
            name: "few", arms: [.init("A"), .init("B")], samples: [metric], settings: settings)
        #expect(result.comparisons[0].method == .exact)
        #expect(!result.comparisons[0].isSignificant)
        let conclusion = experimentReport(result).conclusion.joined(separator: " ")
        #expect(conclusion.contains("With only 2 successes or failures of bought in one arm there is next to no power"))
        #expect(conclusion.contains("The test has no power for what would matter: 10.0 % needs about"))

        // From ten on, in each arm, Welch's range is good.
        for (successes, method) in [(9, MetricComparison.Method.exact), (10, .welch)] {
            let metric = MetricSamples("bought", counts: [ShareCount(40, of: 500), ShareCount(successes, of: 480)])
            let result = try experimentResult(name: "few", arms: [.init("A"), .init("B")], samples: [metric])
            #expect(result.comparisons[0].method == method)
        }
    }

    @Test("Nothing at all happening is said, not divided by")
    func nothing() throws {
        let metric = MetricSamples("bought", counts: [ShareCount(0, of: 50), ShareCount(0, of: 48)])
        let report = experimentReport(
            try experimentResult(name: "none", arms: [.init("A"), .init("B")], samples: [metric]))
        #expect(report.conclusion[0].contains("is not shown to differ"))
        #expect(report.text.contains("converted") == false)
        let amount = MetricSamples("spend", arms: [SampleSummary([0, 0, 0]), SampleSummary([0, 0])])
        let silent = experimentReport(
            try experimentResult(name: "none", arms: [.init("A"), .init("B")], samples: [amount]))
        #expect(
            silent.conclusion[0].hasPrefix("Do not act on this yet")
                && silent.conclusion[0].contains("spend does not vary"))
        #expect(silent.conclusion[1].hasPrefix("Nothing can be said of “B” against “A”"))
    }

    @Test("A switchback counts periods, not rows, and leaves out periods of two arms")
    func switchback() throws {
        var random = Xoshiro256StarStar(seed: 8)
        var (arms, periods): (ContiguousArray<Int32>, ContiguousArray<Int32>) = ([], [])
        var values: ContiguousArray<Double> = []
        for period in 0..<40 {
            let mood = 5 * random.standardNormal()
            for _ in 0..<50 {
                arms.append(Int32(period % 2))
                periods.append(Int32(period))
                values.append(100 + mood + random.standardNormal())
            }
        }
        arms[0] = 1  // Period 0 now has rows of both.
        let data = ExperimentData(
            name: "hours", arms: [.init("A"), .init("B")], armOfRow: arms,
            metrics: [.init("spend", .amount, values: values)],
            period: .init("hour", codes: periods, levels: (0..<40).map { "h\($0)" }))
        let result = try experimentResult(data)
        #expect(result.arms.map(\.units) == [19, 20])
        #expect(result.warnings.count == 1 && result.warnings[0].contains("“h0”"))
        #expect(!result.comparisons[0].isSignificant)
        // Rows taken for units would find an effect that is only the periods' mood.
        var naive = data
        naive.period = nil
        #expect(
            try experimentResult(naive).comparisons[0].absolute.standardError < result.comparisons[0].absolute
                .standardError / 3)
    }

    @Test("All readings look the same way, the always-valid one with the widest range")
    func readings() throws {
        let data = Self.experiment()
        var widths: [Double] = []
        for reading in [
            ExperimentSettings.Reading.fixed, .groupSequential(GroupSequentialDesign(equallySpaced: 5), look: 3),
            .alwaysValid(),
        ] {
            var settings = ExperimentSettings()
            settings.reading = reading
            settings.prior = NormalPrior()
            let result = try experimentResult(data, settings: settings)
            widths.append(result.comparisons[1].absolute.upper - result.comparisons[1].absolute.lower)
            #expect(result.comparisons[1].absolute.value > 1)
            #expect(result.comparisons[1].posterior!.chanceToBeat > 0.99)
            #expect(result.comparisons[0].betaBinomial != nil)
        }
        #expect(widths == widths.sorted())
        #expect(widths[0] < widths[2] / 1.3)
    }

    @Test("Metrics and arms answer for being many; one-sided ranges are open")
    func many() throws {
        let arms = ["A", "B", "C"].map { ExperimentData.Arm($0) }
        let metrics = (0..<5).map { index in
            MetricSamples(
                "m\(index)", arms: [0.0, 0.11, 0.05].map { SampleSummary(count: 1_000, mean: 5 + $0, variance: 1) })
        }
        var settings = ExperimentSettings()
        settings.side = .greater
        let result = try experimentResult(name: "many", arms: arms, samples: metrics, settings: settings)
        let plain = result.comparisons.map(\.absolute.pValue)
        #expect(result.comparisons.map(\.adjustedPValue) == Correction.holm.adjusted(plain))
        #expect(plain[0] < 0.05 && result.comparisons[0].adjustedPValue > 0.05)
        #expect(result.comparisons.allSatisfy { $0.absolute.upper == .infinity })
        #expect(experimentReport(result).json["figures"]?["lift_b"]?["upper"] == .null)
    }

    @Test("The effect over time ends at the whole, and its band leaves zero for good")
    func overTime() throws {
        var data = Self.experiment()
        data.metrics.swapAt(0, 1)
        data.exposedAt = ContiguousArray((0..<4_000).map { 1_772_000_000 + Double($0) * 300 })
        var settings = ExperimentSettings()
        settings.reading = .alwaysValid()
        data.stratum = nil
        let result = try experimentResult(data, settings: settings)
        let last = try #require(result.timeline.last)
        #expect(abs(last.effect.value - result.comparisons[0].absolute.value) < 1e-9)
        #expect(last.units == 4_000)
        #expect(result.timeline.count == 14)
        #expect(experimentReport(result).sections.contains { $0.title == "Over time" && $0.charts.count == 1 })
    }

    @Test("The same data give the same report, whatever the hash seed")
    func stable() throws {
        #expect(try experimentReport(Self.experiment()) == experimentReport(Self.experiment()))
    }
}

extension Int32 {
    fileprivate var asDouble: Double { Double(self) }
}
