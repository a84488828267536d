import Foundation
import Testing
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirModelGovernance
import WeirLearning
import WeirLogInsight
import WeirStatistics
import WeirStorage

/// A shop where the number of orders decides who clicks a banner, and models of it.
private final class Shop {
    let harness: Harness
    var random = Xoshiro256StarStar(seed: 11)
    /// Turns the world round.
    var isTurned = false
    static let people = 40

    init() throws {
        harness = try Harness()
        for person in 0..<Self.people {
            for _ in 0..<(person % 10) { try harness.send(harness.event("p\(person)")) }
        }
    }

    func truth(_ person: Int) -> Double {
        let lift = 0.6 * (Double(person % 10) - 4.5)
        return sigmoid(isTurned ? -lift : lift)
    }

    /// A model whose logit is `weight` per order above the middle.
    static func file(_ weight: Double, name: String, columns: [String] = ["orders"]) throws -> [UInt8] {
        let model = BatchModel(
            columns: columns.map { BatchModel.Column(name: $0) }, output: .probability,
            form: .linear(
                LinearScore(
                    bias: 0,
                    terms: columns.map { _ in .number(center: 4.5, scale: 1, weight: weight, missing: 0) })))
        let card = ModelCard(data: "test", rows: 100, target: "click", learner: "by hand", features: columns)
        return [UInt8](try JSONEncoder().encode(TrainedModel(name: name, model: model, card: card)))
    }

    /// Shows the banner to everyone in turn and reports what they did.
    func show(_ count: Int) throws {
        for index in 0..<count {
            let person = index % Self.people
            let reply = try harness.decide("p\(person)", at: "mail", given: "banner")
            let kind: OutcomeReport.Kind = random.unit() < truth(person) ? .converted : .notConverted
            _ = try harness.report(reply.record.situation.id, kind)
        }
    }

    /// Awaits what the engine does only once its group is committed.
    func commit<Value: Sendable>(_ work: @escaping @Sendable (Engine) async throws -> Value) async throws -> Value {
        let engine = harness.engine
        let task = Task { try await work(engine) }
        let isDone = Harness.Slot<Bool>()
        let watcher = Task {
            _ = await task.result
            isDone.fill(true)
        }
        while isDone.value == nil {
            try harness.commit()
            await Task.yield()
        }
        await watcher.value
        return try await task.value
    }

    func register(_ weight: Double, name: String) async throws {
        let file = try Self.file(weight, name: name)
        _ = try await commit { try await $0.register(file, for: "click") }
    }

    func stage(_ id: ModelID, _ stage: ModelStage, isForced: Bool = false) async throws {
        try await commit { try await $0.setStage(of: id, to: stage, actor: "test", reason: "test", isForced: isForced) }
    }

    /// Writes a model into the store as an engine would that does not look at it.
    func store(_ file: [UInt8], as id: ModelID, stages: [ModelStage]) throws {
        try harness.commit()
        var group = RecordGroup()
        func append(_ record: Record) throws {
            let next = try harness.store.lastSequence() + 1 + Int64(group.records.count)
            group.records.append(Sequenced(next, record))
        }
        let now = harness.clock.now
        try append(.model(RegisteredModel(id: id, goal: "click", registeredTime: now, file: file)))
        for stage in stages {
            if stage == .champion, let former = harness.engine.modelRegistry.champion(of: "click") {
                try append(
                    .stage(
                        StageChange(
                            model: former.id, goal: "click", stage: .shadow, time: now, actor: "test", reason: "")))
            }
            try append(
                .stage(StageChange(model: id, goal: "click", stage: stage, time: now, actor: "test", reason: "")))
        }
        try harness.store.commit(group)
    }

    /// Puts another file in the place of a model's, in a copy of the store that the next engine opens.
    func damage(_ id: ModelID, with file: [UInt8]) throws {
        let old = harness.store
        var group = RecordGroup()
        group.records = try old.records(after: 0, kinds: Set(RecordKind.allCases), limit: .max).map { entry in
            guard case .model(var model) = entry.record, model.id == id else { return entry }
            model.file = file
            return Sequenced(entry.sequence, .model(model))
        }
        try old.forEachProfile(limit: .max) { group.profiles.append($0) }
        let snapshot = try old.snapshot(named: "models", atOrBefore: .max)
        group.snapshots = [try #require(snapshot)]
        harness.store = MemoryStore()
        try harness.store.commit(group)
    }

    var report: GoalReport { harness.engine.modelReports.first { $0.goal == "click" }! }
    func stage(of id: ModelID) -> ModelStage? { harness.engine.modelRegistry[id]?.stage }
}

@Suite("The model registry in the engine")
struct ModelRegistryTests {
    @Test("A shadow scores what happens and decides nothing; a champion decides; an audit recomputes both")
    func stages() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "clicks")
        #expect(shop.stage(of: "clicks") == .candidate)
        try await shop.stage("clicks", .shadow)
        #expect(shop.report.deciding == .online)
        try shop.show(300)
        let watch = try #require(shop.report.models.first?.watch)
        #expect(watch.outcomes == 300)
        #expect(watch.aloneLogLoss! < 0.6)
        #expect(watch.auc!.lower > 0.6)

        try await shop.stage("clicks", .champion)
        #expect(shop.report.deciding == "clicks")
        try shop.show(100)
        let reply = try shop.harness.decide("p9", at: "mail", given: "banner")
        let chosen = reply.record.decision.candidates[reply.record.decision.chosen!]
        #expect(abs(chosen.probability - shop.truth(9)) < 0.08)

        let audit = Audit(store: shop.harness.store)
        let (checked, different) = try audit.replayAll()
        #expect(checked == 401)
        #expect(different.isEmpty)
    }

    @Test("After a restart the same models stand where they stood, with what they have learned and seen")
    func restart() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "first")
        try await shop.register(0.2, name: "second")
        try await shop.stage("first", .shadow)
        try shop.show(120)
        try await shop.stage("first", .champion)
        try await shop.stage("second", .shadow)
        try shop.show(120)
        let before = shop.harness.engine.learned
        try shop.harness.restart()
        #expect(shop.harness.engine.learned == before)
        #expect(shop.stage(of: "first") == .champion)
        #expect(shop.stage(of: "second") == .shadow)
        #expect(try Engine.learned(from: shop.harness.store) == before)
    }

    @Test("A champion that live outcomes prove wrong is rolled back by itself, and the log says why")
    func breaker() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "clicks")
        try await shop.stage("clicks", .shadow)
        try shop.show(200)
        try await shop.stage("clicks", .champion)
        try shop.show(200)
        #expect(shop.report.deciding == "clicks", "a champion that is right stays")
        shop.isTurned = true
        try shop.show(1_500)
        #expect(shop.report.deciding == .online)
        #expect(shop.stage(of: "clicks") == .retired)
        let last = try #require(shop.harness.engine.modelRegistry["clicks"]?.history.last)
        #expect(last.actor == "breaker")
        #expect(last.reason.contains("log loss"))
        let audit = Audit(store: shop.harness.store)
        #expect(try audit.replayAll().different.isEmpty)
    }

    @Test("A rollback by hand brings back who was champion before, else the built-in model")
    func rollback() async throws {
        let shop = try Shop()
        for name in ["first", "second"] as [ModelID] {
            try await shop.register(0.6, name: name.rawValue)
            try await shop.stage(name, .shadow)
            try await shop.stage(name, .champion)
        }
        #expect(shop.stage(of: "first") == .shadow)
        _ = try await shop.commit { try await $0.rollBack("click", actor: "test", reason: "test") }
        #expect(shop.report.deciding == "first")
        _ = try await shop.commit { try await $0.rollBack("click", actor: "test", reason: "test") }
        #expect(shop.report.deciding == .online)
        await #expect(throws: EngineError.self) {
            try await shop.commit { try await $0.rollBack("click", actor: "test", reason: "test") }
        }
    }

    @Test("A gate that has not passed stops a promotion, unless it is forced, and then the log says so")
    func gates() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "clicks")
        try await shop.stage("clicks", .shadow)
        let gates = [
            ModelGate(
                name: "calibration", verdict: .failed, measured: "error 0.2", threshold: "0.02", remedy: "Calibrate it."
            )
        ]
        let refusal = await #expect(throws: EngineError.self) {
            try await shop.commit {
                try await $0.setStage(of: "clicks", to: .champion, actor: "test", reason: "go", gates: gates)
            }
        }
        #expect("\(refusal!)".contains("calibration failed"))
        try await shop.commit {
            try await $0.setStage(
                of: "clicks", to: .champion, actor: "test", reason: "go", gates: gates, isForced: true)
        }
        #expect(shop.harness.engine.modelRegistry["clicks"]!.history.last!.reason.contains("Forced past: calibration"))
    }

    @Test("What does not fit is refused with the reason, and nothing is registered")
    func refusals() async throws {
        let shop = try Shop()
        let strange = try Shop.file(1, name: "strange", columns: ["oders"])
        let taken = try Shop.file(1, name: "taken")
        _ = try await shop.commit { try await $0.register(taken, for: "click") }
        for (file, goal, word) in [
            (strange, "click", "oders"), (taken, "click", "already"), (taken, "clicks", "no goal"),
            (Array("{}".utf8), "click", "weir train"),
        ] as [([UInt8], GoalID, String)] {
            let error = await #expect(throws: EngineError.self) {
                try await shop.commit { try await $0.register(file, for: goal) }
            }
            #expect("\(error!)".contains(word))
        }
        await #expect(throws: EngineError.self) { try await shop.stage("taken", .champion) }
        #expect(shop.harness.engine.modelRegistry.entries.map(\.id) == ["taken"])
    }

    @Test("A catalog without a column that a champion reads takes it out of use")
    func misfit() async throws {
        let shop = try Shop()
        let file = try Shop.file(0.6, name: "clicks", columns: ["views"])
        _ = try await shop.commit { try await $0.register(file, for: "click") }
        try await shop.stage("clicks", .shadow)
        try await shop.stage("clicks", .champion)
        var catalog = SampleCatalog()
        catalog.hasClicks = false
        try shop.harness.apply(catalog)
        #expect(shop.stage(of: "clicks") == .retired)
        try shop.harness.restart()
        #expect(shop.stage(of: "clicks") == .retired)
    }

    @Test("Before there is any outcome a champion decides with its own probabilities")
    func ownProbabilities() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "clicks")
        try await shop.stage("clicks", .shadow)
        try await shop.stage("clicks", .champion, isForced: true)
        for person in 0..<10 {
            let reply = try shop.harness.decide("p\(person)", at: "mail", given: "banner")
            let chosen = reply.record.decision.candidates[reply.record.decision.chosen!]
            // The truth is the model's own here.
            #expect(abs(chosen.probability - shop.truth(person)) < 0.015, "p\(person)")
        }
    }

    /// A tree that asks for orders, damaged.
    static let damages: [(name: String, damage: @Sendable (inout TreeEnsemble) -> Void)] = [
        ("child out of bounds", { $0.left[0] = 99 }), ("negative child", { $0.left[0] = -7 }),
        ("a cycle", { $0.left[0] = 0 }), ("column out of range", { $0.column[0] = 5 }),
    ]

    static func damagedFile(_ damage: (inout TreeEnsemble) -> Void) throws -> [UInt8] {
        var trees = TreeEnsemble(
            column: [0, -1, -1], threshold: [5, -1, 1], left: [1, 0, 0], missingGoesLeft: [true, false, false],
            cover: [10, 5, 5], roots: [0], base: 0)
        damage(&trees)
        let model = BatchModel(columns: [.init(name: "orders")], output: .probability, form: .trees(trees))
        let card = ModelCard(data: "test", rows: 100, target: "click", learner: "by hand", features: ["orders"])
        return [UInt8](try JSONEncoder().encode(TrainedModel(name: "damaged", model: model, card: card)))
    }

    @Test("A store with a damaged champion opens: it is set aside and named, and the one before it decides again")
    func damagedChampion() async throws {
        for (name, damage) in Self.damages {
            let shop = try Shop()
            try await shop.register(0.6, name: "first")
            try await shop.stage("first", .shadow)
            try await shop.stage("first", .champion, isForced: true)
            try shop.show(20)
            try shop.store(try Self.damagedFile(damage), as: "damaged", stages: [.shadow, .champion])
            try shop.harness.restart()
            #expect(shop.report.deciding == .online, "\(name): until the change is in the log")
            try shop.show(20)
            #expect(shop.stage(of: "damaged") == .retired, "\(name)")
            #expect(shop.stage(of: "first") == .champion && shop.report.deciding == "first", "\(name)")
            let entry = try #require(shop.harness.engine.modelRegistry["damaged"])
            #expect(entry.setAsideBecause?.contains("damaged") == true, "\(name)")
            #expect(entry.history.last?.actor == "opening the store")
            let gates = try shop.harness.engine.gates(of: "damaged")
            #expect(gates.map(\.verdict) == [.failed], "\(name)")
            await #expect(throws: EngineError.self) { try await shop.stage("damaged", .shadow) }

            let audit = try Audit(store: shop.harness.store).replayAll()
            #expect(audit.checked == 40 && audit.different.isEmpty, "\(name)")
            let before = shop.harness.engine.learned
            try shop.harness.restart()
            #expect(shop.harness.engine.learned == before)
            #expect(shop.stage(of: "damaged") == .retired && shop.report.deciding == "first", "\(name)")
        }
    }

    @Test("A store opens with models that cannot be read, or that are damaged where a snapshot holds what they learned")
    func unreadable() async throws {
        let shop = try Shop()
        try await shop.register(0.6, name: "clicks")
        try await shop.stage("clicks", .shadow)
        try shop.show(30)
        try shop.harness.engine.checkpoint()
        try shop.store(Array("{".utf8), as: "empty", stages: [])
        try shop.store(
            try Shop.file(1, name: "strange", columns: ["oders"]), as: "strange", stages: [.shadow, .champion])
        // The same place in the log, another file: as a disk would have it that lost a bit.
        try shop.damage("clicks", with: try Self.damagedFile { $0.left[0] = 99 })
        try shop.harness.restart()
        try shop.show(10)
        #expect(shop.report.deciding == .online)
        for id in ["clicks", "empty", "strange"] as [ModelID] {
            #expect(shop.stage(of: id) == .retired, "\(id)")
            #expect(shop.harness.engine.modelRegistry[id]?.setAsideBecause != nil, "\(id)")
        }
        #expect(try Audit(store: shop.harness.store).replayAll().different.isEmpty)
        #expect(throws: (any Error).self) {
            try shop.harness.engine.comparison(at: "mail", candidates: [.model("clicks")], latest: 100)
        }
        try shop.harness.restart()
        #expect(shop.report.deciding == .online)
    }
}
