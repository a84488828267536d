import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

/// Sixty customers with holes, and what scikit-learn 1.9.1 and NumPy make of them: numbers standardised by mean and
/// population deviation, a missing one set to the mean with a column of its own, a column for each level.
private enum Customers {
    static let age: [Float] = [
        40, 44, 37, 29, 35, 28, 41, 56, .nan, 33, 46, 44, .nan, 29, 40, 48, 24, 35, 17, 25, 18, 37, 25,
        .nan, 42, 38, 10, 34, .nan, 41, 22, 34, 28, 30, .nan, .nan, .nan, 51, 33, 39, 41, .nan, 25, 41, 56,
        .nan, 50, 41, 32, 64, 49, 26, 41, 47, .nan, 48, 39, 48, .nan, 32,
    ]
    static let spend: [Float] = [
        8.69, 5.1, 8.18, 2.86, 4.65, 6.32, 15.17, 18.47, 2.56, 3.91, 12.4, 1.5, 5.1, 6.84, 20.2, 12.83,
        5.69, 5.5, 6.05, 25, 5.25, 5.8, 9.8, 6.71, 6.31, 3.03, 7.32, 5.18, 18.78, 12.46, 7.25, 12.61, 5.63,
        17.14, 7.36, 11.78, 2.63, 9.75, 1.91, 1.45, 5.79, 3.6, 8.43, 44.51, 3.8, 4.49, 8.71, 10.96, 6.42,
        6.27, 12.96, 11.2, 3.23, 6.94, 7.6, 3.18, 9.1, 3.72, 16.08, 8.62,
    ]
    static let city: [Float] = [
        2, 1, 1, 2, 2, 1, 0, 2, 0, 0, 0, 0, 2, 1, .nan, 0, 1, 1, 0, 2, 2, 1, 2, 1, .nan, 0, 0, 2, 0, 1, 0,
        2, 0, 1, 2, 1, 2, 2, 2, 2, 1, 1, 2, 1, 2, .nan, 1, 1, 2, .nan, 0, 0, 0, 1, .nan, 1, 1, 2, 2, 0,
    ]
    static let bought: [Double] = [
        1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
        0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0,
    ]
    static let score: [Double] = [
        -1.67, -0.18, -1.26, -3.67, -1.15, -1.79, -0.67, 0.65, -2.27, -4.76, -1.63, -1.62, -2.99, -0.25,
        1.96, 0.03, -1.51, 0.95, -4.89, -0.69, -6.1, -0.7, -1.66, 1.2, -3.08, -4.05, -5.64, -2.87, 0.45,
        1.21, -3.65, -1.98, -3.71, 1.03, -1.71, 1.76, -0.7, 0.04, -3.86, -5.1, 0.05, -2.33, -4.82, 8.26,
        -0.53, -2.35, -0.57, 0.32, -3.79, 0.69, 2.15, -2.54, -3.63, -0.68, -1.64, -0.34, -1.03, -1.94,
        -1.03, -1.56,
    ]

    static func examples(_ targets: [Double]) -> Examples {
        let columns: [BatchModel.Column] = [
            .init(name: "age"), .init(name: "spend"), .init(name: "city", levels: ["Bonn", "Köln", "Ulm"]),
        ]
        let values = targets.indices.flatMap { [Self.age[$0], Self.spend[$0], Self.city[$0]] }
        return Examples(features: FeatureMatrix(columns: columns, values: ContiguousArray(values)), targets: targets)
    }
}

@Suite struct TrainingSmallTests {
    /// The order of `linearWeights`: age, age missing, spend, Bonn, Köln, Ulm, city missing.
    struct Peer: Sendable {
        var penalty: Double
        var weights: [Double]
        var bias: Double
        var errors: [Double]
    }

    static let peers = [
        Peer(
            penalty: 0.1, weights: [1.029321, 0.530067, 1.107434, 0.167745, 0.475866, -0.304803, -0.338808],
            bias: -1.046455, errors: [0.423613, 0.783822, 0.418604, 1.686722, 1.662802, 1.674372, 1.775811]),
        Peer(
            penalty: 1, weights: [0.85251, 0.287734, 0.932457, 0.075603, 0.323574, -0.259533, -0.139644],
            bias: -0.90495, errors: [0.364826, 0.614479, 0.369715, 0.686616, 0.660534, 0.67294, 0.774694]),
        Peer(
            penalty: 10, weights: [0.409092, 0.044149, 0.450259, 0.003186, 0.094677, -0.098807, 0.000943],
            bias: -0.739203, errors: [0.22756, 0.29009, 0.221875, 0.286951, 0.283179, 0.283743, 0.30192]),
    ]

    @Test("Weights, bias and Laplace errors are those of the established packages", arguments: peers)
    func weights(peer: Peer) throws {
        var settings = LinearSettings()
        settings.penalty = peer.penalty
        let examples = Customers.examples(Customers.bought)
        let model = try fitLinear(settings, examples, output: .probability)
        guard case .linear(let score) = model.form else { return #expect(Bool(false), "no linear model") }
        #expect(abs(score.bias - peer.bias) < 1e-4)
        let found = try #require(model.linearWeights(learnedFrom: examples, settings))
        #expect(
            found.map(\.name) == [
                "age", "age is missing", "spend", "city = Bonn", "city = Köln", "city = Ulm", "city is missing",
            ])
        for (found, (weight, error)) in zip(found, zip(peer.weights, peer.errors)) {
            #expect(abs(found.weight.estimate - weight) < 1e-4, "\(found.name)")
            #expect(abs((found.weight.upper - found.weight.lower) / 2 / 1.959964 - error) < 2e-4, "\(found.name)")
        }
    }

    @Test("Ridge regression finds the weights of the established package")
    func ridge() throws {
        let examples = Customers.examples(Customers.score)
        let model = try fitLinear(LinearSettings(), examples, output: .mean)
        let found = try #require(model.linearWeights(learnedFrom: examples, LinearSettings()))
        let expected = [1.088885, 0.626172, 1.408337, -0.478262, 1.31949, -0.576227, -0.265002]
        for (found, weight) in zip(found, expected) {
            #expect(abs(found.weight.estimate - weight) < 1e-4, "\(found.name)")
        }
        #expect(found.count == expected.count)
    }

    @Test("About 95 % of intervals hold the weight that the data were drawn from")
    func coverage() throws {
        var settings = LinearSettings()
        settings.penalty = 1e-3
        var held = 0
        for seed in UInt64(0)..<200 {
            var random = Xoshiro256StarStar(seed: seed)
            let values = (0..<300).map { _ in random.standardNormal() }
            let targets = values.map { random.unit() < sigmoid(0.8 * $0 - 1) ? 1.0 : 0 }
            let examples = Examples(
                features: FeatureMatrix(columns: [.init(name: "x")], values: ContiguousArray(values.map(Float.init))),
                targets: targets)
            let model = try fitLinear(settings, examples, output: .probability)
            guard case .linear(let score) = model.form, case .number(_, let scale, _, _) = score.terms[0] else {
                continue
            }
            let weight = try #require(model.linearWeights(learnedFrom: examples, settings)?.first?.weight)
            if weight.contains(0.8 * scale) { held += 1 }
        }
        // Binomial with 200 trials at 0.95: 181 is three deviations below, 199 nearly three above.
        #expect((181...199).contains(held))
    }

    @Test("A constant column has no weight to speak of, and trees have none at all")
    func noWeights() throws {
        let columns: [BatchModel.Column] = [.init(name: "x"), .init(name: "constant")]
        let values = (0..<40).flatMap { row -> [Float] in [Float(row % 7), 5] }
        let examples = Examples(
            features: FeatureMatrix(columns: columns, values: ContiguousArray(values)),
            targets: (0..<40).map { Double($0 % 2) })
        let model = try fitLinear(LinearSettings(), examples, output: .probability)
        #expect(model.linearWeights(learnedFrom: examples, LinearSettings())?.map(\.name) == ["x"])
        var trees = ForestSettings()
        trees.trees = 2
        let forest = try fitForest(trees, examples, output: .probability, seed: 1)
        #expect(forest.linearWeights(learnedFrom: examples, LinearSettings()) == nil)
    }

    @Test("Without any signal the penalty becomes strong, with a clear one weak", arguments: UInt64(0)..<8)
    func penalty(seed: UInt64) throws {
        var random = Xoshiro256StarStar(seed: seed)
        let width = 8
        let values = (0..<240 * width).map { _ in Float(random.standardNormal()) }
        let columns = (0..<width).map { BatchModel.Column(name: "x\($0)") }
        let features = FeatureMatrix(columns: columns, values: ContiguousArray(values))
        let noise = Examples(features: features, targets: (0..<240).map { _ in random.unit() < 0.3 ? 1 : 0 })
        let signal = Examples(
            features: features,
            targets: (0..<240).map { random.unit() < sigmoid(3 * Double(values[$0 * width])) ? 1 : 0 })
        let free = try PenaltyChoice(signal, output: .probability)
        let strict = try PenaltyChoice(noise, output: .probability)
        #expect(free.penalty <= 32)
        #expect(strict.penalty >= 30)
        let least = try #require(strict.losses.map(\.loss).min())
        #expect(strict.losses.first { $0.penalty == strict.penalty }?.loss == least)
    }

    @Test("A penalty is chosen by time, not by place in the file")
    func order() throws {
        let examples = Customers.examples(Customers.bought)
        let times = examples.targets.indices.map { Double(($0 * 37) % 60) }
        let order = times.indices.sorted { times[$0] < times[$1] }
        #expect(
            try PenaltyChoice(examples, times: times, output: .probability).losses.map(\.loss)
                == PenaltyChoice(examples.rows(order), output: .probability).losses.map(\.loss))
    }

    @Test("Where no stretch can be learned from, the strongest penalty is taken")
    func nothingToCompare() throws {
        let examples = Examples(
            features: FeatureMatrix(columns: [.init(name: "x")], values: [1, 2, 3, 4, 5, 6]),
            targets: [0, 0, 0, 0, 0, 1])
        let choice = try PenaltyChoice(examples, output: .probability)
        #expect(choice.losses.isEmpty)
        #expect(choice.penalty == 1e4)
    }

    @Test("A fitted intercept makes the mean probability the rate, and keeps the order", arguments: [-3.0, 0, 2.5])
    func intercept(shift: Double) {
        var random = Xoshiro256StarStar(seed: 3)
        let margins = (0..<2000).map { _ in random.standardNormal() + shift }
        let labels = margins.map { random.unit() < sigmoid($0 - shift - 1.5) }
        let calibration = Calibration.fittedIntercept(margins: margins, labels: labels)
        guard case .platt(let slope, let intercept) = calibration else { return #expect(Bool(false), "\(calibration)") }
        #expect(slope == 1)
        #expect(abs(intercept + shift + 1.5) < 0.2)
        let mean = margins.reduce(0) { $0 + calibration.probability($1) } / 2000
        #expect(abs(mean - (Double(labels.count { $0 }) + 0.5) / 2001) < 1e-9)
    }

    @Test("Labels of one kind give no endless shift", arguments: [true, false])
    func oneKind(label: Bool) {
        let calibration = Calibration.fittedIntercept(margins: [0, 1, 2], labels: [label, label, label])
        let mean = [0.0, 1, 2].reduce(0) { $0 + calibration.probability($1) } / 3
        #expect(abs(mean - (label ? 0.875 : 0.125)) < 1e-9)
        #expect(Calibration.fittedIntercept(margins: [], labels: []) == .none)
    }
}
