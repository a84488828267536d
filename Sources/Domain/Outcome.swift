/// What became of a decision; the sequence of outcomes is also the sequence of what the models learned.
public struct Outcome: Sendable, Equatable {
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The goal was reached.
        case converted = 1
        /// The window closed, or a report said so: it was not.
        case notConverted = 2
        /// A conversion was taken back: returned, refunded, cancelled.
        case reversed = 3
        /// Taken for not converted when the decision was made, until proved otherwise (fake-negative correction).
        case presumedNot = 4
        /// Nobody watched: what was reserved comes back, nothing is learned.
        case expired = 5
        /// A conversion that came early, learned now that its decision has reached the age of settling.
        case settled = 6
        /// The decision has reached an age at which it is learned that nothing has come of it yet.
        case open = 7
        /// A part of what was bought was taken back: the conversion counts for the rest.
        case partlyReversed = 8
        /// Its order was told anew with another amount: the conversion stands, what it cost changes.
        case corrected = 9

        public var name: String {
            switch self {
            case .converted: "converted"
            case .notConverted: "not converted"
            case .reversed: "reversed"
            case .presumedNot: "presumed not converted"
            case .expired: "expired"
            case .settled: "settled as converted"
            case .open: "still open"
            case .partlyReversed: "partly reversed"
            case .corrected: "order corrected"
            }
        }
    }

    /// What it taught the goal's model; kept with the outcome, so that a model can be rebuilt from the log.
    public enum Lesson: UInt8, Sendable, CaseIterable {
        case none = 0
        case learnedNo = 1
        case learnedYes = 2
        /// What had been learned as a no proved a yes.
        case turnedToYes = 3
        /// What had been learned as a yes was taken back.
        case turnedToNo = 4
    }

    /// How it was joined to its decision.
    public enum Joined: UInt8, Sendable, CaseIterable {
        case decisionID = 1
        case coupon = 2
        case rule = 3
        case clock = 4
    }

    public var decision: DecisionID
    public var customer: CustomerID
    public var goal: GoalID
    public var kind: Kind
    public var joined: Joined
    /// When it happened, by event time.
    public var eventTime: Timestamp
    /// When it arrived here.
    public var receivedTime: Timestamp
    /// The outcome's own worth where the report names one, in the catalog's currency.
    public var value: Money?
    public var lesson: Lesson
    /// Of the decision's age, which the lesson is about: counted from the youngest, see `Goal.ages`; nil where the goal
    /// learns all at once.
    public var stages: Range<Int>?
    /// The order that it is about, as the event that caused it names it; nil where none did.
    public var order: String?
    /// Which share of the order is taken back, in 0 ≤ share ≤ 1 and whole millionths: from what had been before to what is
    /// now. Of a lesson “yes” what it lacks to a whole one; nil where it is about all.
    public var share: Range<Double>?

    public init(
        decision: DecisionID, customer: CustomerID, goal: GoalID, kind: Kind, joined: Joined, eventTime: Timestamp,
        receivedTime: Timestamp, value: Money? = nil, lesson: Lesson = .none,
        stages: Range<Int>? = nil, order: String? = nil, share: Range<Double>? = nil
    ) {
        self.decision = decision
        self.customer = customer
        self.goal = goal
        self.kind = kind
        self.joined = joined
        self.eventTime = eventTime
        self.receivedTime = receivedTime
        self.value = value
        self.lesson = lesson
        self.stages = stages
        self.order = order
        self.share = share
    }
}
