import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Linear models")
struct LinearTests {
    /// The same numbers as in the reference: 300 rows of five columns of very different scales.
    private static let rows = 300
    private static let table: [[Float]] = (0..<rows).map { row in
        (0..<5).map { column in
            let raw = Double((row * (7 + 3 * column) + 5 * column * column) % 31) / 10 - 1
            return Float(column == 1 ? raw * 100 + 1000 : column == 2 ? exp(raw) : raw)
        }
    }
    private static func noise(_ row: Int) -> Double { Double((row * 37) % 101) / 101 }
    private static func margin(_ row: Int) -> Double {
        let x = table[row].map(Double.init)
        return x[0] - (x[1] - 1150) / 100 + 0.3 * x[2] - x[4]
    }
    private static let labels = (0..<rows).map { sigmoid(margin($0) - 1) > noise($0) ? 1.0 : 0 }
    private static var features: FeatureMatrix {
        FeatureMatrix(
            columns: (0..<5).map { BatchModel.Column(name: "x\($0)") }, values: ContiguousArray(table.joined()))
    }

    private static func score(
        _ examples: Examples, penalty: Double, output: BatchModel.Output = .probability
    ) throws -> LinearScore {
        var settings = LinearSettings()
        settings.penalty = penalty
        guard case .linear(let score) = try fitLinear(settings, examples, output: output).form else {
            throw CancellationError()
        }
        return score
    }

    /// Weights on standardised columns, and the bias.
    private static func weights(_ score: LinearScore) -> [Double] {
        score.terms.map {
            if case .number(_, _, let weight, _) = $0 { weight } else { .nan }
        } + [score.bias]
    }

    private static func isNear(_ found: [Double], _ expected: [Double], within tolerance: Double = 1e-4) -> Bool {
        found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < tolerance }
    }

    // scikit-learn 1.9.1, LogisticRegression(C=1/penalty, tol=1e-12) after StandardScaler.
    @Test(
        "Logistic regression equals scikit-learn's",
        arguments: [
            (1, [0.68062180, -0.89893717, 0.40882008, -0.03089874, -0.87666043, 0.77172151]),
            (0.01, [0.71361851, -0.92931422, 0.42552373, -0.02764445, -0.91062137, 0.78681508]),
            (100, [0.17846031, -0.29917735, 0.14308679, -0.05866076, -0.26574020, 0.56285301]),
        ] as [(Double, [Double])])
    func logistic(penalty: Double, expected: [Double]) throws {
        let score = try Self.score(Examples(features: Self.features, targets: Self.labels), penalty: penalty)
        #expect(Self.isNear(Self.weights(score), expected))
    }

    @Test("Weighted logistic regression equals scikit-learn's, and a weight of 2 is the row twice")
    func weighted() throws {
        let weights = (0..<Self.rows).map { Double(1 + $0 % 3) }
        let score = try Self.score(
            Examples(features: Self.features, targets: Self.labels, weights: weights), penalty: 1)
        let expected = [0.82011074, -0.78584083, 0.54411954, -0.07812504, -1.00895005, 0.72369537]
        #expect(Self.isNear(Self.weights(score), expected))

        let repeated = (0..<Self.rows).flatMap { row in repeatElement(row, count: 1 + row % 3) }
        let twice = try Self.score(
            Examples(features: Self.features, targets: Self.labels).rows(repeated), penalty: 1)
        #expect(Self.isNear(Self.weights(twice), expected))
    }

    @Test("Ridge regression equals scikit-learn's")
    func ridge() throws {
        let targets = (0..<Self.rows).map { Self.margin($0) + Self.noise($0) }
        let score = try Self.score(
            Examples(features: Self.features, targets: targets), penalty: 10, output: .mean)
        let expected = [0.87403958, -0.85673948, 0.59627134, -0.01123597, -0.85347516, 2.21356116]
        #expect(Self.isNear(Self.weights(score), expected))
    }

    @Test("A missing value and each level have weights of their own, as in scikit-learn with indicator columns")
    func missingAndCategories() throws {
        let columns = [
            BatchModel.Column(name: "a"), BatchModel.Column(name: "b"), BatchModel.Column(name: "c"),
            BatchModel.Column(name: "kind", levels: ["0", "1", "2", "3"]),
        ]
        var values = ContiguousArray<Float>()
        for (row, x) in Self.table.enumerated() {
            values += [row % 7 == 3 ? .nan : x[0], x[2], x[4], row % 11 == 5 ? .nan : Float(row * row % 4)]
        }
        let score = try Self.score(
            Examples(features: FeatureMatrix(columns: columns, values: values), targets: Self.labels), penalty: 1)
        guard case .number(_, _, let a, let missing) = score.terms[0],
            case .category(let levels, let missingKind) = score.terms[3]
        else { throw CancellationError() }
        let others = Self.weights(score)
        #expect(
            Self.isNear(
                [a, others[1], others[2], missing] + levels + [missingKind, score.bias],
                [
                    0.64577796, 0.50214274, -0.74879786, -0.35735030, -0.08159201, -0.03509436, 0, 0, 0.11668527,
                    0.79591491,
                ]))
    }

    @Test("On many rows, where the curvature is that of a part, the gradient is 0 at the end", arguments: UInt64(1)...3)
    func many(seed: UInt64) throws {
        // More rows than curvature is taken from; a rare outcome, two columns that nearly say the same.
        let rows = 450_000
        var random = Xoshiro256StarStar(seed: seed)
        var values = ContiguousArray<Float>()
        var targets: [Double] = []
        for _ in 0..<rows {
            let x = random.standardNormal()
            let row = [x, x + 0.05 * random.standardNormal(), 1_000 + 10 * random.standardNormal()]
            targets.append(random.unit() < sigmoid(x + (row[2] - 1_000) / 20 - 5) ? 1 : 0)
            values += row.map { random.unit() < 0.01 ? .nan : Float($0) }
        }
        let features = FeatureMatrix(columns: (0..<3).map { .init(name: "x\($0)") }, values: values)
        let examples = Examples(features: features, targets: targets)
        let model = try fitLinear(LinearSettings(), examples, output: .probability)
        let score = try Self.score(examples, penalty: 1)
        var gradient = [Double](repeating: 0, count: 7)
        for (row, probability) in model.predictions(features).enumerated() {
            let residual = probability - targets[row]
            gradient[6] += residual
            for column in 0..<3 {
                guard case .number(let center, let scale, _, _) = score.terms[column] else { continue }
                let value = values[row * 3 + column]
                if value.isNaN {
                    gradient[3 + column] += residual
                } else {
                    gradient[column] += residual * (Double(value) - center) / scale
                }
            }
        }
        for column in 0..<3 {
            guard case .number(_, _, let weight, let missing) = score.terms[column] else { continue }
            gradient[column] += weight
            gradient[3 + column] += missing
        }
        // The noise of the gradient itself has a standard deviation of about √(rows × rate) = 60.
        #expect(gradient.allSatisfy { abs($0) < 0.3 }, "\(gradient)")
    }

    @Test("A constant column and one that says the same as another do no harm", arguments: [0.0, 1])
    func degenerate(penalty: Double) throws {
        let columns = (0..<4).map { BatchModel.Column(name: "x\($0)") }
        let values = Self.table.reduce(into: ContiguousArray<Float>()) { $0 += [$1[0], 7, $1[0], $1[4]] }
        let examples = Examples(features: FeatureMatrix(columns: columns, values: values), targets: Self.labels)
        let score = try Self.score(examples, penalty: penalty)
        let found = Self.weights(score)
        #expect(found.allSatisfy { $0.isFinite })
        #expect(found[1] == 0)
        // Without a penalty only their sum is determined.
        if penalty > 0 { #expect(abs(found[0] - found[2]) < 1e-3) }
    }

    @Test("Outcomes that a column separates give finite weights, with penalty and without", arguments: [0.0, 1])
    func separable(penalty: Double) throws {
        let features = FeatureMatrix(
            columns: [.init(name: "x")], values: ContiguousArray((0..<40).map { Float($0) }))
        let examples = Examples(features: features, targets: (0..<40).map { $0 < 20 ? 0 : 1 })
        let model = try fitLinear(settings(penalty), examples, output: .probability)
        let predicted = model.predictions(features)
        #expect(predicted.allSatisfy { $0.isFinite })
        #expect(predicted[10] < 0.2 && predicted[30] > 0.8)
    }

    private func settings(_ penalty: Double) -> LinearSettings {
        var settings = LinearSettings()
        settings.penalty = penalty
        return settings
    }

    @Test("What cannot be learned from is refused by name")
    func refusals() {
        let features = Self.features
        #expect(throws: TrainingError.oneClass(target: 1)) {
            try fitLinear(
                settings(1), Examples(features: features, targets: Array(repeating: 1, count: Self.rows)),
                output: .probability)
        }
        #expect(throws: TrainingError.self) {
            try fitLinear(settings(-1), Examples(features: features, targets: Self.labels), output: .probability)
        }
        var infinite = features
        infinite.values[7] = .infinity
        #expect(throws: TrainingError.invalidValue(row: 1, column: "x2", value: .infinity)) {
            try fitLinear(settings(1), Examples(features: infinite, targets: Self.labels), output: .probability)
        }
        var huge = features
        huge.values[7] = 1e30
        #expect(throws: TrainingError.self) {
            try fitLinear(settings(1), Examples(features: huge, targets: Self.labels), output: .probability)
        }
    }

    @Test("Rows of any number of columns give the same as with columns of zeros beside them", arguments: 1...9)
    func widths(width: Int) throws {
        func features(_ padding: Int) -> FeatureMatrix {
            var values = ContiguousArray<Float>()
            for row in Self.table {
                for column in 0..<width { values.append(row[column % 5] + Float(column)) }
                for _ in 0..<padding { values.append(0) }
            }
            return FeatureMatrix(columns: (0..<width + padding).map { .init(name: "x\($0)") }, values: values)
        }
        let narrow = try Self.score(Examples(features: features(0), targets: Self.labels), penalty: 1)
        let wide = try Self.score(Examples(features: features(8), targets: Self.labels), penalty: 1)
        #expect(
            Self.isNear(
                Self.weights(narrow), Array(Self.weights(wide)[..<width]) + [wide.bias], within: 1e-6))
    }
}
