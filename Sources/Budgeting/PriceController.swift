public import WeirDomain
import WeirStatistics

/// Steers what a budget spends toward its curve by a shadow price: the value that a unit of cost must bring.
///
/// After each decision one step of online dual mirror descent with the entropy regulariser. The target it aims at is
/// set anew each time: what is left, spread by the rest of the curve over the decisions still to come. So an error of
/// the past, a burst or a silence is corrected over the remaining time rather than at once.
///
/// Source: Balseiro, Lu, Mirrokni, "The Best of Many Worlds" (Operations Research 71(1), 2023), Algorithm 1; a target
/// that follows what is left is from Balseiro, Gur, "Learning in Repeated Auctions with Budgets" (2019), section 5.
public struct PriceController: Sendable, Hashable {
    /// How fast the price may move; the defaults suit budgets from some hundred decisions on.
    public struct Settings: Sendable, Hashable, Codable {
        /// Learning rate without dimension, once the price has settled; in 0 < step ≤ 1.
        public var step = 0.0025
        /// The learning rate at the first decision; falls with the root of the count down to `step`.
        public var firstStep = 0.1
        /// The most by which log price moves in one decision; > 0. The rest of a larger step is made up for later.
        public var largestChange = 0.2
        /// The published price moves only when the internal one is off by more than this share; ≥ 0.
        public var hysteresis = 0.01
        /// The price never rises above it; ≥ the floor.
        public var ceiling = 1e6
        /// How much of the curve the estimate of traffic looks back on, in 0 < memory ≤ 1.
        public var memory = 0.05
        /// Decisions guessed over the budget's whole time, until some have been seen; > 0.
        public var guessedDecisions = 10_000.0

        public init() {}
    }

    /// What a snapshot keeps.
    public struct State: Sendable, Hashable, Codable {
        /// The internal shadow price; > 0.
        public var price: Double
        /// What decisions use; follows `price` with hysteresis.
        public var publishedPrice: Double
        /// The expected cost of all decisions so far, in minor units.
        public var expectedSpend = 0.0
        public var decisions: Int64 = 0
        /// The part of log price's wanted change that `largestChange` has held back.
        var carried = 0.0
        /// The curve's share at the last decision.
        var share = 0.0
        /// Recent decisions, the curve's share in which they came, and their expected cost; all fade alike.
        var recentDecisions: Double
        var recentShare: Double
        var recentCost = 0.0
    }

    public let curve: SpendCurve
    public let settings: Settings
    /// Never 0, since a price of 0 would never leave 0.
    public let floor: Double
    public private(set) var state: State

    /// - Parameter initialPrice: Nil starts at the floor, or where a unit of cost brings one of value if that is more.
    public init(_ budget: Budget, settings: Settings = Settings(), initialPrice: Double? = nil) {
        self.init(budget, settings: settings, startingAt: initialPrice ?? max(1, budget.returnFloor))
    }

    /// Goes on from a snapshot; the budget's curve and floor may have changed since.
    public init(_ budget: Budget, settings: Settings = Settings(), restoring state: State) {
        self.init(budget, settings: settings, startingAt: state.price)
        self.state = state
        self.state.price = min(max(state.price, floor), max(floor, settings.ceiling))
        publish()
    }

    private init(_ budget: Budget, settings: Settings, startingAt price: Double) {
        curve = SpendCurve(budget)
        self.settings = settings
        // A price beyond this, times a cost, could be no number any more.
        floor = min(max(budget.returnFloor, 1e-6), 1e12)
        let price = min(max(price, floor), max(floor, settings.ceiling))
        let pseudoCount = 10.0
        state = State(
            price: price, publishedPrice: price, recentDecisions: pseudoCount,
            recentShare: pseudoCount / settings.guessedDecisions)
    }

    /// Value per unit of cost, > 0: what decisions use.
    public var publishedPrice: Double { state.publishedPrice }

    /// Recent expected spending ÷ what the curve planned for it.
    public var pace: Double { state.recentCost / (state.recentShare * Double(max(1, curve.limit.minorUnits))) }

    /// Takes note of a decision. Outside the budget's time, and where nothing is left, nothing moves.
    ///
    /// - Parameters:
    ///   - cost: What the decision is expected to cost, in minor units; ≥ 0, 0 for no offer.
    ///   - time: May stand still or jump back; no time then passes.
    ///   - remaining: Minor units of the limit that are neither spent nor expected to be.
    public mutating func observe(cost: Double, at time: Timestamp, remaining: Int64) {
        guard time >= curve.start, time < curve.end, cost >= 0, cost.isFinite else { return }
        let share = curve.share(at: time)
        measureTraffic(share: share, cost: cost)
        guard remaining > 0 else { return }

        // Σ over the decisions to come is their number per share of the curve × the share that is left; at least this one.
        let toCome = max(1, state.recentDecisions / state.recentShare * (1 - share))
        let target = Double(remaining) / toCome
        let step = max(settings.step, settings.firstStep / Double(state.decisions).squareRoot())
        let wanted = step * (cost / target - 1) + state.carried
        let change = min(max(wanted, -settings.largestChange), settings.largestChange)
        // Cutting a large step without making up for it would favour rare, costly offers. One factor of e is the most
        // that is owed, or a burst would be remembered for ever.
        state.carried = min(max(wanted - change, -1), 1)
        move(by: change)
        publish()
    }

    private mutating func measureTraffic(share: Double, cost: Double) {
        let typicalGap = state.recentShare / state.recentDecisions
        // A feed that stood still says little about traffic once it runs again, so a long gap counts in part only.
        let passed = min(max(0, share - state.share), max(settings.memory / 4, 10 * typicalGap))
        // At least the last hundred decisions count, or a small budget would follow chance.
        let kept = max(Portable.exp(-passed / settings.memory), 0.99)
        state.recentDecisions = state.recentDecisions * kept + 1
        state.recentShare = state.recentShare * kept + passed
        state.recentCost = state.recentCost * kept + cost
        state.share = share
        state.decisions += 1
        state.expectedSpend += cost
    }

    private mutating func move(by change: Double) {
        let ceiling = max(floor, settings.ceiling)
        let price = state.price * Portable.exp(change)
        if price <= floor || price >= ceiling { state.carried = 0 }  // What cannot be made up for is forgotten.
        state.price = min(max(price, floor), ceiling)
    }

    private mutating func publish() {
        let ratio = state.price / state.publishedPrice
        if max(ratio, 1 / ratio) > 1 + settings.hysteresis { state.publishedPrice = state.price }
    }
}
