public import WeirJSON

/// What a person is worth to the team, for comparing who gets offers with who is held out.
public struct Metric: Sendable, Hashable, Codable {
    /// Such as `sales per customer`.
    public var name: String
    public var pattern: EventPattern
    /// What each matching event adds, in major units; nil means 1.
    public var value: JSONPath?
    /// What one event can add; an amount outside counts as the nearest end. Nil where nothing is declared.
    public var range: ClosedRange<Double>?

    public init(name: String, pattern: EventPattern, value: JSONPath?, range: ClosedRange<Double>? = nil) {
        self.name = name
        self.pattern = pattern
        self.value = value
        self.range = range
    }
}
