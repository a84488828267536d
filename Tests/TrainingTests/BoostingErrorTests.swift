import Testing
import WeirLearning
import WeirTraining

@Suite("What boosting and forests refuse")
struct BoostingErrorTests {
    private func refusal(
        _ examples: Examples, _ settings: BoostingSettings = BoostingSettings(),
        output: BatchModel.Output = .probability,
        validation: Examples? = nil
    ) -> TrainingError? {
        do {
            _ = try fitBoosted(settings, examples, output: output, validation: validation, seed: 1)
            return nil
        } catch { return error }
    }

    @Test("Faults of the examples are named with their row")
    func examples() {
        let good = drawnExamples(rows: 20, seed: 1, weighted: true)
        #expect(refusal(good) == nil)

        let none = Examples(features: FeatureMatrix(columns: good.features.columns, values: []), targets: [])
        #expect(refusal(none) == .noExamples)
        var bad = good
        bad.targets = [Double](repeating: 1, count: 20)
        #expect(refusal(bad) == .oneClass(target: 1))
        #expect(refusal(bad, output: .mean) == nil)
        bad.targets[5] = 0
        #expect(refusal(bad) == nil)
        bad.weights?[5] = 0
        #expect(refusal(bad) == .oneClass(target: 1), "A row without weight is no example of its class.")
        bad = good
        bad.targets[7] = 0.5
        #expect(refusal(bad) == .invalidTarget(row: 7, value: 0.5, output: "probability"))
        #expect(refusal(bad, output: .mean) == nil)
        bad.targets[7] = .infinity
        #expect(refusal(bad, output: .mean) == .invalidTarget(row: 7, value: .infinity, output: "mean"))
        bad = good
        bad.targets.removeLast()
        #expect(refusal(bad) == .mismatchedCount(field: "targets", count: 19, rows: 20))
        bad = good
        bad.weights?.append(1)
        #expect(refusal(bad) == .mismatchedCount(field: "weights", count: 21, rows: 20))
        bad.weights = good.weights
        bad.weights?[3] = -1
        #expect(refusal(bad) == .invalidWeight(row: 3, value: -1))
        bad.weights = [Double](repeating: 0, count: 20)
        #expect(refusal(bad) == .noWeight)
        bad = good
        bad.features.values[6 * 2 + 1] = .infinity
        #expect(refusal(bad) == .invalidValue(row: 2, column: "x1", value: .infinity))
        bad = good
        for level in [40, -1, 1.5] as [Float] {
            bad.features.values[6 * 4 + 4] = level
            #expect(refusal(bad) == .unknownLevel(row: 4, column: "shop", value: level, levels: 40))
        }
        bad.features.values[6 * 4 + 4] = 39
        #expect(refusal(bad) == nil)
        bad = good
        bad.features.columns[0].name = "other"
        #expect(
            refusal(good, validation: bad)
                == .mismatchedColumns(
                    expected: good.features.columns.map(\.name), found: bad.features.columns.map(\.name)))
    }

    @Test("A NaN target is refused, whatever is learned", arguments: [BatchModel.Output.probability, .mean])
    func noTarget(output: BatchModel.Output) {
        var bad = drawnExamples(rows: 20, seed: 1)
        bad.targets[2] = .nan
        guard case .invalidTarget(row: 2, let value, _) = refusal(bad, output: output) else {
            Issue.record("accepted")
            return
        }
        #expect(value.isNaN)
    }

    @Test("Faults of the settings are named with the remedy")
    func settings() {
        let examples = drawnExamples(rows: 50, seed: 1)
        let faults: [(String, (inout BoostingSettings) -> Void)] = [
            ("rounds", { $0.rounds = 0 }), ("maximumDepth", { $0.maximumDepth = 0 }),
            ("learningRate", { $0.learningRate = 0 }),
            ("learningRate", { $0.learningRate = .nan }), ("rowShare", { $0.rowShare = 1.01 }),
            ("columnShare", { $0.columnShare = 0 }), ("minimumChildWeight", { $0.minimumChildWeight = -1 }),
            ("penalty", { $0.penalty = .infinity }), ("bins", { $0.bins = 1 }), ("threads", { $0.threads = 0 }),
            ("patience", { $0.patience = 5 }),
        ]
        for (name, change) in faults {
            var settings = BoostingSettings()
            change(&settings)
            guard case .invalidSetting(name, _, let remedy) = refusal(examples, settings) else {
                Issue.record("\(name) was accepted")
                continue
            }
            #expect(remedy.hasPrefix("Give "))
        }
        for change in [{ $0.trees = 0 }, { $0.minimumLeaf = 0 }, { $0.columnShare = 1.1 }, { $0.maximumDepth = -1 }]
            as [(inout ForestSettings) -> Void]
        {
            var settings = ForestSettings()
            change(&settings)
            #expect(throws: TrainingError.self) {
                try fitForest(settings, examples, output: .probability, seed: 1)
            }
        }
    }
}
