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
        /// Stage by stage of the decision's age (`Goal.ages`): an outcome that is still open is learned as what it is, not
        /// yet, and is weighed by how much of what comes usually shows by then.
        case delayed
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

    /// What is expected before anything is known; what happens soon outweighs it.
    public struct Prior: Sendable, Hashable, Codable {
        /// Share of the decisions without an offer after which the goal is reached; in 0 < r < 1, nil for a tenth.
        public var rate: Double?
        /// By how much an offer raises the odds, as a share of them; > −1.
        public var lift: Double
        /// How far an offer's lift may well lie from that, as a share of the odds; > 0, nil for offers that are known to
        /// differ little.
        public var spread: Double?

        public init(rate: Double? = nil, lift: Double = 0, spread: Double? = nil) {
            self.rate = rate
            self.lift = lift
            self.spread = spread
        }
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
    public var prior: Prior
    /// The event that takes it back (a refund, a cancellation).
    public var reversal: EventPattern?
    /// How far the clock of whoever reports may be behind: a code or a decision's id that only one person was given
    /// counts although it is reported as used that long before the decision; ≥ 0.
    public var clockTolerance = TimeSpan.hour
    /// How long after the window's end something that happened inside it still counts; ≥ 0.
    public var lateBy = TimeSpan.day * 30

    /// The ages at which it is learned what became of a decision, for `Negatives.delayed`; ascending, the last is the window.
    ///
    /// Two seconds, then eight times as much up to 18 hours, since what follows at once is over soon; then twice as much.
    public var ages: [TimeSpan] {
        guard negatives == .delayed else { return [] }
        var ages: [TimeSpan] = []
        var age = 2
        // The last stage is no mere rest.
        while Double(age) < 0.7 * 86_400 * window.inDays {
            ages.append(.seconds(Double(age)))
            age *= age < 65_536 ? 8 : 2
        }
        return ages + [window]
    }

    /// Whether an event takes back what fulfilled it: the declared one, and where orders fulfil it the cancellation of one.
    package func isTakenBack(by event: Event, orders: Orders) -> Bool {
        guard let reversal else { return false }
        return reversal.matches(event) || (pattern?.name == orders.event && orders.isCancelled(by: event))
    }

    public init(
        id: GoalID, pattern: EventPattern?, couponPath: String? = nil, window: TimeSpan, baseline: Baseline = .zero,
        negatives: Negatives = .windowClose, settleAfter: TimeSpan? = nil, memory: Memory = .lasting,
        prior: Prior = Prior(), reversal: EventPattern? = nil
    ) {
        self.id = id
        self.pattern = pattern
        self.couponPath = couponPath
        self.window = window
        self.baseline = baseline
        self.negatives = negatives
        self.settleAfter = settleAfter
        self.memory = memory
        self.prior = prior
        self.reversal = reversal
    }
}
