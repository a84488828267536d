import WeirReporting

/// Numbers and names within sentences of a report.
enum Wording {
    static func short(_ value: Double) -> String {
        let digits = value == value.rounded() ? 0 : abs(value) < 10 ? 2 : 1
        return Quantity.Unit.number(digits: digits).text(value)
    }
    static func percent(_ share: Double) -> String { Quantity.Unit.percent.text(share) }
    static func count(_ count: Int) -> String { Quantity.Unit.count.text(Double(count)) }

    /// A column's name as a report names things: letters and hyphens.
    static func identifier(_ name: String) -> String {
        let letters = name.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        return String(letters)
    }
}
