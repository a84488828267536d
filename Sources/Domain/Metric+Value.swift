import WeirJSON

extension Metric {
    /// What an event adds; nil where it is none of those that count.
    package func value(of event: Event) -> Double? {
        guard pattern.matches(event) else { return nil }
        return value.map { event.properties[$0]?.double ?? 0 } ?? 1
    }
}
