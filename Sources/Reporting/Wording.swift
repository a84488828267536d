import Foundation

/// Numbers and names within sentences of a report.
package enum Wording {
    package static func short(_ value: Double) -> String {
        let digits = value == value.rounded() ? 0 : abs(value) < 10 ? 2 : 1
        return Quantity.Unit.number(digits: digits).text(value)
    }
    package static func percent(_ share: Double) -> String { Quantity.Unit.percent.text(share) }
    package static func count(_ count: Int) -> String { Quantity.Unit.count.text(Double(count)) }

    /// A column's name as a report names things: letters and hyphens.
    package static func identifier(_ name: String) -> String {
        let letters = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return String(letters)
    }
}

/// `1 unit`, `1,200 units`.
package func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(Quantity.Unit.count.text(Double(count))) \(count == 1 ? one : many)"
}

/// `0.0003`, or `below 0.0001`.
package func shortProbability(_ p: Double) -> String { p < 0.0001 ? "below 0.0001" : String(format: "%.4f", p) }
