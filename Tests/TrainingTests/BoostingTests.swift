import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Gradient boosting")
struct BoostingTests {
    /// XGBoost's own booster, and the served form of its trees.
    private func grow(_ examples: Examples, _ output: BatchModel.Output, seed: UInt64) throws -> (
        booster: XGBoostBooster, matrix: XGBoostMatrix, served: TreeEnsemble
    ) {
        let matrix = try XGBoostMatrix(examples, threads: 1)
        let booster = try XGBoostBooster(
            [
                ("objective", output == .probability ? "binary:logistic" : "reg:squarederror"), ("base_score", "0.3"),
                ("tree_method", "hist"), ("max_depth", "\(2 + seed % 6)"), ("eta", "0.2"), ("subsample", "0.8"),
                ("seed", "\(seed)"), ("verbosity", "0"),
            ], seeing: matrix)
        for round in 0..<25 { try booster.update(round: round, on: matrix) }
        var served = TreeEnsemble(base: output == .probability ? logit(0.3) : 0.3)
        try served.append(xgboost: booster.save())
        return (booster, matrix, served)
    }

    @Test("Served margins equal XGBoost's to 1e-5, with missing values and categories", arguments: UInt64(0)..<8)
    func marginsEqual(seed: UInt64) throws {
        let output: BatchModel.Output = seed % 2 == 0 ? .probability : .mean
        let examples = drawnExamples(rows: 1_500, seed: seed, output: output, weighted: seed % 3 == 0)
        let (booster, matrix, served) = try grow(examples, output, seed: seed)
        #expect(served.levelSets.contains { !$0.isEmpty }, "Some split is on a category.")
        let expected = try booster.predict(matrix)
        for row in 0..<examples.features.rows {
            let margin = examples.features.row(row) { served.margin($0) }
            try #require(abs(margin - Double(expected[row])) <= 1e-5 * max(1, abs(margin)))
        }
    }

    @Test("SHAP values equal XGBoost's to 1e-4 and add up to the margin", arguments: UInt64(0)..<8)
    func contributionsEqual(seed: UInt64) throws {
        let output: BatchModel.Output = seed % 2 == 0 ? .probability : .mean
        let examples = drawnExamples(rows: 400, seed: seed, output: output, weighted: seed % 3 == 0)
        let (booster, matrix, served) = try grow(examples, output, seed: seed)
        let model = BatchModel(columns: examples.features.columns, output: output, form: .trees(served))
        let width = model.columns.count
        let expected = try booster.predict(matrix, contributions: true)
        for row in 0..<examples.features.rows {
            let (base, columns) = examples.features.row(row) { model.contributions($0) }
            let margin = examples.features.row(row) { model.margin($0) }
            try #require(abs(base + columns.reduce(0, +) - margin) < 1e-5)
            try #require(abs(base - Double(expected[row * (width + 1) + width])) < 1e-4)
            for column in 0..<width {
                try #require(abs(columns[column] - Double(expected[row * (width + 1) + column])) < 1e-4)
            }
        }
    }

    @Test("A fitted model predicts better than the rate, on rows that it has not seen", arguments: [1, 2] as [UInt64])
    func learns(seed: UInt64) throws {
        let fit = try fitBoosted(
            BoostingSettings(), drawnExamples(rows: 4_000, seed: seed), output: .probability, seed: seed)
        let test = drawnExamples(rows: 4_000, seed: seed + 100)
        let predicted = predictions(fit.model, test.features)
        #expect(try #require(RankingMetrics.auc(labels: test.targets.map { $0 == 1 }, scores: predicted)) > 0.78)
        #expect(fit.rounds == 150 && fit.validationLoss == nil)
    }

    @Test("Early stopping keeps the rounds with the least validation loss")
    func stopsEarly() throws {
        var settings = BoostingSettings()
        settings.learningRate = 0.3
        settings.maximumDepth = 5
        settings.rounds = 400
        settings.patience = 20
        for output in [BatchModel.Output.probability, .mean] {
            let train = drawnExamples(rows: 1_000, seed: 1, output: output)
            let validation = drawnExamples(rows: 1_000, seed: 2, output: output)
            let stopped = try fitBoosted(settings, train, output: output, validation: validation, seed: 7)
            #expect(stopped.rounds < 380)
            #expect(abs(try #require(stopped.validationLoss) - meanLoss(stopped.model, validation)) < 1e-5)
            // The same rounds without a look at the validation rows give the same model, and no other count does better.
            var fixed = settings
            fixed.patience = 0
            fixed.rounds = stopped.rounds
            let repeated = try fitBoosted(fixed, train, output: output, seed: 7)
            #expect(repeated.model == stopped.model)
            for rounds in [stopped.rounds - 1, stopped.rounds + 1, stopped.rounds + 20] {
                fixed.rounds = rounds
                let other = try fitBoosted(fixed, train, output: output, validation: validation, seed: 7)
                #expect(try #require(other.validationLoss) >= stopped.validationLoss!)
            }
        }
    }

    @Test("A weight of 2 counts like the row twice, a weight of 0 like no row")
    func weights() throws {
        // Few distinct values, so that both matrices have the same bins.
        var random = Xoshiro256StarStar(seed: 3)
        let columns = [BatchModel.Column(name: "a"), BatchModel.Column(name: "b")]
        var values = ContiguousArray<Float>()
        var targets: [Double] = []
        for _ in 0..<300 {
            let row = [Float(Int(random.unit() * 20)), Float(Int(random.unit() * 20))]
            values += row
            targets.append(random.unit() < Double(row[0]) / 20 ? 1 : 0)
        }
        let features = FeatureMatrix(columns: columns, values: values)
        let weights = (0..<300).map { Double($0 % 3) }
        let positions = (0..<300).flatMap { Array(repeating: $0, count: $0 % 3) }
        var settings = BoostingSettings()
        settings.rowShare = 1
        settings.rounds = 20
        let weighted = try fitBoosted(
            settings, Examples(features: features, targets: targets, weights: weights), output: .probability, seed: 1)
        let repeated = try fitBoosted(
            settings, Examples(features: features.rows(positions), targets: positions.map { targets[$0] }),
            output: .probability, seed: 1)
        let pairs = zip(predictions(weighted.model, features), predictions(repeated.model, features))
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(
            weighted.model
                != (try fitBoosted(
                    settings, Examples(features: features, targets: targets), output: .probability, seed: 1
                ).model))
    }

    @Test("Columns that say nothing leave the mean target")
    func mean() throws {
        let features = FeatureMatrix(columns: [.init(name: "same")], values: .init(repeating: 1, count: 10))
        let targets = (0..<10).map { $0 < 3 ? 1.0 : 0 }
        var settings = BoostingSettings()
        settings.rowShare = 1
        let fit = try fitBoosted(
            settings, Examples(features: features, targets: targets), output: .probability, seed: 1)
        #expect(abs(predictions(fit.model, features)[0] - 0.3) < 1e-4)
        let shifted = Examples(features: features, targets: targets.map { $0 + 100 })
        let mean = try fitBoosted(settings, shifted, output: .mean, seed: 1)
        #expect(abs(predictions(mean.model, features)[0] - 100.3) < 1e-3)
    }

    @Test("The same seed gives the same model, another seed another one; encoding changes nothing")
    func seeds() throws {
        let examples = drawnExamples(rows: 600, seed: 4)
        var settings = BoostingSettings()
        settings.rounds = 15
        let model = try fitBoosted(settings, examples, output: .probability, seed: 1).model
        #expect(try fitBoosted(settings, examples, output: .probability, seed: 1).model == model)
        #expect(try fitBoosted(settings, examples, output: .probability, seed: 2).model != model)
        #expect(try JSONDecoder().decode(BatchModel.self, from: JSONEncoder().encode(model)) == model)
    }

    @Test("A level beyond the known ones goes where unlisted levels go; a missing one where missing values go")
    func levels() {
        // Levels 1 and 33 go right.
        let trees = TreeEnsemble(
            column: [0, -1, -1], threshold: [0, 1, 2], left: [1, 0, 0], missingGoesLeft: [false, false, false],
            cover: [2, 1, 1], levelSet: [0, -1, -1], levelSets: [[2, 2]], roots: [0], base: 0)
        let expected: [(Float, Double)] = [
            (0, 1), (1, 2), (32, 1), (33, 2), (34, 1), (64, 1), (65, 1), (-1, 1), (.nan, 2),
        ]
        for (value, margin) in expected {
            #expect(withUnsafePointer(to: value) { trees.margin(UnsafeBufferPointer(start: $0, count: 1)) } == margin)
        }
    }
}
