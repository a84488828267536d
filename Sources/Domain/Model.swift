/// A model that scores offers for one goal.
public struct ModelID: StringIdentifier {
    /// The model that every goal has from its first moment and that learns from outcomes alone.
    public static let online: ModelID = "online"

    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// How far a model has come.
public enum ModelStage: String, Sendable, Hashable, Codable, CaseIterable {
    /// Registered, checked on paper; touches nothing.
    case candidate
    /// Scores what is decided and learns beside the champion, but decides nothing.
    case shadow
    /// Decides.
    case champion
    /// Out of use for good; to use it again, register it anew.
    case retired
}

/// A trained model as it was registered; its file never changes.
public struct RegisteredModel: Sendable, Hashable {
    /// Unique in the store.
    public var id: ModelID
    public var goal: GoalID
    public var registeredTime: Timestamp
    /// The file, as `weir train` wrote it.
    public var file: [UInt8]

    public init(id: ModelID, goal: GoalID, registeredTime: Timestamp, file: [UInt8]) {
        self.id = id
        self.goal = goal
        self.registeredTime = registeredTime
        self.file = file
    }
}

/// A model has gone from one stage to another.
public struct StageChange: Sendable, Hashable {
    public var model: ModelID
    public var goal: GoalID
    /// The new stage.
    public var stage: ModelStage
    public var time: Timestamp
    /// Who: a key's name, or `breaker`.
    public var actor: String
    /// Why, in words; with the gates as they were measured, where there were any.
    public var reason: String

    public init(
        model: ModelID, goal: GoalID, stage: ModelStage, time: Timestamp, actor: String, reason: String
    ) {
        self.model = model
        self.goal = goal
        self.stage = stage
        self.time = time
        self.actor = actor
        self.reason = reason
    }
}
