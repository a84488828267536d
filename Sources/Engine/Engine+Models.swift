import Logging
import Synchronization
package import WeirDecisioning
public import WeirDomain
public import WeirModelGovernance
public import WeirLearning
import WeirStorage

/// A model of one goal with what live outcomes say of it.
public struct ModelReport: Sendable {
    public var entry: ModelRegistry.Entry
    /// Nil for candidates and retired models, which score nothing.
    public var watch: ModelWatch?
}

/// One goal's models.
public struct GoalReport: Sendable {
    public var goal: GoalID
    /// `online` where the built-in model decides.
    public var deciding: ModelID
    /// Of the built-in model.
    public var lessons: Int64
    /// Of the built-in model: features of people whose values lay so far from what is usual that it cut them.
    public var cutInputs: [CutInput]
    /// In the order of registration.
    public var models: [ModelReport]
}

extension Engine {
    /// All goals with their models.
    public var modelReports: [GoalReport] {
        let current = published.withLock { $0 }
        guard let plan = current.plan else { return [] }
        let learning = current.figures(of: LearningFollower.self)
        return zip(plan.goals, learning.goals).map { goal, models in
            GoalReport(
                goal: goal.id, deciding: models.deciding.id, lessons: models.online.online.lessons,
                cutInputs: models.online.online.cutInputs,
                models: learning.registry.entries.filter { $0.registered.goal == goal.id }.map { entry in
                    ModelReport(entry: entry, watch: models.contenders.first { $0.id == entry.id }?.watch)
                })
        }
    }

    public var modelRegistry: ModelRegistry { figures(of: LearningFollower.self).registry }

    /// The models that decide, one per goal of the catalog.
    package var models: [GoalModel] { published.withLock(\.models) }

    /// A trained model with what it has learned since, while it is a shadow or the champion.
    package func contender(_ id: ModelID) -> Contender? {
        figures(of: LearningFollower.self).goals.lazy.flatMap(\.contenders).first { $0.id == id }
    }

    /// Registers a trained model as a candidate.
    ///
    /// - Parameters:
    ///   - file: As `weir train --output` wrote it.
    ///   - id: Nil takes the name in the file.
    /// - Throws: `EngineError.modelRefused` where the file is damaged, does not fit the catalog, or the name is taken.
    public func register(_ file: [UInt8], for goal: GoalID, as id: ModelID? = nil) async throws -> RegisteredModel {
        let trained = try ModelRegistry.trained(file)
        if let fault = trained.fault {
            throw EngineError.modelRefused(
                "file: the model is damaged (\(fault)). Send the file that `weir train` wrote, unchanged.")
        }
        guard let plan else { throw EngineError.noCatalog }
        guard plan.goalIndex(goal) != nil else {
            throw EngineError.modelRefused(
                "goal: the catalog has no goal “\(goal)”. Known goals: "
                    + plan.goals.map(\.id.rawValue).joined(separator: ", ") + ".")
        }
        let id = id ?? ModelID(trained.name)
        guard id != .online, !id.rawValue.isEmpty, id.rawValue.count <= 64, id.rawValue.utf8.allSatisfy(isNameByte)
        else {
            throw EngineError.modelRefused(
                "name: “\(id)” cannot name a model. Use up to 64 letters, digits, “-”, “_” and “.”, and not “online”.")
        }
        guard modelRegistry[id] == nil else {
            throw EngineError.modelRefused("name: “\(id)” is registered already. Give this model another name.")
        }
        do { _ = try ModelPrior(trained, plan: plan) } catch {
            throw EngineError.modelRefused("columns: \(error)")
        }
        let model = RegisteredModel(
            id: id, goal: goal, registeredTime: clock.now, file: try ModelRegistry.inCurrentFormat(file, trained))
        try await append([.record(.model(model))])
        return model
    }

    /// Brings a model to another stage.
    ///
    /// - Parameters:
    ///   - gates: As measured, for a step to champion; all must have passed unless `isForced`.
    ///   - reason: Kept with the change.
    /// - Throws: `EngineError.unknownModel`, or `modelRefused` with the gates that failed.
    public func setStage(
        of id: ModelID, to stage: ModelStage, actor: String, reason: String, gates: [ModelGate] = [],
        isForced: Bool = false
    ) async throws {
        let registry = modelRegistry
        guard let entry = registry[id] else {
            throw EngineError.unknownModel(id.rawValue, known: registry.entries.map(\.id.rawValue))
        }
        guard entry.stage.mayBecome(stage) else {
            let next = entry.stage.next.map(\.rawValue).joined(separator: " or ")
            throw EngineError.modelRefused(
                "stage: “\(id)” is a \(entry.stage.rawValue) and cannot become a \(stage.rawValue). "
                    + (next.isEmpty ? "Register it anew under another name." : "It can become \(next)."))
        }
        if stage != .retired, let why = entry.setAsideBecause {
            throw EngineError.modelRefused(
                "stage: “\(id)” cannot be asked: \(why). Register the file that `weir train` wrote under another name.")
        }
        var reason = reason
        if stage == .champion {
            let stopped = gates.filter { $0.verdict != .passed }
            guard isForced || stopped.isEmpty else {
                throw EngineError.modelRefused(
                    "gates: "
                        + stopped.map {
                            "\($0.name) \($0.verdict.rawValue) — \($0.measured) (asked: \($0.threshold)). \($0.remedy)"
                        }
                        .joined(separator: " "))
            }
            if !stopped.isEmpty { reason += " Forced past: \(stopped.map(\.name).joined(separator: ", "))." }
        }
        if let plan, stage == .shadow || stage == .champion {
            do { _ = try ModelPrior(entry.trained, plan: plan) } catch {
                throw EngineError.modelRefused("columns: \(error)")
            }
        }
        let now = clock.now
        let changes =
            stage == .champion
            ? registry.promotion(of: entry, at: now, actor: actor, reason: reason)
            : [
                StageChange(
                    model: id, goal: entry.registered.goal, stage: stage, time: now, actor: actor, reason: reason)
            ]
        try await append(changes.map { .record(.stage($0)) })
    }

    /// Takes a goal's champion out of use at once; whoever was champion before decides again, or the built-in model.
    ///
    /// - Throws: `EngineError.modelRefused` where the built-in model decides already.
    public func rollBack(_ goal: GoalID, actor: String, reason: String) async throws -> [StageChange] {
        let changes = modelRegistry.rollback(of: goal, at: clock.now, actor: actor, reason: reason)
        guard !changes.isEmpty else {
            throw EngineError.modelRefused(
                "goal: no trained model decides for “\(goal)”; the built-in model does already.")
        }
        try await append(changes.map { .record(.stage($0)) })
        return changes
    }

    /// Takes models out of use that the store holds and that cannot be asked, with the first group that is committed; until
    /// then the built-in model stands in for them.
    func setModelsAside(_ follower: LearningFollower) {
        let unusable = follower.unusable
        guard !unusable.isEmpty else { return }
        let changes = follower.registry.settingAside(unusable, at: clock.now)
        var after = follower.registry
        for change in changes { after.record(change) }
        for (id, reason) in unusable {
            guard let goal = after[id]?.registered.goal else { continue }
            let deciding = after.champion(of: goal)?.id ?? .online
            logger.error(
                "A model of the store cannot be asked and is set aside. Register it anew under another name.",
                metadata: [
                    "model": "\(id)", "goal": "\(goal)", "reason": "\(reason)", "deciding": "\(deciding)",
                ])
        }
        journal.append(changes.map { .record(.stage($0)) }) { _ in }
    }

    private func append(_ entries: [JournalEntry]) async throws {
        let result = await withCheckedContinuation { continuation in
            journal.append(entries) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
    }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
    default: false
    }
}
