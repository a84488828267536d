import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Permutation importance")
struct PermutationImportanceTests {
    @Test("Columns that matter come first; one that says nothing is about 0")
    func order() throws {
        let model = try fitBoosted(
            BoostingSettings(), drawnExamples(rows: 4_000, seed: 1), output: .probability, seed: 1
        ).model
        let test = drawnExamples(rows: 2_000, seed: 2)
        let found = try permutationImportance(of: model, on: test, repeats: 5, seed: 1)
        #expect(Set(found.prefix(2).map(\.column)) == ["x0", "shop"])
        for column in found where ["x3", "kind"].contains(column.column) { #expect(abs(column.rise) < 0.005) }
        #expect(found.map(\.rise) == found.map(\.rise).sorted(by: >))
        #expect(found.prefix(2).allSatisfy { $0.standardDeviation > 0 && $0.standardDeviation < $0.rise / 4 })
        #expect(try permutationImportance(of: model, on: test, repeats: 5, seed: 1) == found)
        #expect(try permutationImportance(of: model, on: test, repeats: 5, seed: 2) != found)
    }

    @Test("For a mean that is a column itself, the squared error rises by twice its variance")
    func meanSquare() throws {
        var random = Xoshiro256StarStar(seed: 1)
        let values = ContiguousArray((0..<4_000).map { _ in Float(random.standardNormal()) })
        let model = BatchModel(
            columns: [.init(name: "x")], output: .mean,
            form: .linear(LinearScore(bias: 0, terms: [.number(center: 0, scale: 1, weight: 1, missing: 0)])))
        let examples = Examples(
            features: FeatureMatrix(columns: model.columns, values: values), targets: values.map(Double.init))
        let found = try permutationImportance(of: model, on: examples, repeats: 10, seed: 1)
        #expect(abs(found[0].rise - 2) < 0.1)
    }

    @Test("Other columns than the model's, and no repeats, are refused")
    func refused() {
        let model = BatchModel(
            columns: [.init(name: "x")], output: .mean,
            form: .linear(LinearScore(bias: 0, terms: [.number(center: 0, scale: 1, weight: 1, missing: 0)])))
        let other = drawnExamples(rows: 10, seed: 1, output: .mean)
        #expect(throws: TrainingError.mismatchedColumns(expected: ["x"], found: other.features.columns.map(\.name))) {
            try permutationImportance(of: model, on: other, seed: 1)
        }
        #expect(throws: TrainingError.self) { try permutationImportance(of: model, on: other, repeats: 0, seed: 1) }
    }
}
