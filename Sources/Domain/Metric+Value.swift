import WeirJSON

extension Metric {
    /// What an event adds; nil where it is none of those that count.
    ///
    /// Within ± 9.2 × 10¹², as sums in features are: sums of squares then stay numbers, however many there are.
    package func value(of event: Event) -> Double? {
        guard pattern.matches(event) else { return nil }
        guard let value else { return 1 }
        let told = event.properties[value]?.double ?? 0
        let amount = min(max(told, -Self.greatest), Self.greatest)
        return range.map { min(max(amount, $0.lowerBound), $0.upperBound) } ?? amount
    }

    /// Whether an event that counts tells an amount outside the declared range.
    package func cuts(_ event: Event) -> Bool {
        guard let range, let value, pattern.matches(event), let told = event.properties[value]?.double else {
            return false
        }
        return !range.contains(told)
    }

    /// Whether an event may change what somebody is worth: one that counts, or the newest telling of an order that did.
    package func counts(_ event: Event, _ orders: Orders?) -> Bool {
        pattern.matches(event) || (pattern.name == orders?.event && orders?.isTold(by: event) == true)
    }

    private static let greatest = 9.2e12
}
