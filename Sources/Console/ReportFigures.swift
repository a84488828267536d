import Foundation
import WeirReporting

/// How the values of one column, axis or picture are written: with the same digits, so that they can be compared.
struct ReportFigures: Equatable {
    let unit: Quantity.Unit
    /// Behind the point.
    let digits: Int

    /// - Parameter values: All that will be written; those that are not finite do not count.
    init(_ unit: Quantity.Unit, for values: [Double]) {
        self.unit = unit
        let sizes = values.map { abs($0) * Self.scale(unit) }.filter(\.isFinite)
        let top = sizes.max() ?? 0
        let least = sizes.filter { $0 > 0 }.min() ?? 0
        let needed =
            switch unit {
            case .count: 0
            case .number(let digits?): digits
            case .probability: 4
            case .ratio: 2
            case .points: least < 0.095 && least > 0 ? 3 : 2
            case .money: top < 10_000 ? 2 : 0
            case .percent:
                top >= 99.95 && least >= 9.95 ? 0 : least >= 0.095 && top >= 0.95 ? 1 : least >= 0.0095 ? 2 : 3
            case .number, .seconds, .days, .named: Self.digits(top: top, least: least)
            }
        digits =
            switch unit {
            // Zeros at the end of all of them say nothing.
            case .number(nil), .seconds, .days, .named, .percent: Self.used(needed, by: sizes)
            default: needed
            }
    }

    init(_ quantity: Quantity) {
        self.init(quantity.unit, for: [quantity.value] + [quantity.lower, quantity.upper].compactMap { $0 })
    }

    /// Three significant ones of the greatest, and two of the least where that takes no more than two further.
    private static func digits(top: Double, least: Double) -> Int {
        guard top > 0 else { return 0 }
        let (forTop, forLeast) = (2 - Int(log10(top).rounded(.down)), 1 - Int(log10(least).rounded(.down)))
        return min(6, max(0, forTop, min(forLeast, max(forTop, 0) + 2)))
    }

    private static func used(_ digits: Int, by sizes: [Double]) -> Int {
        (0..<digits).first { digits in
            let scale = pow(10, Double(digits))
            return sizes.allSatisfy { abs($0 * scale - ($0 * scale).rounded()) < 1e-6 * scale * 1e-3 }
        } ?? digits
    }

    /// What a value is multiplied with before it is shown.
    static func scale(_ unit: Quantity.Unit) -> Double {
        switch unit {
        case .percent, .points: 100
        default: 1
        }
    }

    /// The unit as a word beside the number; nil where a sign at the number says it, or nothing does.
    static func name(_ unit: Quantity.Unit) -> String? {
        switch unit {
        case .number, .count, .percent, .probability, .ratio: nil
        case .points: "points"
        case .money(let currency): currency
        case .seconds: "s"
        case .days: "days"
        case .named(let name): name
        }
    }

    private var sign: String {
        switch unit {
        case .percent: " %"
        case .ratio: " ×"
        default: ""
        }
    }

    /// `5.4`
    func bare(_ value: Double) -> String {
        if value.isNaN { return Figure.none }
        if value.isInfinite { return value < 0 ? "−∞" : "∞" }
        if unit == .probability, value > 0, value < 0.0001 { return "< 0.0001" }
        let scaled = value * Self.scale(unit)
        // What the digits would hide, or what is too great for them, is shown as powers of ten.
        guard scaled == 0 || digits < 6 || abs(scaled) >= 1e-4, abs(scaled) < 1e15 else { return unit.text(value) }
        return Figure.decimal(scaled, digits: digits)
    }

    /// `5.4 %`, `12.30`: for a column whose head names the unit.
    func short(_ value: Double) -> String { bare(value) + (value.isNaN ? "" : sign) }

    /// `5.4 %`, `12.30 USD`.
    func text(_ value: Double) -> String {
        guard !value.isNaN, let name = Self.name(unit) else { return short(value) }
        return "\(bare(value)) \(name)"
    }

    /// `3.1 to 7.7 %`; nil where there is no range.
    func range(_ quantity: Quantity, named: Bool = true) -> String? {
        guard let lower = quantity.lower, let upper = quantity.upper else { return nil }
        return "\(bare(lower)) to \(named ? text(upper) : short(upper))"
    }

    /// `5.4 % (3.1 to 7.7 %)`.
    func sentence(_ quantity: Quantity) -> String {
        text(quantity.value) + (range(quantity).map { " (\($0))" } ?? "")
    }
}

extension Quantity {
    /// Whether the range holds zero inside, so that even the direction is not known.
    var mayBeNothing: Bool { (lower ?? 1) < 0 && (upper ?? -1) > 0 }
}
