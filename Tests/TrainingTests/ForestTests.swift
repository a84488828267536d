import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Random forest")
struct ForestTests {
    private func settings(trees: Int = 60, minimumLeaf: Int = 10) -> ForestSettings {
        var settings = ForestSettings()
        settings.trees = trees
        settings.minimumLeaf = minimumLeaf
        return settings
    }

    @Test("A forest ranks rows that it has not seen", arguments: [1, 2] as [UInt64])
    func learns(seed: UInt64) throws {
        let model = try fitForest(settings(), drawnExamples(rows: 3_000, seed: seed), output: .probability, seed: seed)
        let test = drawnExamples(rows: 3_000, seed: seed + 100)
        let predicted = predictions(model, test.features)
        #expect(try #require(RankingMetrics.auc(labels: test.targets.map { $0 == 1 }, scores: predicted)) > 0.75)
        #expect(predicted.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test("The forest's prediction is the mean of its trees' votes")
    func votes() throws {
        let examples = drawnExamples(rows: 500, seed: 5)
        let model = try fitForest(settings(trees: 20), examples, output: .probability, seed: 1)
        guard case .trees(let forest) = model.form else {
            Issue.record("no trees")
            return
        }
        #expect(forest.roots.count == 20 && forest.sum == .probability)
        for row in 0..<50 {
            let votes = forest.roots.map { root in
                var tree = forest
                tree.roots = [root]
                return tree.base + 20 * (examples.features.row(row) { sigmoid(tree.margin($0)) } - tree.base)
            }
            #expect(votes.allSatisfy { $0 > -0.001 && $0 < 1.001 })
            let mean = votes.reduce(0, +) / 20
            #expect(abs(examples.features.row(row) { model.predict($0) } - mean) < 1e-4)
        }
    }

    @Test("Trees too small to split vote with the weighted mean target of their draws")
    func weightedMean() throws {
        var examples = drawnExamples(rows: 2_000, seed: 6)
        examples.weights = examples.targets.map { $0 == 1 ? 3 : 1 }
        let model = try fitForest(settings(minimumLeaf: 1_500), examples, output: .probability, seed: 1)
        let positives = examples.targets.reduce(0, +)
        let expected = 3 * positives / (3 * positives + 2_000 - positives)
        // Each of the 60 trees draws its rows anew: a standard error of about 0.0015.
        #expect(abs(examples.features.row(0) { model.predict($0) } - expected) < 0.008)
    }

    @Test("Contributions add up to the margin and keep to the columns that matter")
    func contributions() throws {
        for output in [BatchModel.Output.probability, .mean] {
            let examples = drawnExamples(rows: 1_000, seed: 8, output: output)
            let model = try fitForest(settings(), examples, output: output, seed: 1)
            var sizes = [Double](repeating: 0, count: model.columns.count)
            for row in 0..<200 {
                let (base, columns) = examples.features.row(row) { model.contributions($0) }
                let margin = examples.features.row(row) { model.margin($0) }
                try #require(abs(base + columns.reduce(0, +) - margin) < 1e-3 * max(1, abs(margin)) * 0.1)
                for column in columns.indices { sizes[column] += abs(columns[column]) }
            }
            #expect(sizes[0] > 3 * sizes[5] && sizes[4] > 2 * sizes[5])
        }
    }

    @Test("The same seed gives the same forest, another seed another one")
    func seeds() throws {
        let examples = drawnExamples(rows: 300, seed: 4)
        let model = try fitForest(settings(trees: 5), examples, output: .mean, seed: 1)
        #expect(try fitForest(settings(trees: 5), examples, output: .mean, seed: 1) == model)
        #expect(try fitForest(settings(trees: 5), examples, output: .mean, seed: 2) != model)
    }
}
