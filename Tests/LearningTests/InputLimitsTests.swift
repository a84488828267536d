import Foundation
import Testing
import WeirDomain
import WeirLearning
import WeirStatistics

/// A shop whose model sees what people spend as it is, without transform and scale.
@Suite("How far one person's numbers move a model")
struct InputLimitsTests {
    static func feature(range: ClosedRange<Double>? = nil) -> FeatureDeclaration {
        FeatureDeclaration(
            name: "spend", aggregate: .sum, pattern: EventPattern(name: "Order Completed"), transform: .none,
            range: range)
    }

    static func layout(isBounded: Bool = true, range: ClosedRange<Double>? = nil) -> ModelLayout {
        ModelLayout(features: [feature(range: range)], kinds: ["coupon"], hasLifts: true, isBounded: isBounded)
    }

    static func input(_ spend: Double, _ layout: ModelLayout) -> ModelInput {
        layout.input(features: [Float(spend)], affinities: [Float](), kind: "coupon", bucket: 7)
    }

    /// Learns from people who spend about 50 and buy the likelier the more they spend, then from one who spends `outlier` and
    /// buys nothing.
    static func taught(_ layout: ModelLayout, outlier: Double?, lessons: Int = 3) -> OnlineLogistic {
        var random = SplitMix64(seed: 3)
        var model = OnlineLogistic(layout: layout)
        var sequence: Int64 = 0
        func learn(_ spend: Double, _ label: Double) {
            sequence += 1
            model.learn(input(spend, layout), label: label, sequence: sequence)
        }
        for _ in 0..<3_000 {
            let spend = 50 * exp(0.5 * random.standardNormal())
            learn(spend, random.unit() < sigmoid(-2 + 0.02 * (spend - 50)) ? 1 : 0)
        }
        if let outlier { for _ in 0..<lessons { learn(outlier, 0) } }
        return model
    }

    @Test("One who spends a million makes nobody's probability certain", arguments: [1e5, 1e6, -1e6, 1e12, 1e30])
    func outlier(spend: Double) {
        let layout = Self.layout()
        let (before, after) = (Self.taught(layout, outlier: nil), Self.taught(layout, outlier: spend))
        for person in [0, 20, 50, 100] as [Double] {
            let (one, other) = (before.belief(Self.input(person, layout)), after.belief(Self.input(person, layout)))
            #expect(abs(one.probability - other.probability) < 0.1, "\(person)")
        }
        let long = Self.taught(layout, outlier: spend, lessons: 60)
        for person in [0, 20, 50, 100, 200, 500, spend] as [Double] {
            for model in [after, long] {
                let probability = model.belief(Self.input(person, layout)).probability
                #expect(probability > 0 && probability < 1, "\(person)")
                if abs(person) <= 200 { #expect(probability > 0.01 && probability < 0.99, "\(person)") }
            }
        }
        let cut = long.cutInputs
        // The first of those who spend 50 are cut until it is known that this is usual.
        #expect(cut.map(\.feature) == ["spend"] && (60...66).contains(cut[0].lessons))
        #expect(cut[0].share == Double(cut[0].lessons) / 3_060)
    }

    @Test("Without bounds, as in catalogs of before, it did")
    func unbounded() {
        let layout = Self.layout(isBounded: false)
        let model = Self.taught(layout, outlier: 1e6, lessons: 1)
        let probabilities = [20, 50, 100, 200].map { model.belief(Self.input($0, layout)).probability }
        #expect(probabilities.contains { $0 < 1e-3 || $0 > 1 - 1e-3 }, "\(probabilities)")
        #expect(model.cutInputs.isEmpty)
    }

    @Test("Who lies within what is usual teaches the same to the last bit")
    func ordinary() {
        let (bounded, unbounded) = (Self.layout(), Self.layout(isBounded: false))
        var random = SplitMix64(seed: 5)
        var (one, other) = (OnlineLogistic(layout: bounded), OnlineLogistic(layout: unbounded))
        for lesson in 1...500 as ClosedRange<Int64> {
            let (spend, label) = (3 * random.standardNormal(), random.unit() < 0.2 ? 1.0 : 0)
            one.learn(Self.input(spend, bounded), label: label, sequence: lesson)
            other.learn(Self.input(spend, unbounded), label: label, sequence: lesson)
            let beliefs = (one.belief(Self.input(spend, bounded)), other.belief(Self.input(spend, unbounded)))
            #expect(beliefs.0 == beliefs.1)
        }
        #expect(one.cutInputs.isEmpty)
    }

    @Test("A decision sees what a lesson sees, cut or not", arguments: [3.0, 50, 1e7, -1e7])
    func decidingAndLearning(spend: Double) {
        let layout = Self.layout()
        let model = Self.taught(layout, outlier: 1e6)
        var shared = OnlineLogistic.Shared()
        model.prepare([Float(spend)], into: &shared)
        let decided = model.belief(shared, affinities: [], kind: 0, bucket: 7)
        let learned = model.belief(Self.input(spend, layout))
        #expect(abs(decided.mean - learned.mean) < 1e-9 && abs(decided.variance - learned.variance) < 1e-9)
    }

    @Test("A declared range decides instead of what is usual")
    func range() {
        let layout = Self.layout(range: 0...100)
        let model = Self.taught(layout, outlier: nil)
        #expect(model.belief(Self.input(100, layout)) == model.belief(Self.input(5_000, layout)))
        #expect(model.belief(Self.input(0, layout)) == model.belief(Self.input(-1, layout)))
        #expect(model.belief(Self.input(99, layout)) != model.belief(Self.input(100, layout)))
        #expect(model.cutInputs.first.map { $0.lessons > 100 } == true, "one in ten spends more than 100")
    }

    @Test("What is usual is kept in a snapshot and under another catalog")
    func kept() throws {
        let layout = Self.layout()
        let model = Self.taught(layout, outlier: 1e6)
        var writer = ByteWriter()
        model.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try OnlineLogistic(decoding: &reader, layout: layout) == model)
        let wider = ModelLayout(
            features: [OnlineLogisticTests.feature("orders"), Self.feature()], kinds: ["coupon"], hasLifts: true)
        let adapted = model.adapted(to: wider)
        #expect(adapted.cutInputs == model.cutInputs)
    }
}
