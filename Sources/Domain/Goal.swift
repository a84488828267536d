/// What a campaign wants to happen after a decision, and how that is noticed.
public struct Goal: Sendable, Hashable, Codable {
    /// What would happen without an offer.
    public enum Baseline: String, Sendable, Codable, CaseIterable {
        /// Nothing: a coupon that was not given cannot be used.
        case zero
        /// Learned from the decisions to offer nothing and from the held out.
        case learned
    }

    /// When "it did not happen" is learned.
    public enum Negatives: String, Sendable, Codable, CaseIterable {
        /// When the window closes.
        case windowClose
        /// At the decision, and turned round when the outcome comes (fake-negative correction).
        case immediate
        /// Only when an outcome says so: an offer that nobody watched teaches nothing.
        case reported
        /// At a fixed age (`settleAfter`), with whatever is known by then, positives included; a positive that comes
        /// later is learned when it comes. Learning positives at once and negatives weeks later would make every
        /// running campaign look better than it is.
        case settle
    }

    /// How long what was learned is believed.
    public enum Memory: Sendable, Hashable, Codable {
        /// For good.
        case lasting
        /// After this time it counts 1/e of what is learned now.
        case fading(TimeSpan)
        /// Until outcomes of offers differ from what is believed; much of how offers work is then learned anew.
        case untilChange
    }

    public var id: GoalID
    /// The event that fulfils it; nil where outcomes are only reported through the API.
    public var pattern: EventPattern?
    /// Where the event names the offer's coupon code; nil means that any matching event in the window counts.
    public var couponPath: String?
    /// How long after the decision it counts; > 0.
    public var window: TimeSpan
    public var baseline: Baseline
    public var negatives: Negatives
    /// The age at which a decision's outcome is learned, for `Negatives.settle`; > 0, at most `window`.
    public var settleAfter: TimeSpan?
    public var memory: Memory
    /// The event that takes it back (a refund, a cancellation).
    public var reversal: EventPattern?

    public init(
        id: GoalID, pattern: EventPattern?, couponPath: String? = nil, window: TimeSpan, baseline: Baseline = .zero,
        negatives: Negatives = .windowClose, settleAfter: TimeSpan? = nil, memory: Memory = .lasting,
        reversal: EventPattern? = nil
    ) {
        self.id = id
        self.pattern = pattern
        self.couponPath = couponPath
        self.window = window
        self.baseline = baseline
        self.negatives = negatives
        self.settleAfter = settleAfter
        self.memory = memory
        self.reversal = reversal
    }
}
