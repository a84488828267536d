/// A number with its unit and, where it is an estimate, the range that holds the truth.
package struct Quantity: Sendable, Equatable {
    /// NaN where it cannot be said.
    package var value: Double
    /// Both or neither; infinite where one side is open.
    package var lower: Double?
    package var upper: Double?
    package var unit: Unit
    /// Of the range; 0.95 unless stated.
    package var confidence: Double

    package init(
        _ value: Double, _ unit: Unit = .number(), lower: Double? = nil, upper: Double? = nil, confidence: Double = 0.95
    ) {
        precondition((lower == nil) == (upper == nil), "a range has two ends")
        self.value = value
        self.unit = unit
        self.lower = lower
        self.upper = upper
        self.confidence = confidence
    }

    package enum Unit: Sendable, Equatable {
        /// A plain number; nil digits means four significant ones.
        case number(digits: Int? = nil)
        case count
        /// A share of one, shown in percent.
        case percent
        /// A difference of shares, shown in percentage points.
        case points
        /// In major units of the currency.
        case money(String)
        /// A probability such as a p-value, or a chance.
        case probability
        /// Value per unit of cost, such as `3.20 ×`.
        case ratio
        case seconds
        case days
        /// Any other, such as `conversions`.
        case named(String)
    }
}
