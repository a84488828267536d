public import WeirDomain

/// One budget as of now: where it stands, where it was meant to stand, and what the next unit costs.
public struct BudgetStatus: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public var time: Timestamp
        /// Nil where the time has not come yet.
        public var spent: Money?
        public var planned: Money

        public init(time: Timestamp, spent: Money?, planned: Money) {
            self.time = time
            self.spent = spent
            self.planned = planned
        }
    }

    /// Where the spend is expected to be at the end, with 95 %.
    public struct Projection: Sendable, Equatable {
        public var low: Money
        public var high: Money

        public init(low: Money, high: Money) {
            self.low = low
            self.high = high
        }
    }

    public struct Price: Sendable, Equatable {
        public var time: Timestamp
        public var value: Double

        public init(time: Timestamp, value: Double) {
            self.time = time
            self.value = value
        }
    }

    public var id: BudgetID
    public var name: String
    /// All amounts here are in its currency.
    public var limit: Money
    public var spent: Money
    public var reserved: Money
    public var plannedByNow: Money
    public var start: Timestamp
    public var end: Timestamp
    /// From start to end, ascending; thinned to what a picture can show.
    public var series: [Point]
    /// Nil while there is too little spend to project from.
    public var projectedEnd: Projection?
    /// What one unit of cost must bring before it is let through; > 0.
    public var shadowPrice: Double
    /// Ascending, up to now.
    public var shadowPrices: [Price]
    public var returnFloor: Double

    public init(
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

    /// On plan means within 5 % of the limit: closer than a day's chance can hold most budgets.
    package func pace(at now: Timestamp) -> Pace {
        if spent.minorUnits + reserved.minorUnits >= limit.minorUnits { return .exhausted }
        if now < start { return .notStarted }
        let gap = spent.minorUnits - plannedByNow.minorUnits
        if gap.magnitude * 20 <= limit.minorUnits.magnitude { return .onPlan }
        return gap > 0 ? .ahead : .behind
    }
}
