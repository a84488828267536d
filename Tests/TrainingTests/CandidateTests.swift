import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTables
import WeirTraining

@Suite("Candidates, class weights and tables")
struct CandidateTests {
    @Test("The AUC's interval is DeLong's, on the logit scale")
    func deLong() throws {
        let labels = (0..<80).map { $0 * 37 % 80 < 30 }
        let scores = (0..<80).map { row in
            (Double((row * 53) % 97) / 10 + (labels[row] ? 3 : 0)).rounded(.toNearestOrEven)
        }
        let found = try #require(aucInterval(labels: labels, scores: scores))
        // The definition's double loop, in NumPy.
        #expect(abs(found.estimate - 0.5663333333) < 1e-9)
        #expect(abs(found.lower - 0.43262251438) < 1e-6)
        #expect(abs(found.upper - 0.69103712336) < 1e-6)
    }

    @Test("The AUC's interval holds the truth about 95 times in a hundred")
    func coverage() {
        // Of normal scores a distance of 1 apart: Φ(1 ÷ √2).
        let truth = 0.760_249_938_906_523
        var held = 0
        for seed in 0..<UInt64(400) {
            var random = Xoshiro256StarStar(seed: seed)
            let labels = (0..<120).map { $0 < 30 }
            let scores = labels.map { random.standardNormal() + ($0 ? 1 : 0) }
            if aucInterval(labels: labels, scores: scores)?.contains(truth) ?? false { held += 1 }
        }
        #expect((368...394).contains(held), "\(held) of 400")
    }

    @Test("Of shuffled labels a candidate says that nobody should act on it; of a strong signal it does not")
    func doubts() throws {
        func candidate(strength: Double, rows: Int, columns: Int) throws -> [String] {
            var random = Xoshiro256StarStar(seed: 5)
            let values = ContiguousArray((0..<rows * columns).map { _ in Float(random.standardNormal()) })
            let targets = (0..<rows).map { random.unit() < sigmoid(strength * Double(values[$0 * columns])) ? 1.0 : 0 }
            let examples = Examples(
                features: FeatureMatrix(columns: (0..<columns).map { .init(name: "x\($0)") }, values: values),
                targets: targets)
            let earlier = examples.rows(Array(0..<rows / 2))
            let later = examples.rows(Array(rows / 2..<rows))
            let model = try fit(.linear(LinearSettings()), earlier, output: .probability, seed: 1)
            return Candidate(
                name: "logistic", learner: .linear(LinearSettings()), model: model, validation: later,
                calibration: .auto
            ).doubts(learnedFrom: earlier)
        }
        #expect(try candidate(strength: 2, rows: 2_000, columns: 4).isEmpty)
        let shuffled = try candidate(strength: 0, rows: 2_000, columns: 4)
        #expect(shuffled.count == 1 && shuffled[0].contains("Do not act on it"))
        let wide = try candidate(strength: 2, rows: 200, columns: 20)
        #expect(wide.contains { $0.contains("fewer than ten each") })
    }

    @Test("Balanced weights give both classes the same sum; calibration brings the rates back")
    func classWeights() throws {
        let examples = drawnExamples(rows: 4_000, seed: 3)
        let rare = Examples(
            features: examples.features,
            targets: examples.targets.enumerated().map { $0 % 5 == 0 ? $1 : 0 })
        let weighted = rare.weighted(.balanced)
        let sums = [0.0, 1].map { label in
            zip(rare.targets, weighted.weights!).reduce(0) { $0 + ($1.0 == label ? $1.1 : 0) }
        }
        #expect(abs(sums[0] - sums[1]) < 1e-6 && abs(sums[0] - 2_000) < 1e-6)

        let later = rare.rows(Array(2_000..<4_000))
        let model = try fit(
            .linear(LinearSettings()), weighted.rows(Array(0..<2_000)), output: .probability, seed: 1)
        let rate = later.targets.reduce(0, +) / 2_000
        let before = model.predictions(later.features).reduce(0, +) / 2_000
        let candidate = Candidate(
            name: "logistic", learner: .linear(LinearSettings()), model: model, validation: later, calibration: .auto)
        let after = candidate.model.predictions(later.features).reduce(0, +) / 2_000
        #expect(before > 2 * rate)
        #expect(abs(after - rate) < 0.01)
    }

    @Test("Early stopping is remembered as a number of rounds, so that all rows can be learned from the same way")
    func settled() throws {
        let examples = drawnExamples(rows: 1_200, seed: 8)
        var settings = BoostingSettings()
        settings.patience = 5
        settings.rounds = 400
        let (model, learner) = try fitSettled(
            .boosted(settings), examples.rows(Array(0..<800)), output: .probability,
            validation: examples.rows(Array(800..<1_200)), threads: 1, seed: 1)
        guard case .boosted(let kept) = learner, case .trees(let trees) = model.form else {
            throw CancellationError()
        }
        #expect(kept.patience == 0 && kept.rounds < 400 && trees.roots.count == kept.rounds)
    }

    private static let table = Table(
        name: "sample.csv", names: ["id", "day", "kind", "spend", "label"],
        columns: [
            .categories(codes: [0, 1, 2, 3], levels: ["a", "b", "c", "d"]),
            .categories(codes: [1, 0, 0, 1], levels: ["2017-02-01", "2017-01-01"]),
            .categories(codes: [0, 1, -1, 0], levels: ["x", "y"]), .numbers([1, .nan, 3, 4]),
            .numbers([0, 1, .nan, 1]),
        ])

    @Test("A table's rows become examples: levels as indices, empty cells as missing, rows without target left out")
    func labelledRows() throws {
        let rows = try LabelledRows(Self.table, roles: .init(target: "label", time: "day", ignored: ["id"]))
        #expect(rows.examples.features.columns == [.init(name: "kind", levels: ["x", "y"]), .init(name: "spend")])
        #expect(rows.examples.targets == [0, 1, 1])
        #expect(rows.output == .probability)
        #expect(rows.period == ["2017-01-01T00:00:00.000Z", "2017-02-01T00:00:00.000Z"])
        let values = rows.examples.features.values
        #expect(values[0] == 0 && values[1] == 1 && values[2] == 1 && values[3].isNaN && values[5] == 4)
        #expect(rows.notes == ["1 rows have no “label” and were left out."])
        // A target that is not all 0 and 1 is a mean's.
        #expect(try LabelledRows(Self.table, roles: .init(target: "spend", ignored: ["id"])).output == .mean)
    }

    @Test("A level that a model does not know is missing when it predicts")
    func unknownLevel() throws {
        let features = try FeatureMatrix(Self.table, columns: [.init(name: "kind", levels: ["y"])])
        #expect(features.values[0].isNaN && features.values[1] == 0 && features.values[2].isNaN)
    }

    @Test("Unknown columns and unreadable times are named")
    func faults() {
        #expect(throws: TableError.self) { try LabelledRows(Self.table, roles: .init(target: "labl")) }
        #expect(throws: TrainingError.self) {
            try LabelledRows(Self.table, roles: .init(target: "label", time: "kind"))
        }
        #expect(throws: TrainingError.self) {
            try LabelledRows(Self.table, roles: .init(target: "label", features: ["label"]))
        }
    }
}
