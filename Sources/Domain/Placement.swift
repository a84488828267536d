/// A place where a person can be reached, and how decisions are made there.
public struct Placement: Sendable, Hashable, Codable {
    public var id: PlacementID
    public var name: String
    public var policy: Policy

    public init(id: PlacementID, name: String, policy: Policy) {
        self.id = id
        self.name = name
        self.policy = policy
    }
}
