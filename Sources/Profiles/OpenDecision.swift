public import WeirDomain

/// A decision whose outcome is awaited, or has come and may yet be taken back.
public struct OpenDecision: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case open
        /// The goal was reached at that moment.
        case converted(at: Timestamp)
        /// The window closed, or a report said that nothing would come.
        case closed
    }

    /// One decision can await several goals.
    public var id: DecisionID
    public var time: Timestamp
    /// First moment at which an outcome no longer counts.
    public var closesAt: Timestamp
    public var goal: GoalID
    /// Nil where the decision was to offer nothing.
    public var offer: OfferID?
    public var campaign: CampaignID?
    public var coupon: String?
    public var state: State

    public init(
        id: DecisionID, time: Timestamp, closesAt: Timestamp, goal: GoalID, offer: OfferID?, campaign: CampaignID?,
        coupon: String? = nil, state: State = .open
    ) {
        self.id = id
        self.time = time
        self.closesAt = closesAt
        self.goal = goal
        self.offer = offer
        self.campaign = campaign
        self.coupon = coupon
        self.state = state
    }
}

extension Profile {
    /// Awaits the outcome of a decision; one of the same id and goal is replaced.
    public mutating func add(_ decision: OpenDecision) {
        openDecisions.removeAll { $0.id == decision.id && $0.goal == decision.goal }
        let index =
            openDecisions.lastIndex { ($0.time, $0.id, $0.goal) < (decision.time, decision.id, decision.goal) }.map {
                $0 + 1
            } ?? 0
        openDecisions.insert(decision, at: index)
    }

    /// The decision with that id, in whatever state; nil where it was never added or has been forgotten.
    ///
    /// - Parameter goal: Nil for the first one of the id.
    public func decision(_ id: DecisionID, goal: GoalID? = nil) -> OpenDecision? {
        openDecisions.first { $0.id == id && (goal == nil || $0.goal == goal) }
    }

    /// The decision that a coupon used at `moment` belongs to, in whatever state and even after its window.
    ///
    /// - Returns: Of those decided by then the latest open one, else the latest; nil where there is none.
    public func decision(coupon: String, at moment: Timestamp) -> OpenDecision? {
        func isGiven(_ decision: OpenDecision) -> Bool { decision.coupon == coupon && decision.time <= moment }
        return openDecisions.last { isGiven($0) && $0.state == .open } ?? openDecisions.last(where: isGiven)
    }

    /// The latest decision that awaits this goal and in whose window the moment lies.
    public func latestOpenDecision(goal: GoalID, at moment: Timestamp) -> OpenDecision? {
        openDecisions.last {
            $0.state == .open && $0.goal == goal && $0.time <= moment && moment < $0.closesAt
        }
    }

    /// Notes what became of a decision.
    ///
    /// - Returns: Whether it was known.
    @discardableResult
    public mutating func resolve(_ id: DecisionID, goal: GoalID, as state: OpenDecision.State) -> Bool {
        guard let index = openDecisions.firstIndex(where: { $0.id == id && $0.goal == goal }) else { return false }
        openDecisions[index].state = state
        return true
    }

    /// Drops the decisions that are settled and whose window closed before `moment`.
    public mutating func forgetSettledDecisions(closedBefore moment: Timestamp) {
        openDecisions.removeAll { $0.state != .open && $0.closesAt < moment }
    }
}
