import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirLearning
import WeirLogInsight
import WeirProfiles
import WeirStatistics
import WeirTables
import WeirTraining

/// What a model sees in the table that it learns from is what it sees where it decides: "never" and "missing" too.
@Suite("Training tables")
struct TrainingTableTests {
    /// Decisions about people of whom some have never ordered, some long ago, some looked at tea a month ago.
    private static func shop() throws -> Harness {
        let harness = try Harness(SampleCatalog(promotions: 900_000, caps: ""))
        var random = Xoshiro256StarStar(seed: 5)
        for person in 0..<80 {
            if person % 3 != 0 { try harness.send(harness.event("p\(person)", ago: .days(Double(person) / 2))) }
            if person % 4 == 0 {
                let tea: JSON = ["category": "tea"]
                try harness.send(
                    harness.event("p\(person)", "Product Viewed", properties: tea, ago: .days(Double(person * 2))))
            }
        }
        for _ in 0..<6 {
            for person in 0..<80 {
                let reply = try harness.decide("p\(person)", at: "home")
                if random.unit() < 0.4 {
                    _ = try? harness.report(reply.record.situation.id, person % 3 == 0 ? .converted : .notConverted)
                }
            }
            harness.clock.set(harness.clock.now + .days(3))
            harness.engine.tick()
            try harness.commit()
        }
        return harness
    }

    private static func table(_ harness: Harness, goal: GoalID) throws -> Table {
        var text = ""
        let (rows, leftOut) = try TrainingTable(store: harness.store, goal: goal).write { text += $0 }
        #expect(rows > 40, "\(rows)")
        #expect(leftOut == 0)
        return try Table(bytes: Array(text.utf8))
    }

    static let methods: [WeirTraining.Learner] = [
        .linear(LinearSettings()), .forest(ForestSettings()), .boosted(BoostingSettings()),
    ]

    @Test("Every learner's scores of a table are those of the decisions in it, bit for bit", arguments: methods)
    func scores(method: WeirTraining.Learner) throws {
        let harness = try Self.shop()
        let plan = harness.engine.plan!
        let goal: GoalID = "purchase"
        let table = try Self.table(harness, goal: goal)
        let rows = try LabelledRows(
            table,
            roles: .init(target: "label", time: "time", ignored: ["decision", "propensity"]))
        #expect(rows.examples.features.columns.map(\.name).contains("days_since_order"))
        #expect(rows.examples.features.values.contains { $0.isNaN })
        // With what else a table may hold: offers as levels.
        #expect(rows.examples.features.columns.contains { $0.name == "offer" && $0.levels != nil })
        let model = try fit(method, rows.examples, output: rows.output, seed: 3)
        let prior = try ModelPrior(model, plan: plan)
        let scores = model.margins(rows.examples.features)
        let (codes, ids) = try table.categories("decision")
        var hasNever = false
        for row in 0..<table.rows {
            let id = DecisionID(ids[Int(codes[row])])!
            let reply = try harness.engine.decision(id)!
            let situation = reply.record.situation
            hasNever = hasNever || situation.features.contains { $0.isInfinite }
            let live: Double
            if let chosen = reply.record.decision.chosen {
                let keyed = plan.schema.keyed.count
                live = prior.logit(
                    features: situation.features,
                    affinities: situation.affinities[chosen * keyed..<(chosen + 1) * keyed],
                    offer: plan.offerIndex(reply.record.offers[chosen]))
            } else {
                live = prior.logit(features: situation.features, affinities: [][...], offer: nil)
            }
            #expect(live == scores[row], "decision \(id)")
        }
        #expect(hasNever)
    }

    @Test("The online model sees the same in a table")
    func online() throws {
        let harness = try Self.shop()
        let plan = harness.engine.plan!
        let table = try Self.table(harness, goal: "purchase")
        let features = try plan.catalog.features.filter { !$0.isKeyed }.map { try table.numbers($0.name) }
        let (codes, ids) = try table.categories("decision")
        for row in 0..<table.rows {
            let situation = try harness.engine.decision(DecisionID(ids[Int(codes[row])])!)!.record.situation
            for (input, position) in zip(plan.layout.scalars, plan.layout.scalarPositions) {
                let inTable = input.standardized(Float(features[position][row]))
                #expect(inTable == input.standardized(situation.features[position]))
            }
        }
    }

    @Test("A model of the first format decides as it did; registered now, it decides as its table says")
    func formats() throws {
        let model = BatchModel(
            columns: [.init(name: "days_since_order")], output: .probability,
            form: .linear(
                LinearScore(bias: 0.5, terms: [.number(center: 10, scale: 5, weight: -1, missing: 0.25)])))
        var trained = TrainedModel(
            name: "old", model: model,
            card: ModelCard(data: "test", rows: 10, target: "label", learner: "by hand", features: ["days_since_order"])
        )
        let plan = try Harness().engine.plan!
        let never: [Float] = [0, 0, .infinity]
        #expect(try ModelPrior(trained, plan: plan).logit(features: never, affinities: [][...], offer: nil) == 0.75)
        trained.format = 1
        #expect(
            try ModelPrior(trained, plan: plan).logit(features: never, affinities: [][...], offer: nil) == -.infinity)
    }
}
