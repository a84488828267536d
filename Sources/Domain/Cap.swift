/// At most so many offers per person in a time.
public struct Cap: Sendable, Hashable, Codable {
    public enum Scope: String, Sendable, Codable, CaseIterable {
        case offer, campaign, channel, overall
    }

    public var scope: Scope
    /// ≥ 1.
    public var limit: Int
    /// > 0.
    public var per: TimeSpan

    public init(scope: Scope, limit: Int, per: TimeSpan) {
        self.scope = scope
        self.limit = limit
        self.per = per
    }
}
