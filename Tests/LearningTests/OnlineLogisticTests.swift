import Foundation
import Testing
import WeirDomain
import WeirJSON
import WeirLearning
import WeirStatistics

@Suite("Online logistic regression")
struct OnlineLogisticTests {
    /// Three scalars, one of them for rules only, two keyed features and three kinds.
    static let features = [
        feature("orders"), feature("views", key: "category"), feature("age", isModelInput: false),
        feature("spend", transform: .none), feature("spend_by_brand", key: "brand", transform: .none),
    ]
    static let layout = ModelLayout(features: features, kinds: ["discount", "coupon", "letter", "coupon"])

    static func feature(
        _ name: String, key: String? = nil, transform: FeatureDeclaration.Transform = .log, center: Double = 0,
        scale: Double = 1, isModelInput: Bool = true
    ) -> FeatureDeclaration {
        FeatureDeclaration(
            name: name, aggregate: .count, pattern: EventPattern(name: "e"), key: key.map { JSONPath($0) },
            transform: transform, center: center, scale: scale, isModelInput: isModelInput)
    }

    static func offer(_ name: String) -> UInt32 { ModelLayout.bucket(offer: name) }

    /// A random example.
    static func example(_ random: inout SplitMix64, _ layout: ModelLayout = layout) -> ModelInput {
        layout.input(
            features: (0..<3).map { _ in Float(random.standardNormal()) },
            affinities: (0..<2).map { _ in Float(random.standardNormal()) },
            kind: (layout.kinds + [nil]).randomElement(using: &random)!,
            bucket: offer("offer \(Int.random(in: 0..<5, using: &random))"))
    }

    /// A model that has had `lessons` lessons at random.
    static func taught(_ lessons: Int, seed: UInt64 = 1) -> OnlineLogistic {
        var random = SplitMix64(seed: seed)
        var model = OnlineLogistic(layout: layout)
        for lesson in 0..<lessons {
            model.learn(example(&random), label: random.unit() < 0.3 ? 1 : 0, sequence: Int64(lesson + 1))
        }
        return model
    }

    static func bytes(_ model: OnlineLogistic) -> [UInt8] {
        var writer = ByteWriter()
        model.encode(into: &writer)
        return writer.bytes
    }

    static func decoded(_ bytes: [UInt8], _ layout: ModelLayout = layout) throws(DamagedRecord) -> OnlineLogistic {
        var reader = ByteReader(bytes)
        return try OnlineLogistic(decoding: &reader, layout: layout)
    }

    @Test("Before it has learnt it predicts the prior for everyone, less sure the more is said of them")
    func prior() {
        var random = SplitMix64(seed: 1)
        let model = OnlineLogistic(layout: Self.layout)
        let bare = model.belief(
            ModelInput(values: [1] + [Double](repeating: 0, count: Self.layout.dimension - 1), bucket: 0))
        #expect(bare.mean == model.hyperparameters.biasMean)
        #expect(
            abs(
                bare.variance - (1 / model.hyperparameters.biasPrecision + 1 / model.hyperparameters.offerBiasPrecision)
            ) < 1e-12)
        for _ in 0..<100 {
            let belief = model.belief(Self.example(&random))
            #expect(belief.mean == bare.mean && belief.variance >= bare.variance)
            #expect((0..<1).contains(belief.probability) && belief.probability > 0)
        }
    }

    @Test("What all candidates share and what is an offer's own add up to the whole", arguments: [0, 1, 500])
    func sharedEqualsWhole(lessons: Int) {
        let model = Self.taught(lessons)
        var random = SplitMix64(seed: 9)
        var shared = OnlineLogistic.Shared()
        for _ in 0..<200 {
            let features = (0..<3).map { _ in Float(4 * random.standardNormal()) }
            let affinities = (0..<4).map { _ in Float(4 * random.standardNormal()) }
            model.prepare(features, into: &shared)
            for kind in [nil, 0, 1, 2] {
                let bucket = Self.offer("offer \(Int.random(in: 0..<9, using: &random))")
                let whole = model.belief(
                    Self.layout.input(
                        features: features, affinities: affinities[2...], kind: kind.map { Self.layout.kinds[$0] },
                        bucket: bucket))
                let parts = model.belief(shared, affinities: affinities[2...], kind: kind, bucket: bucket)
                #expect(abs(whole.mean - parts.mean) <= 1e-12 * max(1, abs(whole.mean)))
                #expect(abs(whole.variance - parts.variance) <= 1e-12 * max(1, whole.variance))
            }
            // "No offer" has no keys: its affinities count as 0.
            let none = model.belief(shared, affinities: [], kind: nil, bucket: 7)
            let zero = model.belief(Self.layout.input(features: features, affinities: [0, 0], kind: nil, bucket: 7))
            #expect(abs(none.mean - zero.mean) <= 1e-12 * max(1, abs(zero.mean)))
            #expect(abs(none.variance - zero.variance) <= 1e-12 * max(1, zero.variance))
        }
    }

    @Test("A lesson moves the prediction toward its label and narrows it", arguments: [0.0, 1], UInt64(0)..<10)
    func towardLabel(label: Double, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var model = Self.taught(100, seed: seed)
        for sequence in Int64(101)...150 {
            let input = Self.example(&random)
            let before = model.belief(input)
            model.learn(input, label: label, sequence: sequence)
            let after = model.belief(input)
            #expect(label == 1 ? after.mean > before.mean : after.mean < before.mean)
            #expect(after.variance < before.variance)
        }
        #expect(model.version == 150 && model.lessons == 150)
    }

    @Test("Storing and reading back changes nothing, then and later", arguments: [0, 1, 300])
    func coding(lessons: Int) throws {
        var model = Self.taught(lessons)
        var again = try Self.decoded(Self.bytes(model))
        #expect(again == model)
        var random = SplitMix64(seed: 5)
        for sequence in 1...50 {
            let input = Self.example(&random)
            model.learn(input, label: 1, sequence: Int64(lessons + sequence))
            again.learn(input, label: 1, sequence: Int64(lessons + sequence))
        }
        #expect(again == model && Self.bytes(again) == Self.bytes(model))
    }

    @Test("A stored model that is cut short, or belongs to other inputs, is refused")
    func damaged() throws {
        let bytes = Self.bytes(Self.taught(20))
        for length in Swift.stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: DamagedRecord.self) { try Self.decoded(Array(bytes.prefix(length))) }
        }
        let other = ModelLayout(features: Self.features.reversed(), kinds: ["coupon"])
        #expect(throws: DamagedRecord.self) { try Self.decoded(bytes, other) }
        var random = SplitMix64(seed: 4)
        for _ in 0..<300 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? Self.decoded(changed)  // May be refused or read, but never crashes.
        }
    }

    @Test("Variances stay above 0 after 20,000 lessons on inputs large and small")
    func positive() {
        var random = SplitMix64(seed: 2)
        var model = OnlineLogistic(layout: Self.layout)
        var smallest = Double.infinity
        for sequence in Int64(1)...20_000 {
            var input = Self.example(&random)
            let scale = [0.01, 1, 30].randomElement(using: &random)!
            for index in 1..<input.values.count { input.values[index] *= scale }
            model.learn(input, label: random.unit() < 0.2 ? 1 : 0, sequence: sequence)
            let belief = model.belief(Self.example(&random))
            smallest = min(smallest, belief.variance)
            if !belief.mean.isFinite { smallest = -.infinity }
        }
        #expect(smallest > 0)
    }

    @Test("It finds the weights that its data were drawn from", arguments: UInt64(0)..<3)
    func recovery(seed: UInt64) {
        let truth = [-1.0, 0.8, -0.5, 0.3, 0, 0.6, -0.4, 0.2]
        let layout = ModelLayout(
            features: (0..<4).map { Self.feature("x\($0)", transform: .none) }, kinds: ["a", "b", "c"])
        var random = SplitMix64(seed: seed)
        var model = OnlineLogistic(layout: layout)
        var squares = 0.0
        let lessons = 40_000
        for sequence in 1...lessons {
            let features = (0..<4).map { _ in Float(random.standardNormal()) }
            let kind = Int.random(in: 0..<3, using: &random)
            let input = layout.input(features: features, affinities: [Float](), kind: layout.kinds[kind], bucket: 0)
            let probability = sigmoid(zip(truth, input.values).reduce(0) { $0 + $1.0 * $1.1 })
            if sequence > lessons - 2_000 {
                let error = model.belief(input).probability - probability
                squares += error * error
            }
            model.learn(input, label: random.unit() < probability ? 1 : 0, sequence: Int64(sequence))
        }
        #expect((squares / 2_000).squareRoot() < 0.02)

        /// The weight of an input: how the logit moves with it.
        func weight(_ index: Int) -> Double {
            var values = [Double](repeating: 0, count: layout.dimension)
            let base = model.belief(ModelInput(values: values, bucket: 0)).mean
            values[index] = 1
            return model.belief(ModelInput(values: values, bucket: 0)).mean - base
        }
        for index in 1...4 { #expect(abs(weight(index) - truth[index]) < 0.06, "x\(index - 1): \(weight(index))") }
        // A kind's weight and the bias are known by their sum only.
        for kind in 5...7 { #expect(abs(weight(0) + weight(kind) - truth[0] - truth[kind]) < 0.08) }
    }

    @Test("One offer departs from its kind once its own outcomes say so, others of the kind follow less")
    func offerOwn() {
        var model = OnlineLogistic(layout: Self.layout)
        func input(_ offer: String) -> ModelInput {
            Self.layout.input(features: [0, 0, 0], affinities: [0, 0], kind: "coupon", bucket: Self.offer(offer))
        }
        for sequence in Int64(1)...4_000 {
            model.learn(
                input(sequence % 2 == 0 ? "good" : "bad"), label: sequence % 2 == 0 && sequence % 3 != 0 ? 1 : 0,
                sequence: sequence)
        }
        let (good, bad, new) = (model.belief(input("good")), model.belief(input("bad")), model.belief(input("new")))
        #expect(good.probability > new.probability && new.probability > bad.probability)
        #expect(new.variance > good.variance)
    }

    @Test("Turning a “no” round is learning a “yes”, to first order", arguments: UInt64(0)..<20)
    func relabel(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let base = Self.taught(3_000, seed: seed)
        let input = Self.example(&random)
        var turned = base
        turned.learn(input, label: 0, sequence: 3_001)
        turned.relabel(input, from: 0, to: 1, sequence: 3_002)
        var direct = base
        direct.learn(input, label: 1, sequence: 3_001)
        let step = abs(direct.belief(input).mean - base.belief(input).mean)
        for probe in [input, Self.example(&random), Self.example(&random)] {
            let (one, other) = (turned.belief(probe), direct.belief(probe))
            #expect(abs(one.mean - other.mean) < 0.02 * step)
            #expect(abs(one.variance - other.variance) < 1e-9)
        }
        // And back again, to where the "no" had brought it.
        turned.relabel(input, from: 1, to: 0, sequence: 3_003)
        var no = base
        no.learn(input, label: 0, sequence: 3_001)
        #expect(abs(turned.belief(input).mean - no.belief(input).mean) < 1e-6)
    }

    @Test("Another layout keeps the weights of the inputs that remain, by name")
    func adapting() {
        let model = Self.taught(500)
        #expect(model.adapted(to: Self.layout) == model)
        let shuffled = ModelLayout(
            features: [Self.features[3], Self.feature("new"), Self.features[0]] + [Self.features[4], Self.features[1]],
            kinds: ["letter", "coupon", "discount"])
        let adapted = model.adapted(to: shuffled)
        #expect(adapted.version == model.version && adapted.lessons == model.lessons)
        // An offer that was never learned has no weights of its own in either.
        var random = SplitMix64(seed: 3)
        for kind in [nil, "coupon", "letter"] {
            let (orders, spend, views, brand) = (
                Float(random.unit()), Float(random.unit()), Float(random.unit()), Float(random.unit())
            )
            let old = model.belief(
                Self.layout.input(
                    features: [orders, 9, spend], affinities: [views, brand], kind: kind, bucket: 12_345))
            let new = adapted.belief(
                shuffled.input(features: [spend, 0, orders], affinities: [brand, views], kind: kind, bucket: 12_345))
            #expect(abs(old.mean - new.mean) < 1e-9)
            // The own weights' prior differs by the new input, which is 0 here.
            #expect(abs(old.variance - new.variance) < 1e-9)
        }
    }

    @Test("A weight learned on one scale is not kept for another")
    func rescaled() {
        let model = Self.taught(500)
        var features = Self.features
        features[0] = Self.feature("orders", center: 3, scale: 100)
        let adapted = model.adapted(to: ModelLayout(features: features, kinds: Self.layout.kinds))
        var values = [Double](repeating: 0, count: Self.layout.dimension)
        values[1] = 1
        let input = ModelInput(values: values, bucket: 12_345)
        #expect(model.belief(input).mean != 0)
        #expect(adapted.belief(input).mean == 0)
        values = [Double](repeating: 0, count: Self.layout.dimension)
        values[2] = 1
        let spend = ModelInput(values: values, bucket: 12_345)
        #expect(adapted.belief(spend).mean == model.belief(spend).mean)
    }

    @Test("Its stored form is bounded, however much and many it learns of")
    func bounded() {
        var random = SplitMix64(seed: 6)
        var model = OnlineLogistic(
            layout: Self.layout,
            hyperparameters: {
                var small = OnlineLogistic.Hyperparameters(); small.tableBits = 8; return small
            }())
        for sequence in Int64(1)...5_000 {
            var input = Self.example(&random)
            input.bucket = UInt32.random(in: 0...UInt32.max, using: &random)
            model.learn(input, label: 0, sequence: sequence)
        }
        let dimension = Self.layout.dimension
        #expect(Self.bytes(model).count <= 8 * dimension * (dimension + 1) + 256 * 11 + 512)
    }

    @Test("The same lessons give the same model, bit for bit")
    func determinism() {
        #expect(Self.bytes(Self.taught(1_000)) == Self.bytes(Self.taught(1_000)))
        #expect(Self.bytes(Self.taught(1_000)) != Self.bytes(Self.taught(1_000, seed: 2)))
    }

    @Test("Lessons out of order stop the process")
    func order() async {
        await #expect(processExitsWith: .failure) {
            var model = OnlineLogisticTests.taught(10)
            var random = SplitMix64(seed: 1)
            model.learn(OnlineLogisticTests.example(&random), label: 1, sequence: 10)
        }
    }

    @Test(
        "“Never” is ten years, extremes stay finite", arguments: [Float.infinity, 3650, 0, -Float.infinity, 1e30, -2])
    func standardized(value: Float) {
        let plain = value == .infinity ? 3650 : min(max(Double(value), -3e9), 3e9)
        let expected = plain < 0 ? -log1p(-plain) : log1p(plain)
        #expect(abs(ModelLayout.Input(Self.feature("x")).standardized(value) - expected) < 1e-5)
    }

    @Test(
        "A rate's logit is standardised, and ends a thousandth from either end",
        arguments: [(Float(0.5), 0.0), (0.2, -1.386294), (0, -6.906755), (1, 6.906755), (7, 6.906755)])
    func logit(value: Float, expected: Double) {
        let input = ModelLayout.Input(Self.feature("x", transform: .logit, center: -1, scale: 0.5))
        #expect(abs(input.standardized(value) - (expected + 1) / 0.5) < 1e-4)
    }
}
