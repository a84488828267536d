import Foundation

extension Quantity {
    /// The value with its unit, and the range where there is one: `5.4 % (3.1 % to 7.7 %)`.
    package var text: String {
        guard let lower, let upper else { return unit.text(value) }
        return "\(unit.text(value)) (\(unit.text(lower)) to \(unit.text(upper)))"
    }
}

extension Quantity.Unit {
    /// A value in this unit, as people read it.
    package func text(_ value: Double) -> String {
        if value.isNaN { return "–" }
        if value.isInfinite { return value < 0 ? "−∞" : "∞" }
        return switch self {
        case .number(let digits): digits.map { Self.grouped(value, digits: $0) } ?? Self.significant(value)
        case .count: Self.grouped(value, digits: 0)
        case .percent: Self.grouped(value * 100, digits: abs(value) < 0.9995 ? (abs(value) < 0.0095 ? 2 : 1) : 0) + " %"
        case .points: Self.grouped(value * 100, digits: abs(value) < 0.00095 ? 3 : 2) + " points"
        case .money(let currency):
            Self.grouped(value, digits: abs(value) < 10_000 ? 2 : 0) + " " + currency
        case .probability: value > 0 && value < 0.0001 ? "< 0.0001" : Self.grouped(value, digits: 4)
        case .ratio: Self.grouped(value, digits: 2) + " ×"
        case .seconds: Self.significant(value) + " s"
        case .days: Self.significant(value) + " days"
        case .named(let name): Self.significant(value) + " " + name
        }
    }

    /// Four significant digits, thousands apart.
    private static func significant(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let size = Int(log10(abs(value)).rounded(.down))
        guard size >= -4 else { return String(format: "%.3g", value).replacing("-", with: "−") }
        return grouped(value, digits: max(0, 3 - size))
    }

    private static func grouped(_ value: Double, digits: Int) -> String {
        let plain = String(format: "%.*f", digits, abs(value))
        let parts = plain.split(separator: ".")
        var whole = ""
        for (index, digit) in parts[0].enumerated() {
            if index > 0, (parts[0].count - index) % 3 == 0 { whole += "," }
            whole.append(digit)
        }
        let isNegative = value < 0 && plain.contains { ("1"..."9").contains($0) }
        return (isNegative ? "−" : "") + whole + (parts.count > 1 ? "." + parts[1] : "")
    }
}
