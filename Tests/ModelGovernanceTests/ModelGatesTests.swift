import Testing
import WeirDomain
import WeirModelGovernance
import WeirLearning
import WeirStatistics

/// A world in which two features decide, and a model that knows it; what is poisoned differs from test to test.
private struct Watched {
    static let columns = [BatchModel.Column(name: "orders"), BatchModel.Column(name: "views")]
    var random: Xoshiro256StarStar
    var watch: ModelWatch
    var card: ModelCard

    init(seed: UInt64) {
        random = Xoshiro256StarStar(seed: seed)
        // Tenths of a standard normal distribution, for both columns; scores as a right model gives them.
        let tenths = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816]
        let even = [Double](repeating: 0.1, count: 10) + [0]
        var others = Xoshiro256StarStar(seed: 0)
        let scores = (0..<20_000).map { _ in
            Self.truth([Float(others.standardNormal()), Float(others.standardNormal())])
        }.sorted()
        card = ModelCard(
            data: "world", rows: 20_000, target: "label", learner: "truth", features: ["orders", "views"],
            spreads: [
                ModelCard.Spread(column: "orders", edges: tenths, shares: even),
                ModelCard.Spread(column: "views", edges: tenths, shares: even),
                ModelCard.Spread(column: "score", edges: (1...9).map { scores[$0 * 2_000] }, shares: even),
            ])
        watch = ModelWatch(spreads: card.spreads)
    }

    static func truth(_ row: [Float]) -> Double { sigmoid(-1.5 + 1.2 * Double(row[0]) - 0.8 * Double(row[1])) }

    /// Scores outcomes of the world.
    mutating func run(
        _ count: Int, groups: (inout Xoshiro256StarStar) -> [String] = { _ in [] },
        live: ([Float]) -> [Float] = { $0 }, truth: ([Float]) -> Double = Watched.truth,
        model: ([Float], inout Xoshiro256StarStar) -> Double = { row, _ in Watched.truth(row) },
        reference: ([Float]) -> Double = { _ in 0.25 }
    ) {
        for _ in 0..<count {
            let person = [Float(random.standardNormal()), Float(random.standardNormal())]
            let label = random.unit() < truth(person)
            let row = live(person)
            let alone = model(row, &random)
            watch.observe(
                ModelWatch.Sample(
                    alone: alone, combined: alone, reference: reference(person), label: label, row: row,
                    groups: groups(&random)),
                columns: Self.columns, spreads: card.spreads)
        }
    }

    func gates(value: PolicyValue? = Watched.worthy) -> [String: ModelGate.Verdict] {
        Dictionary(uniqueKeysWithValues: modelGates(watch, card: card, value: value).map { ($0.name, $0.verdict) })
    }

    static let worthy = PolicyValue(
        live: 1, difference: Interval(estimate: 0.1, lower: 0.02, upper: 0.18), effectiveSampleSize: 500,
        decisions: 2_000)
}

@Suite("The gates before a model may decide")
struct ModelGatesTests {
    @Test("A model that is right passes them all", arguments: UInt64(0)..<20)
    func right(seed: UInt64) {
        var world = Watched(seed: seed)
        world.run(2_000)
        #expect(world.gates().values.allSatisfy { $0 == .passed }, "\(world.gates())")
        #expect(!world.watch.isAlarmed)
    }

    @Test("With too few outcomes nothing passes but what needs none", arguments: [199, 200])
    func evidence(count: Int) {
        var world = Watched(seed: 1)
        world.run(count)
        #expect((world.gates()["evidence"] == .passed) == (count >= 200))
        #expect((world.gates()["ranking"] == .unmeasured) == (count < 200))
    }

    @Test("One that learned from shuffled labels is stopped", arguments: UInt64(0)..<20)
    func shuffled(seed: UInt64) {
        var world = Watched(seed: seed)
        // What is left of shuffled labels is the base rate and noise.
        world.run(
            2_000, model: { _, random in sigmoid(-1.2 + 0.1 * random.standardNormal()) }, reference: Watched.truth)
        #expect(world.gates()["ranking"] == .failed || world.gates()["accuracy"] == .failed)
    }

    @Test("One whose feature has gone constant is stopped", arguments: UInt64(0)..<20)
    func stuck(seed: UInt64) {
        var world = Watched(seed: seed)
        world.run(2_000, live: { [$0[0], 0] })
        #expect(world.gates()["drift"] == .failed)
    }

    @Test("One whose scores are scaled by 3 is stopped", arguments: UInt64(0)..<20)
    func scaled(seed: UInt64) {
        var world = Watched(seed: seed)
        world.run(2_000, model: { row, _ in sigmoid(3 * logit(Watched.truth(row))) })
        #expect(world.gates()["calibration"] == .failed)
    }

    @Test("One that is wrong about a declared group is stopped, and one that is right about each is not")
    func groups() {
        var wrong = Watched(seed: 3)
        wrong.run(2_000, groups: { $0.unit() < 0.5 ? ["region = north"] : ["region = south"] })
        #expect(wrong.gates()["groups"] == .passed)
        wrong.run(500, groups: { _ in ["region = west"] }, model: { row, _ in min(0.99, Watched.truth(row) + 0.2) })
        #expect(wrong.gates()["groups"] == .failed)
    }

    @Test(
        "The policy value's lower end decides, on both sides of the allowance",
        arguments: [(-0.1, true), (-0.11, false)])
    func value(lower: Double, passes: Bool) {
        var world = Watched(seed: 4)
        world.run(1_000)
        let value = PolicyValue(
            live: 1, difference: Interval(estimate: 0, lower: lower, upper: 0.2), effectiveSampleSize: 300,
            decisions: 1_000)
        #expect(world.gates(value: value)["policy value"] == (passes ? .passed : .failed))
        #expect(world.gates(value: nil)["policy value"] == .unmeasured)
    }

    @Test(
        "Outcomes that turn against it raise the alarm, and those that do not leave it silent",
        arguments: UInt64(0)..<20)
    func alarm(seed: UInt64) {
        var world = Watched(seed: seed)
        world.run(5_000, reference: Watched.truth)
        #expect(!world.watch.isAlarmed)
        // The world turns round; the built-in model has learned it, the trained one has not.
        let turned: ([Float]) -> Double = { Watched.truth([-$0[0], -$0[1]]) }
        world.run(200, truth: turned, reference: turned)
        #expect(world.watch.isAlarmed)
    }

    @Test("Good times are not saved up: who was better for long is found out as soon as others", arguments: [0, 5_000])
    func forgetting(outcomesBefore: Int) {
        var world = Watched(seed: 7)
        // The built-in model knows no more than the rate, so that each outcome speaks for the trained one.
        world.run(outcomesBefore)
        let turned: ([Float]) -> Double = { Watched.truth([-$0[0], -$0[1]]) }
        world.run(200, truth: turned, reference: turned)
        #expect(world.watch.isAlarmed)
    }

    @Test("Written and read again it is the same")
    func coding() throws {
        var world = Watched(seed: 5)
        world.run(300, groups: { $0.unit() < 0.5 ? ["a = 1"] : ["b = 2"] })
        var writer = ByteWriter()
        world.watch.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        #expect(try ModelWatch(decoding: &reader) == world.watch)
    }

    @Test("A stage leads only where it may", arguments: ModelStage.allCases)
    func stages(stage: ModelStage) {
        #expect(!stage.mayBecome(stage))
        #expect(!stage.mayBecome(.candidate))
        #expect(stage.mayBecome(.retired) == (stage != .retired))
        #expect(stage.mayBecome(.champion) == (stage == .shadow))
    }
}
