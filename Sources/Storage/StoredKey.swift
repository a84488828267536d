public import WeirDomain

/// An API key: only its hash is kept.
public struct StoredKey: Sendable, Equatable {
    public enum Scope: String, Sendable, CaseIterable {
        case collect, decide, manage
    }

    /// What people call it; unique. Events that come with it have it as their source.
    public var name: SourceID
    /// SHA-256 of the key, 32 bytes; unique.
    public var hash: [UInt8]
    public var scopes: Set<Scope>
    public var createdTime: Timestamp

    public init(name: SourceID, hash: [UInt8], scopes: Set<Scope>, createdTime: Timestamp) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdTime = createdTime
    }
}
