package import WeirDomain

extension Figure {
    /// `+1.20 ± 0.80 cents a decision`, `+3.4 ± 0.6 CHF a decision`: small amounts of common currencies in hundredths.
    package static func perDecision(_ value: Estimate, _ currency: Currency, isSigned: Bool = true) -> String {
        let (scale, unit) = decisionUnit([value], currency)
        let scaled = Estimate(value: value.value * scale, low: value.low * scale, high: value.high * scale)
        let text = MeasuredEffect.Unit.number("").difference(scaled)
        return "\(isSigned || text.first != "+" ? text : String(text.dropFirst())) \(unit) a decision"
    }

    /// What amounts per decision are multiplied with before they are shown, and the unit they are then in.
    package static func decisionUnit(_ values: [Estimate], _ currency: Currency) -> (scale: Double, name: String) {
        let greatest = values.map { max($0.low.magnitude, $0.high.magnitude) }.max() ?? 0
        guard greatest < 1 else { return (1, currency == .pieces ? "pieces" : currency.code) }
        return switch currency.code {
        case "USD", "EUR": (100, "cents")
        case "GBP": (100, "pence")
        case "XXX": (1, "pieces")
        default: (1, currency.code)
        }
    }
}
