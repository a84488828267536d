public import WeirDomain

/// A person who may sign in: of the password only a hash is kept.
public struct StoredUser: Sendable, Equatable {
    /// What they sign in with; unique.
    public var name: String
    /// The hash of the password with its way of hashing, cost and salt, in the form of `crypt(5)`.
    public var passwordHash: String
    public var roles: Set<StoredKey.Scope>
    public var createdTime: Timestamp
    /// Sessions that began before are over.
    public var sessionsFrom: Timestamp

    public init(
        name: String, passwordHash: String, roles: Set<StoredKey.Scope>, createdTime: Timestamp,
        sessionsFrom: Timestamp? = nil
    ) {
        self.name = name
        self.passwordHash = passwordHash
        self.roles = roles
        self.createdTime = createdTime
        self.sessionsFrom = sessionsFrom ?? createdTime
    }

    public var isAdministrator: Bool { roles.contains(where: \.isAdministrator) }
}
