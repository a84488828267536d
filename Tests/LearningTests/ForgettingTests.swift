import Foundation
import Testing
import WeirDomain
import WeirLearning
import WeirStatistics

@Suite("Forgetting")
struct ForgettingTests {
    static let layout = ModelLayout(
        features: [OnlineLogisticTests.feature("orders"), OnlineLogisticTests.feature("views", key: "category")],
        kinds: ["coupon"], hasLifts: true)

    /// Lessons of one offer and of none; an offer moves the logit by `lift` × the person's feature.
    static func teach(
        _ model: inout OnlineLogistic, lessons: Int, lift: Double, seed: UInt64, days: Int = 0
    ) {
        var random = SplitMix64(seed: seed)
        for lesson in 0..<lessons {
            let x = Float(random.standardNormal())
            let isOffer = random.unit() < 0.5
            let input = layout.input(
                features: [x], affinities: isOffer ? [1] : [], kind: isOffer ? "coupon" : nil,
                bucket: OnlineLogisticTests.offer(isOffer ? "five off" : "no offer"))
            let seen = x < 0 ? -log1p(-Double(x)) : log1p(Double(x))
            let probability = sigmoid(-1 + 0.5 * seen + (isOffer ? 0.5 + lift * seen : 0))
            if days > 0 { model.forget(until: lesson * days / lessons) }
            model.learn(
                input, label: random.unit() < probability ? 1 : 0, sequence: model.version + 1)
        }
    }

    static func belief(_ model: OnlineLogistic, _ x: Float, isOffer: Bool) -> Belief {
        model.belief(
            layout.input(
                features: [x], affinities: isOffer ? [1] : [], kind: isOffer ? "coupon" : nil,
                bucket: OnlineLogisticTests.offer(isOffer ? "five off" : "no offer")))
    }

    static func model(memoryDays: Double = .infinity, watches: Bool = false) -> OnlineLogistic {
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.memoryDays = memoryDays
        hyperparameters.watchesForChange = watches
        return OnlineLogistic(layout: layout, hyperparameters: hyperparameters)
    }

    @Test("It learns whom an offer moves, and scores one way in serving and in learning", arguments: UInt64(0)..<3)
    func lifts(seed: UInt64) {
        var model = Self.model()
        Self.teach(&model, lessons: 20_000, lift: 1, seed: seed)
        func lift(_ x: Float) -> Double {
            Self.belief(model, x, isOffer: true).mean - Self.belief(model, x, isOffer: false).mean
        }
        #expect(abs(lift(2) - lift(-2) - 2 * log1p(2)) < 0.35)
        var shared = OnlineLogistic.Shared()
        model.prepare([2], into: &shared)
        for isOffer in [false, true] {
            let served = model.belief(
                shared, affinities: isOffer ? [1] : [], kind: isOffer ? 0 : nil,
                bucket: OnlineLogisticTests.offer(isOffer ? "five off" : "no offer"))
            let learned = Self.belief(model, 2, isOffer: isOffer)
            #expect(abs(served.mean - learned.mean) < 1e-9)
            #expect(abs(served.variance - learned.variance) < 1e-9)
        }
    }

    @Test("Without a memory of its own nothing is forgotten, to the last bit")
    func offByDefault() {
        var one = Self.model()
        var other = Self.model()
        Self.teach(&one, lessons: 500, lift: 1, seed: 1)
        Self.teach(&other, lessons: 500, lift: 1, seed: 1, days: 400)
        #expect(one == other)
    }

    @Test("What fades is less certain, never less than before anything was known, and the means stay")
    func fading() {
        var model = Self.model(memoryDays: 30)
        let prior = Self.belief(model, 1, isOffer: true)
        Self.teach(&model, lessons: 2_000, lift: 1, seed: 2)
        model.forget(until: 0)
        let taught = Self.belief(model, 1, isOffer: true)
        model.forget(until: 30)
        let faded = Self.belief(model, 1, isOffer: true)
        // Weights at their prior stay, so what is correlated with them may grow by more or less than e.
        #expect(faded.variance > 2 * taught.variance && faded.variance < 4 * taught.variance)
        #expect(faded.mean == taught.mean)
        model.forget(until: 20)
        #expect(Self.belief(model, 1, isOffer: true) == faded)
        model.forget(until: 100_000)
        #expect(Self.belief(model, 1, isOffer: true).variance <= 4 * prior.variance)
    }

    @Test("A change in how offers work is learned sooner by who watches for it", arguments: UInt64(0)..<5)
    func change(seed: UInt64) {
        var lasting = Self.model()
        var watching = Self.model(watches: true)
        func error(_ model: OnlineLogistic) -> Double {
            let lift = [Float(2), -2].map { x in
                Self.belief(model, x, isOffer: true).mean - Self.belief(model, x, isOffer: false).mean
            }
            return abs(lift[0] - lift[1] + 3 * 2 * log1p(2))
        }
        for lift in [2.0, -3.0] {
            Self.teach(&lasting, lessons: lift > 0 ? 20_000 : 3_000, lift: lift, seed: seed + 10)
            Self.teach(&watching, lessons: lift > 0 ? 20_000 : 3_000, lift: lift, seed: seed + 10)
        }
        #expect(error(watching) < error(lasting) / 2)
    }

    @Test("What it has noticed belongs to the inputs it was noticed with: other ones begin anew, without a fault")
    func otherInputs() {
        var model = Self.model(watches: true)
        Self.teach(&model, lessons: 2_000, lift: 2, seed: 6)
        let wider = ModelLayout(
            features: [
                OnlineLogisticTests.feature("orders"), OnlineLogisticTests.feature("visits"),
                OnlineLogisticTests.feature("views", key: "category"),
            ], kinds: ["coupon"], hasLifts: true)
        var adapted = model.adapted(to: wider)
        var random = SplitMix64(seed: 7)
        for _ in 0..<3_000 {
            let input = wider.input(
                features: [Float(random.standardNormal()), 1], affinities: [1], kind: "coupon",
                bucket: OnlineLogisticTests.offer("five off"))
            adapted.learn(input, label: 0, sequence: adapted.version + 1)
        }
        let input = wider.input(
            features: [0, 1], affinities: [1], kind: "coupon", bucket: OnlineLogisticTests.offer("five off"))
        #expect(adapted.belief(input).probability < 0.05)
    }

    @Test("What it has noticed so far survives a snapshot")
    func snapshot() throws {
        var model = Self.model(memoryDays: 50, watches: true)
        Self.teach(&model, lessons: 300, lift: 1, seed: 4, days: 20)
        var reader = ByteReader(OnlineLogisticTests.bytes(model))
        var again = try OnlineLogistic(
            decoding: &reader, layout: Self.layout, hyperparameters: model.hyperparameters)
        #expect(again == model)
        Self.teach(&model, lessons: 300, lift: -1, seed: 5, days: 40)
        Self.teach(&again, lessons: 300, lift: -1, seed: 5, days: 40)
        #expect(again == model)
    }
}
