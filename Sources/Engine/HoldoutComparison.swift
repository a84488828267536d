import WeirDecisioning
package import WeirDomain
public import WeirStatistics

/// Compares what people are worth who can get offers with those held out, from a person's first decision on.
///
/// People are assigned by a salted hash before anything is known of them, so the difference of the means is what the
/// offers changed. Each person counts once, with the sum of the declared metric since their first decision.
public struct HoldoutComparison: Sendable {
    public struct Arm: Sendable, Equatable {
        public var customers = 0
        public var sum = 0.0
        public var sumOfSquares = 0.0

        package init() {}

        public var mean: Double { customers == 0 ? 0 : sum / Double(customers) }
        /// The same figures, for intervals.
        public var moments: RunningMoments {
            RunningMoments(
                count: customers, mean: mean, squares: customers == 0 ? 0 : max(0, sumOfSquares - sum * mean))
        }
    }

    public private(set) var treated = Arm()
    public private(set) var heldOut = Arm()
    /// Treated minus held out, with its 95 % interval; nil where an arm has fewer than two people.
    public var difference: Interval? {
        Interval.difference(treated.moments, heldOut.moments)
    }

    init() {}

    fileprivate mutating func change(_ isHeldOut: Bool, customers: Int, from old: Double, to new: Double) {
        func change(_ arm: inout Arm) {
            arm.customers += customers
            arm.sum += new - old
            arm.sumOfSquares += new * new - old * old
        }
        if isHeldOut { change(&heldOut) } else { change(&treated) }
    }
}

/// Counts the comparison: each person's total, and the sums of both arms.
package struct HoldoutTally: Sendable {
    package private(set) var comparison = HoldoutComparison()
    private var totals: [CustomerID: Double] = [:]
    private var orders = ToldOrders()

    package init() {}

    /// A person was decided for; the first time they enter the comparison.
    package mutating func enter(_ customer: CustomerID, isHeldOut: Bool) {
        guard totals[customer] == nil else { return }
        totals[customer] = 0
        comparison.change(isHeldOut, customers: 1, from: 0, to: 0)
    }

    /// A person who is in the comparison was worth something more.
    package mutating func credit(_ value: Double, to customer: CustomerID, isHeldOut: Bool) {
        guard value.isFinite, let old = totals[customer] else { return }
        totals[customer] = old + value
        comparison.change(isHeldOut, customers: 0, from: old, to: old + value)
    }

    /// A person did something that may be worth something; an order told again is worth what it is worth now.
    mutating func credit(_ event: Event, of customer: CustomerID, _ plan: CatalogPlan) {
        let value = plan.catalog.metric?.value(of: event)
        guard let orders = plan.catalog.orders, orders.isTold(by: event), let id = orders.id(of: event) else {
            if let value { credit(value, to: customer, isHeldOut: plan.isHeldOut(customer)) }
            return
        }
        let isCounted = totals[customer] != nil
        let isValued = orders.value(of: event) != nil
        guard
            let change = self.orders.tell(
                id, by: event, isValued: isValued, amounts: [value ?? 0], isCounted: isCounted)
        else { return }
        credit(change.amounts[0], to: customer, isHeldOut: plan.isHeldOut(customer))
    }

    /// Two people turned out to be one, who counts once, with what both were worth.
    package mutating func merge(_ old: CustomerID, isHeldOut wasHeldOut: Bool, into new: CustomerID, isHeldOut: Bool) {
        guard let total = totals.removeValue(forKey: old) else { return }
        comparison.change(wasHeldOut, customers: -1, from: total, to: 0)
        enter(new, isHeldOut: isHeldOut)
        credit(total, to: new, isHeldOut: isHeldOut)
    }
}
