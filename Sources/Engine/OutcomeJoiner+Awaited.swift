package import WeirDomain

extension OutcomeJoiner {
    /// A decision whose outcome is awaited, or may yet be told or taken back.
    package struct Awaited: Sendable, Equatable {
        package var id: DecisionID
        package var customer: CustomerID
        package var time: Timestamp
        /// First moment at which an outcome no longer counts.
        package var closesAt: Timestamp
        package var goal: GoalID
        package var offer: OfferID?
        package var coupon: CouponKey?
        /// Whether what its offer costs follows from the order.
        package var isCostOfOrder = false
        package var state = State.open
        /// When what it converted by happened.
        package var convertedAt: Timestamp?
        /// The orders that converted it, the last one last; told again each is the same order.
        package var orders: [String] = []
        /// Which share of its last order has been taken back, in 0 ≤ share < 1 and whole millionths.
        package var refunded = 0.0
        /// Whether the model has learned something of it, and what.
        package var learned: Bool?
        /// How many stages of its age have been learned, for goals that learn by stages.
        package var stage = 0
        /// Those of the last lesson.
        package var lastStages: Range<Int>?

        package init(
            id: DecisionID, customer: CustomerID, time: Timestamp, closesAt: Timestamp, goal: GoalID, offer: OfferID?,
            coupon: String?, state: State = .open, learned: Bool? = nil
        ) {
            self.id = id
            self.customer = customer
            self.time = time
            self.closesAt = closesAt
            self.goal = goal
            self.offer = offer
            self.coupon = coupon.map { CouponKey($0) }
            self.state = state
            self.learned = learned
        }
    }

    package enum State: Sendable, Equatable {
        case open
        case converted
        /// Learned or reported as not converted; a late conversion inside the window still counts.
        case notConverted
    }
}

extension OutcomeJoiner.Awaited {
    /// Takes in what an outcome makes of the decision: live, at a restart and from the store alike.
    mutating func follow(_ outcome: Outcome) {
        switch outcome.kind {
        case .converted: convert(by: outcome.order, at: outcome.eventTime)
        case .reversed: takeBack(1)
        case .partlyReversed: takeBack(outcome.share?.upperBound ?? 1)
        // At settling the money stays reserved and the offer usable, so the decision stays open.
        case .notConverted: if outcome.joined == .decisionID { state = .notConverted }
        case .presumedNot, .settled, .expired, .open, .corrected: break
        }
        learn(outcome.lesson, outcome.stages)
    }

    mutating func convert(by order: String?, at time: Timestamp) {
        state = .converted
        convertedAt = time
        refunded = 0
        if let order { orders = orders.filter { $0 != order } + [order] }
    }

    /// - Parameter share: Of the last order, in all.
    mutating func takeBack(_ share: Double) {
        if share < 1 {
            refunded = share
        } else {
            state = .notConverted
            refunded = 0
        }
    }

    mutating func learn(_ lesson: Outcome.Lesson, _ stages: Range<Int>?) {
        if lesson != .none, let stages {
            stage = max(stage, stages.upperBound)
            lastStages = stages
        }
        switch lesson {
        case .none: break
        case .learnedYes, .turnedToYes: learned = true
        case .turnedToNo where state == .converted: break  // Partly.
        case .learnedNo, .turnedToNo: learned = false
        }
    }
}
