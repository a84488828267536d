import Foundation
import WeirDomain
import WeirJSON
import WeirLearning

/// What must hold of models, whatever their stored form is: for the fuzzer, and for what it found.
enum ModelDecoding {
    /// What is wrong with how a trained model's file is read; nil where nothing is. A file that is refused is no fault.
    static func fileFault(_ bytes: [UInt8]) -> String? {
        guard let trained = try? JSONDecoder().decode(TrainedModel.self, from: Data(bytes)), trained.fault == nil else {
            return nil
        }
        let model = trained.model
        for value: Float in [0, -1, 1e30, .nan, .infinity] {
            let row = [Float](repeating: value, count: model.columns.count)
            let (prediction, columns) = row.withUnsafeBufferPointer { row in
                (model.predict(row), model.contributions(row).columns.count)
            }
            if columns != model.columns.count { return "\(columns) contributions of \(model.columns.count) columns" }
            guard model.output == .probability else { continue }
            if !(0...1).contains(prediction) { return "A probability of \(prediction) for \(value)" }
        }
        return nil
    }

    /// Two scalars, a keyed feature, two kinds; with stages and lifts where asked.
    private static func layout(hasLifts: Bool) -> ModelLayout {
        let features = [
            FeatureDeclaration(name: "orders", aggregate: .count, pattern: EventPattern(name: "e"), range: 0...9),
            FeatureDeclaration(name: "spend", aggregate: .count, pattern: EventPattern(name: "e"), transform: .none),
            FeatureDeclaration(
                name: "views", aggregate: .count, pattern: EventPattern(name: "e"), key: JSONPath("category")),
        ]
        return ModelLayout(features: features, kinds: ["coupon", "letter"], hasLifts: hasLifts)
    }

    private static func hyperparameters(stages: Int) -> OnlineLogistic.Hyperparameters {
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.tableBits = 6
        hyperparameters.stages = stages
        return hyperparameters
    }

    /// What is wrong with how an online model's snapshot is read; nil where nothing is.
    ///
    /// - Parameter input: A byte that says which layout, then the snapshot.
    static func snapshotFault(_ input: [UInt8]) -> String? {
        guard let first = input.first else { return nil }
        let layout = layout(hasLifts: first & 1 != 0)
        var reader = ByteReader(Array(input.dropFirst()))
        guard
            var model = try? OnlineLogistic(
                decoding: &reader, layout: layout, hyperparameters: hyperparameters(stages: first & 2 != 0 ? 3 : 0))
        else { return nil }
        let bytes = bytes(model)
        var again = ByteReader(bytes)
        let read = try? OnlineLogistic(decoding: &again, layout: layout, hyperparameters: model.hyperparameters)
        guard let read, self.bytes(read) == bytes else { return "What was written is read as something else" }
        let example = layout.input(features: [3, 1e9], affinities: [0.5], kind: "coupon", bucket: 3)
        _ = model.belief(example)
        _ = model.contributions(example)
        model.learn(example, label: 1, sequence: model.version &+ 1)
        _ = model.adapted(to: self.layout(hasLifts: first & 1 == 0))
        _ = self.bytes(model)
        return nil
    }

    private static func bytes(_ model: OnlineLogistic) -> [UInt8] {
        var writer = ByteWriter()
        model.encode(into: &writer)
        return writer.bytes
    }

    static let fileSeeds: [[UInt8]] = {
        let trees = TreeEnsemble(
            column: [0, -1, 1, -1, -1], threshold: [0.5, -1, 2, 0.25, 1], left: [1, 0, 3, 0, 0],
            missingGoesLeft: [true, false, false, false, false], cover: [10, 4, 6, 3, 3], roots: [0], base: 0)
        let linear = LinearScore(
            bias: 0.1,
            terms: [
                .number(center: 1, scale: 2, weight: -1, missing: 0), .category(weights: [0.5, 1], missing: 0.2),
            ])
        let columns = [BatchModel.Column(name: "a"), BatchModel.Column(name: "b", levels: ["x", "y"])]
        let models = [
            BatchModel(
                columns: columns, output: .probability, form: .trees(trees),
                calibration: .isotonic(margins: [-1, 1], probabilities: [0.2, 0.8])),
            BatchModel(
                columns: columns, output: .probability, form: .linear(linear),
                calibration: .platt(slope: 1, intercept: 0)),
            BatchModel(columns: columns, output: .mean, form: .linear(linear)),
        ]
        return models.compactMap { model in
            let card = ModelCard(
                data: "d", rows: 10, positives: 3, target: "t", learner: "l", features: ["a", "b"],
                spreads: [.init(column: "a", edges: [1], shares: [0.5, 0.5, 0])])
            return (try? JSONEncoder().encode(TrainedModel(name: "m", model: model, card: card))).map(Array.init)
        }
    }()

    static let snapshotSeeds: [[UInt8]] = (0..<4 as Range<UInt8>).map { form in
        let layout = layout(hasLifts: form & 1 != 0)
        var model = OnlineLogistic(layout: layout, hyperparameters: hyperparameters(stages: form & 2 != 0 ? 3 : 0))
        for lesson in 0..<6 {
            let example = layout.input(
                features: [Float(lesson), 2], affinities: [0.5], kind: "letter", bucket: UInt32(lesson))
            model.learn(example, label: lesson == 3 ? 1 : 0, sequence: Int64(lesson + 1))
        }
        return [form] + bytes(model)
    }
}
