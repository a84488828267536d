package import WeirDomain

/// A figure with its 95 % interval.
package struct Estimate: Sendable, Equatable {
    package var value: Double
    package var low: Double
    package var high: Double

    package init(value: Double, low: Double, high: Double) {
        self.value = value
        self.low = low
        self.high = high
    }

    /// Whether the interval leaves out zero.
    package var isClear: Bool { low > 0 || high < 0 }
}

/// What the treated did beyond the held out, in one goal or metric.
package struct MeasuredEffect: Sendable, Equatable {
    package enum Unit: Sendable, Equatable, Hashable {
        /// Money per customer.
        case money(Currency)
        /// A share of customers; differences are in percentage points.
        case share
        /// Anything else, with its name: `visits per customer`.
        case number(String)
    }

    package var label: String
    package var treatedCount: Int
    package var holdoutCount: Int
    package var treatedMean: Double
    package var holdoutMean: Double
    /// Treated minus held out; nil while either side is too small for an interval.
    package var difference: Estimate?
    package var unit: Unit
    /// A short remark: the window, the adjustment, why there is no figure yet.
    package var note: String

    package init(
        label: String, treatedCount: Int, holdoutCount: Int, treatedMean: Double, holdoutMean: Double,
        difference: Estimate?, unit: Unit, note: String = ""
    ) {
        self.label = label
        self.treatedCount = treatedCount
        self.holdoutCount = holdoutCount
        self.treatedMean = treatedMean
        self.holdoutMean = holdoutMean
        self.difference = difference
        self.unit = unit
        self.note = note
    }
}

extension MeasuredEffect.Unit {
    /// The unit of a difference, as a heading says it.
    var differenceName: String {
        switch self {
        case .money(let currency): currency == .pieces ? "pieces per customer" : "\(currency.code) per customer"
        case .share: "percentage points"
        case .number(let name): name
        }
    }

    /// What a figure is multiplied with before it is shown.
    var scale: Double { self == .share ? 100 : 1 }

    func digits(for estimate: Estimate) -> Int {
        let width = (estimate.high - estimate.low) / 2 * scale
        return width >= 20 ? 0 : width >= 1 ? 1 : width >= 0.02 ? 2 : 3
    }

    func mean(_ value: Double) -> String {
        switch self {
        case .money(let currency): Figure.money(value, currency)
        case .share: Figure.decimal(value * 100, digits: value < 0.1 ? 2 : 1) + " %"
        case .number: Figure.significant(value)
        }
    }

    /// `+0.34 ± 0.09`, or `+0.34 (0.20 to 0.61)` where the interval is lopsided.
    func difference(_ estimate: Estimate) -> String {
        let digits = digits(for: estimate)
        let (below, above) = (estimate.value - estimate.low, estimate.high - estimate.value)
        let value = Figure.signed(estimate.value * scale, digits: digits)
        guard abs(below - above) > 0.1 * max(below, above) else {
            return value + " ± " + Figure.decimal((below + above) / 2 * scale, digits: digits)
        }
        let low = Figure.signed(estimate.low * scale, digits: digits)
        return "\(value) (\(low) to \(Figure.signed(estimate.high * scale, digits: digits)))"
    }
}
