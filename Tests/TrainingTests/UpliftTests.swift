import Foundation
import Testing
import WeirLearning
import WeirStatistics
import WeirTraining

@Suite("Uplift learners")
struct UpliftTests {
    /// Customers whose treatment adds 0.3 where `x` is high and the kind is `b`, else nothing; times `strength`.
    struct World {
        var examples: UpliftExamples
        var effects: [Double]

        init(rows: Int, strength: Double, output: BatchModel.Output, habit: Double = 0, seed: UInt64) {
            var random = Xoshiro256StarStar(seed: seed)
            var values = ContiguousArray<Float>()
            var isTreated: [Bool] = []
            var outcomes: [Double] = []
            effects = []
            for _ in 0..<rows {
                let (x, noise, kind) = (random.standardNormal(), random.standardNormal(), random.unit() < 0.5 ? 0.0 : 1)
                values += [Float(x), Float(noise), Float(kind)]
                let effect = strength * (0.15 * kind + 0.25 * sigmoid(3 * x))
                let treated = random.unit() < sigmoid(habit * x)
                let mean = 0.3 + 0.2 * sigmoid(x) + (treated ? effect : 0)
                isTreated.append(treated)
                outcomes.append(
                    output == .probability ? (random.unit() < mean ? 1 : 0) : mean + 0.4 * random.standardNormal())
                effects.append(effect)
            }
            examples = UpliftExamples(
                features: FeatureMatrix(
                    columns: [.init(name: "x"), .init(name: "noise"), .init(name: "kind", levels: ["a", "b"])],
                    values: values),
                isTreated: isTreated, outcomes: outcomes, output: output, propensities: .constant(0.5))
        }
    }

    static let bases: [Learner] = {
        var boosted = BoostingSettings()
        boosted.rounds = 60
        boosted.learningRate = 0.1
        boosted.minimumChildWeight = 20
        var forest = ForestSettings()
        forest.trees = 50
        forest.minimumLeaf = 100
        return [.linear(LinearSettings()), .boosted(boosted), .forest(forest)]
    }()

    private func correlation(_ one: [Double], _ two: [Double]) -> Double {
        let means = (one.reduce(0, +) / Double(one.count), two.reduce(0, +) / Double(two.count))
        var sums = (0.0, 0.0, 0.0)
        for (a, b) in zip(one, two) {
            sums.0 += (a - means.0) * (b - means.1)
            sums.1 += (a - means.0) * (a - means.0)
            sums.2 += (b - means.1) * (b - means.1)
        }
        return sums.0 / (sums.1 * sums.2).squareRoot()
    }

    @Test(
        "Each learner finds whom the treatment moves, and by how much",
        arguments: UpliftLearner.Method.allCases, [BatchModel.Output.probability, .mean])
    func recovery(method: UpliftLearner.Method, output: BatchModel.Output) throws {
        let train = World(rows: 8_000, strength: 1, output: output, seed: 1)
        let test = World(rows: 4_000, strength: 1, output: output, seed: 2)
        for base in Self.bases {
            // A single linear model without products has one effect for all: only its mean can be right.
            var isFlat = false
            if case .linear = base, method == .s { isFlat = true }
            let model = try fitUplift(UpliftLearner(method, outcome: base), train.examples, seed: 1)
            let predicted = model.predictions(test.examples.features)
            if !isFlat { #expect(correlation(predicted, test.effects) > 0.6, "\(method) \(base)") }
            let bias = (predicted.reduce(0, +) - test.effects.reduce(0, +)) / 4_000
            #expect(abs(bias) < 0.04, "\(method) \(base)")
        }
    }

    @Test("Where nobody is moved, predictions have nothing to do with who is treated or what happens")
    func noEffect() throws {
        let train = World(rows: 6_000, strength: 0, output: .probability, seed: 3)
        for method in UpliftLearner.Method.allCases {
            let predicted = try fitUplift(
                UpliftLearner(method, outcome: Self.bases[0]), train.examples, seed: 1
            ).predictions(World(rows: 2_000, strength: 0, output: .probability, seed: 4).examples.features)
            #expect(abs(predicted.reduce(0, +) / 2_000) < 0.04, "\(method)")
        }
    }

    @Test("Treated by habit, the doubly robust mean effect is right with known and with estimated propensities")
    func habit() throws {
        var world = World(rows: 12_000, strength: 1, output: .mean, habit: 1, seed: 5)
        let truth = world.effects.reduce(0, +) / 12_000
        let chances = (0..<12_000).map { row in world.examples.features.row(row) { sigmoid(Double($0[0])) } }
        for propensities in [Propensities.known(chances), .estimated(Self.bases[0])] {
            world.examples.propensities = propensities
            for method in [UpliftLearner.Method.x, .dr] {
                let model = try fitUplift(UpliftLearner(method, outcome: Self.bases[0]), world.examples, seed: 1)
                let mean = model.predictions(world.examples.features).reduce(0, +) / 12_000
                #expect(abs(mean - truth) < 0.03, "\(method)")
            }
        }
    }

    @Test("No row is predicted by a model that has seen it, and folds have equal shares of treated rows")
    func folds() throws {
        var world = World(rows: 1_000, strength: 1, output: .mean, seed: 6)
        let learner = UpliftLearner(.t, outcome: Self.bases[0])
        let numbers = world.examples.foldNumbers(5, seed: 9)
        let before = try world.examples.outOfFoldPredictions([learner], folds: 5, seed: 9)[0]
        // A changed outcome may move other folds' predictions, never its own.
        world.examples.outcomes[0] += 1_000
        let after = try world.examples.outOfFoldPredictions([learner], folds: 5, seed: 9)[0]
        for row in 0..<1_000 { #expect((before[row] == after[row]) == (numbers[row] == numbers[0])) }
        for fold in 0..<5 {
            let rows = numbers.indices.filter { numbers[$0] == fold }
            #expect(abs(rows.count - 200) <= 1)
            let treated = rows.count { world.examples.isTreated[$0] }
            #expect(abs(treated - world.examples.isTreated.count { $0 } / 5) <= 1)
        }
    }

    @Test("A model reads back as it was written, and a mean of models is the mean of their predictions")
    func coding() throws {
        let world = World(rows: 600, strength: 1, output: .probability, seed: 7)
        let models = try UpliftLearner.Method.allCases.map {
            try fitUplift(UpliftLearner($0, outcome: Self.bases[0]), world.examples, seed: 2)
        }
        let mean = UpliftModel(.mean(models))
        let read = try JSONDecoder().decode(UpliftModel.self, from: JSONEncoder().encode(mean))
        #expect(read == mean)
        let predicted = read.predictions(world.examples.features)
        let single = models.map { $0.predictions(world.examples.features) }
        for row in 0..<600 { #expect(abs(predicted[row] - single.reduce(0) { $0 + $1[row] } / 4) < 1e-12) }
    }

    @Test("Examples without both groups, or with a propensity at its bounds, are refused")
    func refusals() throws {
        var examples = World(rows: 200, strength: 1, output: .probability, seed: 8).examples
        let learner = UpliftLearner(.t, outcome: Self.bases[0])
        for propensity in [0.0, 1] {
            examples.propensities = .constant(propensity)
            #expect(throws: UpliftError.propensity(row: 0, propensity)) { try fitUplift(learner, examples, seed: 1) }
        }
        examples.propensities = .constant(0.5)
        #expect(throws: UpliftError.tooFewFolds(1)) { try fitUplift(learner, examples, folds: 1, seed: 1) }
        var oneClass = examples
        for row in 0..<200 where oneClass.isTreated[row] { oneClass.outcomes[row] = 1 }
        #expect(throws: UpliftError.training(of: "the treated rows", .oneClass(target: 1))) {
            try fitUplift(learner, oneClass, seed: 1)
        }
        examples.isTreated = examples.isTreated.map { _ in true }
        #expect(throws: UpliftError.noControls) { try fitUplift(learner, examples, seed: 1) }
        examples.isTreated = examples.isTreated.map { _ in false }
        #expect(throws: UpliftError.noTreated) { try fitUplift(learner, examples, seed: 1) }
    }
}
