import WeirJSON

extension Event {
    /// The member of `context` that says whether who sent an alias may make one person of two known users.
    public static let mergesUsers = "mergesUsers"

    /// Whether this alias may make one person of two known users, whatever the catalog says: it came from an operator's file,
    /// from a holder of an administrator's key, or at an open server.
    public var mayMergeUsers: Bool { context.present(Self.mergesUsers) == .bool(true) }

    /// The event with its sender's right to merge users in place of what the sender wrote about that; of other kinds than
    /// aliases the event itself.
    package func mergingUsers(_ isAllowed: Bool) -> Event {
        guard kind == .alias else { return self }
        var event = self
        let others = (context.members ?? []).filter { $0.name != Self.mergesUsers }
        event.context = .object(others + [.init(Self.mergesUsers, .bool(isAllowed))])
        return event
    }
}
