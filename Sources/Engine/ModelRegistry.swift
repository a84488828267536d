import Foundation
public import WeirDomain
import WeirModelGovernance
public import WeirLearning

/// All models that were ever registered, and how far each has come; follows the log.
public struct ModelRegistry: Sendable {
    public struct Entry: Sendable {
        public let registered: RegisteredModel
        /// What its file holds; a model without columns where that cannot be read at all.
        public let trained: TrainedModel
        /// What is wrong with the file, so that the model is never asked, whatever its stage; nil in general.
        public let fault: String?
        public internal(set) var stage: ModelStage = .candidate
        /// Oldest first.
        public internal(set) var history: [StageChange] = []

        public var id: ModelID { registered.id }

        /// Why the engine set the model aside when it opened the store; nil where it did not.
        public var setAsideBecause: String? {
            if let fault { return "its file is damaged (\(fault))" }
            guard let last = history.last, last.actor == ModelRegistry.opening, last.stage == .retired else {
                return nil
            }
            return last.reason
        }
    }

    /// The actor of stage changes by which a store's models are set aside when it is opened.
    static let opening = "opening the store"

    /// In the order of registration.
    public private(set) var entries: [Entry] = []
    init() {}

    public subscript(_ id: ModelID) -> Entry? { entries.first { $0.id == id } }

    /// Whoever decides for a goal; nil for the built-in model.
    public func champion(of goal: GoalID) -> Entry? {
        entries.first { $0.registered.goal == goal && $0.stage == .champion }
    }

    /// Takes a model in, damaged or not: a store must open whatever its models are.
    mutating func append(_ model: RegisteredModel) {
        do {
            let trained = try Self.trained(model.file)
            entries.append(Entry(registered: model, trained: trained, fault: trained.fault))
        } catch {
            entries.append(Entry(registered: model, trained: .unreadable(model.id), fault: "\(error)"))
        }
    }

    mutating func record(_ change: StageChange) {
        guard let index = entries.firstIndex(where: { $0.id == change.model }) else { return }
        entries[index].stage = change.stage
        entries[index].history.append(change)
    }

    /// Reads a model's file.
    ///
    /// - Throws: `EngineError.modelRefused`, which says what is wrong with it.
    public static func trained(_ file: [UInt8]) throws(EngineError) -> TrainedModel {
        let trained: TrainedModel
        do { trained = try JSONDecoder().decode(TrainedModel.self, from: Data(file)) } catch {
            throw .modelRefused(
                "file: no model as `weir train --output FILE` writes it (\(error)). Send that file unchanged.")
        }
        guard trained.format <= TrainedModel.currentFormat else {
            throw .modelRefused(
                "format: \(trained.format) was written by a later version of Weir; this one reads up to "
                    + "\(TrainedModel.currentFormat).")
        }
        return trained
    }

    /// A model's file as it is registered from now on: one of an older format decides as a new one does.
    static func inCurrentFormat(_ file: [UInt8], _ trained: TrainedModel) throws(EngineError) -> [UInt8] {
        guard trained.format < TrainedModel.currentFormat else { return file }
        var trained = trained
        trained.format = TrainedModel.currentFormat
        do { return [UInt8](try JSONEncoder().encode(trained)) } catch {
            throw .modelRefused("file: holds a number that cannot be written again (\(error)). Train the model anew.")
        }
    }

    /// The changes that take models out of use that cannot be asked: who was champion before decides again, or the built-in
    /// model.
    ///
    /// - Parameter unusable: Each with the reason.
    func settingAside(_ unusable: [(id: ModelID, reason: String)], at time: Timestamp) -> [StageChange] {
        var registry = self
        var changes: [StageChange] = []
        // Champions last, so that none is followed by another that cannot be asked.
        let isChampion = { (id: ModelID) in self[id]?.stage == .champion }
        for (id, reason) in unusable.filter({ !isChampion($0.id) }) + unusable.filter({ isChampion($0.id) }) {
            guard let entry = registry[id] else { continue }
            let goal = entry.registered.goal
            let next =
                entry.stage == .champion
                ? registry.rollback(of: goal, at: time, actor: Self.opening, reason: reason)
                : [
                    StageChange(
                        model: id, goal: goal, stage: .retired, time: time, actor: Self.opening, reason: reason)
                ]
            for change in next { registry.record(change) }
            changes += next
        }
        return changes
    }

    /// The changes that bring a shadow to the champion's place: the former champion goes back to being a shadow, so that
    /// it stays warm for a rollback.
    func promotion(of entry: Entry, at time: Timestamp, actor: String, reason: String) -> [StageChange] {
        let goal = entry.registered.goal
        var changes: [StageChange] = []
        if let former = champion(of: goal) {
            changes.append(
                StageChange(
                    model: former.id, goal: goal, stage: .shadow, time: time, actor: actor,
                    reason: "“\(entry.id)” takes its place"))
        }
        changes.append(
            StageChange(model: entry.id, goal: goal, stage: .champion, time: time, actor: actor, reason: reason))
        return changes
    }

    /// The changes that take the champion out and put whoever was champion before it back, or else the built-in model.
    func rollback(of goal: GoalID, at time: Timestamp, actor: String, reason: String) -> [StageChange] {
        guard let champion = champion(of: goal) else { return [] }
        var changes = [
            StageChange(model: champion.id, goal: goal, stage: .retired, time: time, actor: actor, reason: reason)
        ]
        let former = entries.filter { $0.registered.goal == goal && $0.stage == .shadow && $0.fault == nil }
            .compactMap { entry in entry.history.last { $0.stage == .champion }.map { (entry.id, $0.time) } }
            .max { $0.1 < $1.1 }
        if let (id, _) = former {
            changes.append(
                StageChange(
                    model: id, goal: goal, stage: .champion, time: time, actor: actor,
                    reason: "back after “\(champion.id)”"))
        }
        return changes
    }
}

extension ModelRegistry {
    /// A registered model; nil where its file is damaged.
    ///
    /// - Throws: `EngineError.unknownModel` where it was never registered.
    func usable(_ id: ModelID) throws(EngineError) -> TrainedModel? {
        guard let entry = self[id] else { throw .unknownModel(id.rawValue, known: entries.map(\.id.rawValue)) }
        return entry.fault == nil ? entry.trained : nil
    }
}

extension TrainedModel {
    /// Stands for a file that cannot be read.
    fileprivate static func unreadable(_ id: ModelID) -> TrainedModel {
        TrainedModel(
            name: id.rawValue,
            model: BatchModel(columns: [], output: .probability, form: .linear(LinearScore(bias: 0, terms: []))),
            card: ModelCard(data: "", rows: 0, target: "", learner: "", features: []))
    }
}
