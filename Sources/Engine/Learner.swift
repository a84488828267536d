package import WeirDecisioning
import WeirDomain
import WeirModelGovernance
import WeirLearning
import WeirProfiles
import WeirStatistics

/// The models of all goals, and the lessons that outcomes give them.
///
/// A value that is a pure function of the sequence of outcomes, catalogs and stage changes, so an audit can rebuild it
/// from the log.
package struct Learner: Sendable {
    /// One goal's models.
    package struct GoalModels: Sendable {
        /// The built-in model: learns from the first moment, so that there is always something to fall back on.
        var online: GoalModel
        /// Shadows and the champion, in the order in which they entered.
        package var contenders: [Contender] = []

        /// Whoever decides.
        var deciding: GoalModel { contenders.first { $0.stage == .champion }?.model ?? online }
    }

    package private(set) var goals: [GoalModels]
    /// Sequence number of the last lesson or change of layout or stage.
    private(set) var version: Int64
    package private(set) var plan: CatalogPlan
    /// The first catalog version since which features have been declared as they are now.
    private var featuresSince: Int

    init(plan: CatalogPlan, version: Int64) {
        self.plan = plan
        self.version = version
        featuresSince = plan.version
        goals = plan.goals.map { goal in
            GoalModels(online: GoalModel(of: goal, plan: plan))
        }
    }

    /// Those that decide, one per goal.
    package var models: [GoalModel] { goals.map(\.deciding) }

    // MARK: Lessons

    /// Learns from an outcome, given the decision that it belongs to.
    ///
    /// - Returns: Whether anything was learned.
    mutating func learn(_ outcome: Outcome, of record: DecisionRecord, sequence: Int64) -> Bool {
        // Where the catalog's features have changed since, they would mean something else.
        guard outcome.lesson != .none, let goal = plan.goalIndex(outcome.goal),
            record.situation.catalogVersion >= featuresSince,
            let lesson = plan.lesson(of: record, goal: plan.goals[goal])
        else { return false }
        let stages = plan.goals[goal].stages(of: outcome)
        watch(outcome.lesson, lesson, stages, goal: goal)
        goals[goal].online.online.forget(until: outcome.receivedTime.day)
        goals[goal].online.learn(outcome.lesson, lesson, stages: stages, share: outcome.share, sequence: sequence)
        for index in goals[goal].contenders.indices {
            goals[goal].contenders[index].model.learn(
                outcome.lesson, lesson, stages: stages, share: outcome.share, sequence: sequence)
        }
        version = sequence
        return true
    }

    /// Scores an outcome before anything is learned from it.
    private mutating func watch(
        _ lesson: Outcome.Lesson, _ input: LessonInput, _ stages: Range<Int>?, goal: Int
    ) {
        // A label that is turned round later is not a second outcome.
        guard lesson == .learnedYes || lesson == .learnedNo, !goals[goal].contenders.isEmpty else { return }
        let online = goals[goal].online
        let reference = online.belief(input, stages: stages).probability
        for index in goals[goal].contenders.indices {
            let contender = goals[goal].contenders[index]
            guard let prior = contender.model.prior else { continue }
            var row: [Float] = []
            let alone = prior.withRow(features: input.features, affinities: input.affinities, offer: input.offer) {
                row = Array($0)
                return online.online.probability(of: stages, ofAll: prior.model.predict($0))
            }
            let sample = ModelWatch.Sample(
                alone: alone, combined: contender.model.belief(input, stages: stages).probability, reference: reference,
                label: lesson == .learnedYes, row: row, groups: input.groups)
            goals[goal].contenders[index].watch.observe(
                sample, columns: prior.model.columns, spreads: contender.trained.card.spreads)
        }
    }

    // MARK: Catalogs

    /// Takes over another catalog: models of goals that remain keep what they know.
    ///
    /// - Returns: Contenders that do not fit it, with the reason; they are out.
    @discardableResult
    mutating func adapt(to plan: CatalogPlan, sequence: Int64) -> [(ModelID, GoalID, String)] {
        var misfits: [(ModelID, GoalID, String)] = []
        let old = Dictionary(uniqueKeysWithValues: zip(self.plan.goals.map(\.id), goals))
        for goal in self.plan.goals where plan.goalIndex(goal.id) == nil {
            misfits += old[goal.id]!.contenders.map {
                ($0.id, goal.id, "the catalog has no goal “\(goal.id)” any more")
            }
        }
        goals = plan.goals.map { goal in
            guard var models = old[goal.id] else {
                return GoalModels(online: GoalModel(of: goal, plan: plan))
            }
            models.online.online = models.online.online.adapted(
                to: plan.layout, hyperparameters: goal.hyperparameters)
            models.contenders = models.contenders.compactMap { contender in
                do { return try contender.adapted(to: plan) } catch {
                    misfits.append((contender.id, goal.id, "\(error)"))
                    return nil
                }
            }
            return models
        }
        if plan.schema.featureFingerprint != self.plan.schema.featureFingerprint { featuresSince = plan.version }
        self.plan = plan
        version = sequence
        return misfits
    }

    // MARK: Stages

    /// Takes note that a model has come to another stage.
    ///
    /// - Parameter trained: The model itself, needed where it enters; nil where it is set aside, which leaves the goal to the
    ///   others, as does a model that does not fit the catalog.
    mutating func change(_ change: StageChange, trained: () throws -> TrainedModel?, sequence: Int64) throws {
        guard let goal = plan.goalIndex(change.goal) else { return }
        version = sequence
        guard change.stage == .shadow || change.stage == .champion else {
            return goals[goal].contenders.removeAll { $0.id == change.model }
        }
        if let index = goals[goal].contenders.firstIndex(where: { $0.id == change.model }) {
            goals[goal].contenders[index].stage = change.stage
            // What was seen of it in another part says nothing about an alarm in this one.
            goals[goal].contenders[index].watch.clearAlarm()
        } else if let trained = try trained(),
            let contender = try? Contender(change.model, trained, stage: change.stage, plan: plan)
        {
            goals[goal].contenders.append(contender)
        }
    }

    /// The champion whose outcomes the built-in model has explained better for so long that it must go.
    func alarmed(_ goal: GoalID) -> Contender? {
        plan.goalIndex(goal).flatMap { goals[$0].contenders.first { $0.stage == .champion && $0.watch.isAlarmed } }
    }

    // MARK: Snapshots

    static let snapshotName = "models"

    var bytes: [UInt8] {
        var writer = ByteWriter(reserving: 1 << 16)
        writer.fixed(UInt8(2))
        writer.integer(plan.version)
        writer.integer(featuresSince)
        writer.integer(version)
        writer.integer(goals.count)
        for (goal, models) in zip(plan.goals, goals) {
            writer.string(goal.id.rawValue)
            models.online.online.encode(into: &writer)
            writer.list(models.contenders) { writer, contender in contender.encode(into: &writer) }
        }
        return writer.bytes
    }

    /// - Parameters:
    ///   - plans: Finds the plan of the catalog version that the snapshot names.
    ///   - trained: Finds a registered model; nil where it is set aside, as is one that does not fit the plan.
    init(
        decoding bytes: [UInt8], plans: (Int) throws -> CatalogPlan, trained: (ModelID) throws -> TrainedModel?
    ) throws {
        var reader = ByteReader(bytes)
        let format = bytes.first ?? 0
        try reader.version(atMost: 2)
        plan = try plans(try reader.integer())
        featuresSince = try reader.integer()
        version = Int64(try reader.integer())
        goals = []
        let count = try reader.count()
        guard count == plan.goals.count else { throw DamagedRecord(offset: 0) }
        for goal in plan.goals {
            guard try reader.string() == goal.id.rawValue else { throw DamagedRecord(offset: 0) }
            var models = GoalModels(
                online: GoalModel(
                    try OnlineLogistic(
                        decoding: &reader, layout: plan.layout, hyperparameters: goal.hyperparameters)))
            if format >= 2 {
                for _ in 0..<(try reader.count()) {
                    if let contender = try Contender(decoding: &reader, plan: plan, trained: trained) {
                        models.contenders.append(contender)
                    }
                }
            }
            goals.append(models)
        }
    }
}

extension Goal {
    /// What an outcome's lesson is about under this goal as it is now: one that was awaited when the goal learned in other
    /// stages, or all at once, teaches what became of the decision on the whole.
    fileprivate func stages(of outcome: Outcome) -> Range<Int>? {
        guard let stages = outcome.stages, stages.upperBound <= ages.count else { return nil }
        return stages
    }
}
