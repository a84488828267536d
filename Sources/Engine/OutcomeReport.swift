public import WeirDomain

/// What someone reports of a decision, by its id.
public struct OutcomeReport: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case converted
        case notConverted = "not_converted"
        case reversed
    }

    public var decision: DecisionID
    public var kind: Kind
    /// When it happened; nil means when it arrived.
    public var eventTime: Timestamp?
    public var receivedTime: Timestamp
    public var value: Money?

    public init(decision: DecisionID, kind: Kind, eventTime: Timestamp?, receivedTime: Timestamp, value: Money? = nil) {
        self.decision = decision
        self.kind = kind
        self.eventTime = eventTime
        self.receivedTime = receivedTime
        self.value = value
    }
}

/// What a report led to.
public enum OutcomeReply: String, Sendable, Equatable {
    case recorded
    /// The same had been reported before: counted once.
    case alreadyRecorded = "already_recorded"
    /// It happened after the decision's window had closed, or before the decision.
    case outsideWindow = "outside_window"
    /// A reversal of what had not happened.
    case nothingToReverse = "nothing_to_reverse"
    case unknownDecision = "unknown_decision"
    /// The decision was to offer nothing and its goal needs no outcome of that.
    case notAwaited = "not_awaited"
}
