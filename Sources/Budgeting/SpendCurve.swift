public import WeirDomain

/// How a budget is meant to flow: a piecewise constant rate between its start and its end.
public struct SpendCurve: Sendable, Hashable {
    public let limit: Money
    public let start: Timestamp
    public let end: Timestamp
    /// The share that shall be spent before each equal part of the time begins, and 1 at the end.
    private let shares: [Double]

    public init(_ budget: Budget) {
        limit = budget.limit
        start = budget.start
        end = budget.end
        // The catalog refuses weights that are not above 0; an empty or broken curve here means an even flow.
        let isSound = !budget.curve.isEmpty && budget.curve.allSatisfy { $0 >= 0 && $0.isFinite }
        let total = budget.curve.reduce(0, +)
        let weights = isSound && total > 0 && total.isFinite ? budget.curve.map { $0 / total } : [1]
        var shares = [0.0]
        for weight in weights { shares.append(min(1, shares.last! + weight)) }
        shares[shares.count - 1] = 1
        self.shares = shares
    }

    /// The share of the limit that shall be spent by then: 0 up to the start, 1 from the end on, never falling.
    public func share(at time: Timestamp) -> Double {
        guard time > start else { return time >= end ? 1 : 0 }
        guard time < end else { return 1 }
        let length = Double(end.microseconds) - Double(start.microseconds)
        let parts = (Double(time.microseconds) - Double(start.microseconds)) / length * Double(shares.count - 1)
        let part = min(Int(parts), shares.count - 2)
        return shares[part] + (shares[part + 1] - shares[part]) * min(1, parts - Double(part))
    }

    /// What shall be spent by then.
    public func planned(at time: Timestamp) -> Money {
        // From 2⁵³ on, a limit is no longer exact as a Double and could round above itself.
        let share = share(at: time)
        guard share < 1 else { return limit }
        let units = (share * Double(limit.minorUnits)).rounded()
        return Money(
            minorUnits: min(limit.minorUnits, Int64(exactly: units) ?? limit.minorUnits), currency: limit.currency)
    }

    /// What will have been spent at the end if the rest goes as fast, compared with the plan, as of late.
    ///
    /// - Parameters:
    ///   - spent: By `time`.
    ///   - pace: Recent spending ÷ what was planned for it; ≥ 0, 1 is on plan.
    /// - Returns: At most the limit, at least `spent`.
    public func projectedEnd(spent: Money, at time: Timestamp, pace: Double) -> Money {
        let left = (1 - share(at: time)) * Double(limit.minorUnits) * pace
        let end = Double(spent.minorUnits) + left.rounded()
        // Written so that a pace that is no number projects the limit instead of stopping the program.
        guard end < Double(limit.minorUnits) else { return spent.minorUnits > limit.minorUnits ? spent : limit }
        return Money(minorUnits: max(spent.minorUnits, Int64(end)), currency: limit.currency)
    }
}
