import Testing
import WeirExperiments
import WeirMeasuring
import WeirReporting
import WeirStatistics

/// What a test's own figures say against acting on it.
@Suite("Experiment: doubts")
struct ExperimentsDoubtsTests {
    private func measured(_ header: String, _ rows: [String], _ change: (inout ExperimentRequest) -> Void) throws
        -> Report
    {
        var request = ExperimentRequest()
        request.input = MeasuredFile(name: "t.csv", content: Array(([header] + rows).joined(separator: "\n").utf8))
        request.arm = "arm"
        change(&request)
        try request.check()
        return try request.report()
    }

    private func figure(_ report: Report, _ name: String) throws -> Quantity {
        try #require(report.figures.first { $0.name == name }).quantity
    }

    /// Values by arm, normal but for what is said.
    private func values(_ count: Int, seed: UInt64, lift: Double) -> [(arm: String, value: Double)] {
        var random = Xoshiro256StarStar(seed: seed)
        return (0..<count).map { index in
            let noise = (0..<12).reduce(-6.0) { sum, _ in sum + random.unit() }
            return (index % 2 == 0 ? "A" : "B", 20 + 5 * noise + (index % 2 == 0 ? 0 : lift))
        }
    }

    @Test("Every value the same within the arms is nothing to act on, at any size", arguments: [1e-9, 1, 0.1, 1e9])
    func nothingVaries(scale: Double) throws {
        let rows = (0..<40).map { "\($0 % 2 == 0 ? "A" : "B"),\(($0 % 2 == 0 ? 20 : 21) * scale)" }
        for sequential in [false, true] {
            let report = try measured("arm,x", rows) {
                $0.metric = ["x"]
                $0.sequential = sequential
            }
            #expect(report.isVoid && !report.conclusion.joined().contains("Give"))
            #expect(try figure(report, "p_value").value == 1)
            #expect(try figure(report, "difference").lower == -.infinity)
        }
    }

    @Test("A denominator of 0 in an arm makes no verdict")
    func zeroDenominator() throws {
        let rows = (0..<60).map { "\($0 % 2 == 0 ? "A" : "B"),\($0 % 5),\($0 % 2 == 0 ? 1 + $0 % 3 : 0)" }
        let report = try measured("arm,x,n", rows) { $0.metric = ["x/n"] }
        #expect(report.isVoid && report.conclusion[0].contains("divided by"))
    }

    @Test("Range and p-value of few successes say the same, and the range holds its estimate", arguments: 0..<6, 0..<16)
    func agreement(control: Int, treatment: Int) throws {
        for (one, two) in [(1_000, 1_000), (900, 60), (60, 900)] {
            for side in Side.allCases {
                var settings = ExperimentSettings()
                settings.side = side
                let samples = MetricSamples(
                    "x", counts: [ShareCount(min(control, one), of: one), ShareCount(min(treatment, two), of: two)])
                let result = try experimentResult(
                    name: "t", arms: [.init("A"), .init("B")], samples: [samples], settings: settings)
                let effect = result.comparisons[0].absolute
                #expect((effect.pValue <= 0.05) == effect.leavesZeroOut)
                #expect(effect.lower <= effect.value && effect.value <= effect.upper)
                if let relative = result.comparisons[0].relative {
                    #expect((effect.pValue <= 0.05) == relative.leavesZeroOut)
                    #expect(relative.lower <= relative.value && relative.value <= relative.upper)
                }
            }
        }
    }

    @Test(
        "Ranges of few successes hold the truth at least as often as stated, arms of any size",
        arguments: [(60, 60), (1_000, 1_000), (900, 100), (3_000, 100)], [0.3, 1, 3])
    func coverage(units: (Int, Int), expected: Double) {
        let (one, two) = units
        func chances(_ n: Int, _ p: Double) -> [Double] {
            // Binomial, by recursion.
            var chances = [Double.init(1)]
            for _ in 0..<n {
                var next = [Double](repeating: 0, count: min(chances.count + 1, 22))
                for (k, chance) in chances.enumerated() {
                    next[k] += chance * (1 - p)
                    if k + 1 < next.count { next[k + 1] += chance * p }
                }
                chances = next
            }
            return chances
        }
        for factor in [0.5, 1, 2.5] {
            let (p0, p1) = (expected / Double(one), expected * factor / Double(two))
            var held = 0.0
            for (x0, c0) in chances(one, p0).enumerated() where c0 > 1e-7 {
                for (x1, c1) in chances(two, p1).enumerated() where c1 > 1e-7 {
                    let (control, treatment) = (ShareCount(x0, of: one), ShareCount(x1, of: two))
                    let isRejected = fisherExactPValue(control, treatment) <= 0.05
                    let range = rareShareEffects(control, treatment, isRejected: isRejected).absolute
                    if range.contains(p1 - p0) { held += c0 * c1 }
                }
            }
            #expect(held >= 0.95, "\(units), \(expected), \(factor): \(held)")
        }
    }

    @Test("One value that makes or hides the result stands in the headline; without one nothing does")
    func carried() throws {
        var values = values(400, seed: 4, lift: 3)
        func made() throws -> Report {
            try measured("arm,x", values.map { "\($0.arm),\($0.value)" }) { $0.metric = ["x"] }
        }
        #expect(try !made().isVoid)
        values[0].value = 9_000
        let hidden = try made()
        #expect(hidden.doubts.contains { $0.voiding?.contains("one value (9,000 in “A”)") == true })
        let cut = try measured("arm,x", values.map { "\($0.arm),\($0.value)" }) {
            $0.metric = ["x"]
            $0.winsorize = .init(0.99)
        }
        #expect(try !cut.isVoid && figure(cut, "difference").lower ?? 0 > 0)
        let said = cut.sections.flatMap(\.text).joined()
        #expect(said.contains("which takes away") && said.contains("of its sum"))
    }

    @Test("Winsorising cuts amounts at the quantile of those other than 0, and nothing else")
    func winsorising() throws {
        // 990 zeros and 1 to 200: the quantile of 0.99 among the latter is 198.01.
        let rows = (0..<1_190).map { "\($0 % 2 == 0 ? "A" : "B"),\(max(0, $0 - 989))" }
        let report = try measured("arm,x", rows) {
            $0.metric = ["x"]
            $0.winsorize = .init(0.99)
        }
        let text = report.sections.flatMap(\.text).joined()
        #expect(text.contains("2 values beyond 198.0 were set to it"))
    }

    @Test("Errors go by cluster: copies of a store's customers add nothing", arguments: [1, 5])
    func clusters(copies: Int) throws {
        let values = values(40, seed: 8, lift: 2)
        let rows = values.enumerated().flatMap { store, unit in
            (0..<copies).map { "s\(store),c\(store)-\($0),\(unit.arm),\(unit.value)" }
        }
        let clustered = try measured("store,customer,arm,x", rows) {
            $0.metric = ["x"]
            $0.cluster = "store"
        }
        let single = try measured("store,arm,x", values.enumerated().map { "s\($0),\($1.arm),\($1.value)" }) {
            $0.metric = ["x"]
        }
        for (left, right) in try [(figure(clustered, "difference"), figure(single, "difference"))] {
            #expect(abs(left.value - right.value) < 1e-9)
            #expect(
                abs((left.lower ?? 0) - (right.lower ?? 1)) < 1e-9 && abs((left.upper ?? 0) - (right.upper ?? 1)) < 1e-9
            )
        }
        #expect(clustered.understood.contains("40 levels of “store”"))
    }

    @Test("A cluster with units in both arms is left out, and many of them void the test")
    func mixedClusters() throws {
        let rows = values(400, seed: 2, lift: 0).enumerated().map { "s\($0 % 21),\($1.arm),\($1.value)" }
        let error = try #require(throws: MeasurementError.self) {
            try measured("store,arm,x", rows) {
                $0.metric = ["x"]
                $0.cluster = "store"
            }
        }
        #expect(error.description.contains("must share an arm"))
        let some = (0..<40).flatMap { store in
            (0..<6).map { "s\(store),\(store % 2 == 0 || store == 1 && $0 == 0 ? "A" : "B"),\(store + $0 * $0)" }
        }
        let report = try measured("store,arm,x", some) {
            $0.metric = ["x"]
            $0.cluster = "store"
        }
        #expect(report.warnings.contains { $0.contains("1 of 40 levels of “store”") } && !report.isVoid)
    }

    @Test("The same file twice is read once")
    func copies() throws {
        let rows = values(200, seed: 6, lift: 2).enumerated().map { "u\($0),\($1.arm),\($1.value)" }
        func made(_ rows: [String]) throws -> Report {
            try measured("id,arm,x", rows) {
                $0.metric = ["x"]
                $0.unit = "id"
            }
        }
        let (one, two) = (try made(rows), try made(rows + rows))
        #expect(one.figures == two.figures)
        #expect(two.warnings.contains { $0.contains("stands 2 times") })
    }

    @Test("Nobody is told not to act on shares that nobody planned", arguments: [0.1, 0.3, 0.47, 0.5])
    func unplanned(share: Double) throws {
        let units = 100_000.0
        let counts = [share, 1 - share].map { ShareCount(Int($0 * units / 20), of: Int($0 * units)) }
        let samples = [MetricSamples("x", counts: counts)]
        let result = try experimentResult(name: "t", arms: [.init("A"), .init("B")], samples: samples)
        #expect(result.plan == (share < 0.45 ? .unknown : .presumed))
        // 47 to 53 of 100,000 is no chance, and as near to equal as a plan that went wrong.
        #expect(experimentReport(result).isVoid == (share == 0.47))
        let planned = try experimentResult(
            name: "t", arms: [.init("A", plannedShare: 0.5), .init("B", plannedShare: 0.5)], samples: samples)
        #expect(experimentReport(planned).isVoid == (share != 0.5))
    }

    @Test("Options that would be passed over are refused")
    func ignored() {
        for change: (inout ExperimentRequest) -> Void in [
            { $0.tuning = 10 }, { $0.prior = 1 }, { $0.shape = .pocock },
            {
                $0.trials = "n"
                $0.segment = ["s"]
            },
            {
                $0.cluster = "c"
                $0.covariate = ["p"]
            }, { $0.winsorize = .init(1) },
        ] {
            #expect(throws: MeasurementError.self) {
                try measured("arm,x", ["A,1"]) {
                    $0.metric = ["x"]
                    change(&$0)
                }
            }
        }
    }
}
