import Foundation
import Testing
import WeirDomain
import WeirLearning
import WeirStatistics

@Suite("Learning in stages of a decision's age")
struct StagesTests {
    static let ages = [2.0, 16, 128, 1_024, 8_192, 65_536, 131_072, 262_144, 604_800]
    static let layout = ModelLayout(
        features: [OnlineLogisticTests.feature("x", transform: .none)], kinds: ["coupon"], hasLifts: true)
    static let hyperparameters: OnlineLogistic.Hyperparameters = {
        var hyperparameters = OnlineLogistic.Hyperparameters()
        hyperparameters.stages = ages.count
        hyperparameters.tableBits = 8
        return hyperparameters
    }()

    static func model() -> OnlineLogistic { OnlineLogistic(layout: layout, hyperparameters: hyperparameters) }

    static func input(_ x: Double, isOffer: Bool) -> ModelInput {
        layout.input(
            features: [Float(x)], affinities: [Float](), kind: isOffer ? "coupon" : nil,
            bucket: OnlineLogisticTests.offer(isOffer ? "ten off" : "none"))
    }

    /// A shop of known truth from its first visitor on: who gets an offer buys with 0.23, others with 0.15, when it will, or a
    /// part of them.
    struct Shop {
        struct Visit {
            var time: Double
            var input: ModelInput
            /// Until the order; nil where there will be none inside the window.
            var delay: Double?
            var stage = 0
        }

        var model = StagesTests.model()
        var random: SplitMix64
        var sequence: Int64 = 0
        var visits: [Visit] = []
        /// What is believed of the offers given, by block of `block`.
        private(set) var believed: [Double] = []
        let block: Int

        /// - Parameter delay: Draws one, in seconds.
        init(
            seed: UInt64, visits count: Int, over seconds: Double, block: Int, part: Double = 1,
            delay: (inout SplitMix64) -> Double
        ) {
            self.block = block
            random = SplitMix64(seed: seed)
            var sum = 0.0
            var offers = 0
            for number in 0..<count {
                let now = Double(number) / Double(count) * seconds
                learn(until: now)
                let isOffer = random.unit() < 0.6
                let input = StagesTests.input(random.standardNormal(), isOffer: isOffer)
                if isOffer {
                    sum += model.belief(input).probability
                    offers += 1
                    if offers % block == 0 {
                        believed.append(sum / Double(block))
                        sum = 0
                    }
                }
                let buys = random.unit() < part * (isOffer ? 0.23 : 0.15)
                let wait = delay(&random)
                visits.append(Visit(time: now, input: input, delay: buys && wait < ages.last! ? wait : nil))
            }
        }

        private mutating func learn(until now: Double) {
            for index in visits.indices where visits[index].stage < ages.count {
                while visits[index].stage < ages.count, visits[index].time + ages[visits[index].stage] <= now {
                    let stage = visits[index].stage
                    let isShown = visits[index].delay.map { $0 <= ages[stage] } ?? false
                    sequence += 1
                    model.learn(
                        visits[index].input, label: isShown ? 1 : 0, sequence: sequence, stages: stage..<stage + 1)
                    visits[index].stage = isShown ? ages.count : stage + 1
                }
            }
        }
    }

    // MARK: Unbiased

    @Test func `In the first minutes nobody is taken for a buyer because the first buyers came at once`() {
        let shop = Shop(seed: 1, visits: 1_500, over: 300, block: 150) { $0.unit() }
        #expect(shop.believed.count >= 5)
        for belief in shop.believed.dropFirst() { #expect(abs(belief - 0.23) < 0.06, "\(shop.believed)") }
    }

    @Test func `In the first hour, orders a minute away, the same`() {
        let shop = Shop(seed: 2, visits: 1_500, over: 3_600, block: 150) { $0.unit() * 60 }
        for belief in shop.believed.dropFirst() { #expect(abs(belief - 0.23) < 0.06, "\(shop.believed)") }
    }

    @Test(arguments: [0, 1, 2])
    func `Once the first windows have closed, no delay biases what is believed`(kind: Int) {
        // Exponential, heavy-tailed, and on the fourth to seventh day.
        let shop = Shop(seed: 3, visits: 4_000, over: 21 * 86_400, block: 240) { random in
            switch kind {
            case 0: -log(1 - random.unit()) * 86_400
            case 1: exp(log(600) + 2 * random.standardNormal())
            default: 86_400 * (3 + 3.99 * random.unit())
            }
        }
        let settled = shop.believed.suffix(5)
        let mean = settled.reduce(0, +) / Double(settled.count)
        #expect(abs(mean - 0.23) < 0.025, "\(shop.believed)")
    }

    @Test func `Until then what is believed stays near what was expected, and never falls to what has shown`() {
        let shop = Shop(seed: 4, visits: 1_000, over: 2.9 * 86_400, block: 100) { random in
            86_400 * (3 + 3.99 * random.unit())
        }
        for belief in shop.believed { #expect((0.07...0.2).contains(belief), "\(shop.believed)") }
    }

    // MARK: What is expected of the rest

    @Test(arguments: [60.0, 10_800])
    func `A shop where far fewer buy than expected is known as one before its first window closes`(mean: Double) {
        // 0.031 with an offer, where 0.1 was expected.
        let shop = Shop(seed: 11, visits: 600, over: 6 * 86_400, block: 60, part: 0.135) { -log(1 - $0.unit()) * mean }
        for belief in shop.believed.dropFirst(3) { #expect(belief < 0.06, "\(shop.believed)") }
    }

    @Test func `Orders that take hours are expected from those that have come`() {
        let shop = Shop(seed: 12, visits: 900, over: 3 * 86_400, block: 90) { -log(1 - $0.unit()) * 10_800 }
        let second = shop.believed[2...].reduce(0, +) / Double(shop.believed[2...].count)
        #expect(abs(second - 0.23) < 0.04, "\(shop.believed)")
    }

    /// The probability of the stages after `through.count`, by what those showed.
    private func rest(_ through: [Double], _ shown: [Double]) -> Double {
        let lived = LivedStages(count: through.count, score: 0, lessons: 1, through: through, shown: shown)
        return 1 - DelayShapes(expectedBy: Self.hyperparameters).hazards(after: lived).reduce(1) { $0 * (1 - $1) }
    }

    @Test func `Outcomes that all came at once promise few more; those that grow from stage to stage promise many`() {
        let atOnce = rest([400, 320, 318, 318, 318], [80, 2, 0, 0, 0])
        let growing = rest([400, 400, 399, 395, 380], [0, 1, 4, 15, 60])
        #expect(atOnce < 0.05)
        #expect(growing > 0.1)
    }

    @Test func `Nothing shown may mean that all comes late, and promises less than was expected, never nothing`() {
        let expected = rest([], [])
        for stages in 1...8 {
            let rest = rest(Array(repeating: 200, count: stages), Array(repeating: 0, count: stages))
            #expect(rest < expected && rest > 0.001, "\(stages): \(rest) of \(expected)")
        }
    }

    // MARK: The model

    @Test func `Before the first lesson the stages together make the rate that is expected`() {
        let model = Self.model()
        let belief = model.belief(Self.input(0, isOffer: false))
        #expect(abs(sigmoid(belief.mean) - sigmoid(Self.hyperparameters.biasMean)) < 1e-12)
    }

    @Test func `A stretch of stages and what follows it make the whole`() {
        let shop = Shop(seed: 5, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        let input = Self.input(0.5, isOffer: true)
        func shown(_ stages: Range<Int>?) -> Double { sigmoid(shop.model.belief(input, stages: stages).mean) }
        let whole = 1 - (1 - shown(0..<4)) * (1 - shown(4..<Self.ages.count))
        #expect(abs(whole - shown(nil)) < 1e-12)
    }

    @Test func `Deciding and learning see the same probability`() {
        let shop = Shop(seed: 6, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        var shared = OnlineLogistic.Shared()
        shop.model.prepare([0.5], into: &shared)
        let deciding = shop.model.belief(
            shared, affinities: [], kind: 0, bucket: OnlineLogisticTests.offer("ten off"), offset: 0.3)
        let learning = shop.model.belief(Self.input(0.5, isOffer: true), offset: 0.3)
        #expect(abs(deciding.mean - learning.mean) < 1e-12)
        // Deciding linearises once for all candidates, where “no offer” stands.
        #expect(abs(deciding.variance / learning.variance - 1) < 0.25)
    }

    @Test func `What the inputs and stages add makes the belief`() {
        let shop = Shop(seed: 7, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        let input = Self.input(0.5, isOffer: true)
        let parts = shop.model.contributions(input)
        #expect(abs(parts.reduce(0, +) - shop.model.belief(input).mean) < 1e-12)
    }

    @Test func `Stages survive the snapshot, to the bit`() throws {
        let shop = Shop(seed: 8, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        var writer = ByteWriter()
        shop.model.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        let decoded = try OnlineLogistic(
            decoding: &reader, layout: Self.layout, hyperparameters: Self.hyperparameters)
        #expect(decoded == shop.model)
    }

    @Test func `A goal that learns in more stages keeps those it knows`() {
        let shop = Shop(seed: 9, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        var longer = Self.hyperparameters
        longer.stages += 2
        let adapted = shop.model.adapted(to: Self.layout, hyperparameters: longer)
        let input = Self.input(0, isOffer: false)
        for stage in 0..<4 {
            let before = shop.model.belief(input, stages: stage..<stage + 1)
            #expect(abs(adapted.belief(input, stages: stage..<stage + 1).mean - before.mean) < 1e-12)
        }
    }

    @Test func `The part of a probability in all stages is the probability, and parts multiply as survival does`() {
        let shop = Shop(seed: 10, visits: 600, over: 86_400, block: 100) { $0.unit() * 3_600 }
        let model = shop.model
        #expect(abs(model.probability(of: 0..<Self.ages.count, ofAll: 0.3) - 0.3) < 1e-12)
        #expect(model.probability(of: nil, ofAll: 0.3) == 0.3)
        let first = model.probability(of: 0..<5, ofAll: 0.3)
        let rest = model.probability(of: 5..<Self.ages.count, ofAll: 0.3)
        #expect(abs(1 - (1 - first) * (1 - rest) - 0.3) < 1e-12)
        #expect(first > rest)
    }
}
