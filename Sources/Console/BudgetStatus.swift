package import WeirDomain

/// One budget as of now: where it stands, where it was meant to stand, and what the next unit costs.
package struct BudgetStatus: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package var time: Timestamp
        /// Nil where the time has not come yet.
        package var spent: Money?
        package var planned: Money

        package init(time: Timestamp, spent: Money?, planned: Money) {
            self.time = time
            self.spent = spent
            self.planned = planned
        }
    }

    /// Where the spend is expected to be at the end, with 95 %.
    package struct Projection: Sendable, Equatable {
        package var low: Money
        package var high: Money

        package init(low: Money, high: Money) {
            self.low = low
            self.high = high
        }
    }

    package struct Price: Sendable, Equatable {
        package var time: Timestamp
        package var value: Double

        package init(time: Timestamp, value: Double) {
            self.time = time
            self.value = value
        }
    }

    package var id: BudgetID
    package var name: String
    /// All amounts here are in its currency.
    package var limit: Money
    package var spent: Money
    package var reserved: Money
    package var plannedByNow: Money
    package var start: Timestamp
    package var end: Timestamp
    /// From start to end, ascending; thinned to what a picture can show.
    package var series: [Point]
    /// Nil while there is too little spend to project from.
    package var projectedEnd: Projection?
    /// What one unit of cost must bring before it is let through; > 0.
    package var shadowPrice: Double
    /// Ascending, up to now.
    package var shadowPrices: [Price]
    package var returnFloor: Double

    package init(
        id: BudgetID, name: String, limit: Money, spent: Money, reserved: Money, plannedByNow: Money, start: Timestamp,
        end: Timestamp, series: [Point] = [], projectedEnd: Projection? = nil, shadowPrice: Double,
        shadowPrices: [Price] = [], returnFloor: Double
    ) {
        self.id = id
        self.name = name
        self.limit = limit
        self.spent = spent
        self.reserved = reserved
        self.plannedByNow = plannedByNow
        self.start = start
        self.end = end
        self.series = series
        self.projectedEnd = projectedEnd
        self.shadowPrice = shadowPrice
        self.shadowPrices = shadowPrices
        self.returnFloor = returnFloor
    }
}

extension BudgetStatus {
    package enum Pace: Equatable { case notStarted, onPlan, ahead, behind, exhausted }

    /// Whether more people would get its offers if it had more money: its price is a quarter above what it would be without
    /// scarcity. Of a stock of pieces the price says no such thing.
    package var isHoldingBack: Bool { limit.currency != .pieces && shadowPrice > 1.25 * max(1, returnFloor) }

    /// On plan means within 5 % of the limit: closer than a day's chance can hold most budgets.
    package func pace(at now: Timestamp) -> Pace {
        if spent.minorUnits + reserved.minorUnits >= limit.minorUnits { return .exhausted }
        if now < start { return .notStarted }
        let gap = spent.minorUnits - plannedByNow.minorUnits
        if gap.magnitude <= limit.minorUnits.magnitude / 20 { return .onPlan }
        return gap > 0 ? .ahead : .behind
    }
}
