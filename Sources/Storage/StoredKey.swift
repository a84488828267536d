public import WeirDomain

/// An API key: only its hash is kept.
public struct StoredKey: Sendable, Equatable {
    /// What a key or a person may do: the two scopes of machines, and the roles of people, which keys can have too.
    public enum Scope: String, Sendable, CaseIterable {
        /// Send events.
        case collect
        /// Ask for decisions and report what became of them.
        case decide
        /// See figures and settings, customers masked.
        case viewer
        /// Change the catalog but for its budgets.
        case marketer
        /// Measure, train, and bring models and experiments further.
        case analyst
        /// Change the catalog's budgets.
        case finance
        /// Keep the server up: its metrics, its quarantine.
        case `operator`
        /// See customers, and who has seen them.
        case privacyOfficer = "privacy-officer"
        /// Everything.
        case administrator
        /// What administrators were called before there were roles; means the same.
        case manage

        /// Whether it includes every other.
        public var isAdministrator: Bool { self == .administrator || self == .manage }
    }

    /// What people call it; unique. Events that come with it have it as their source, unless `sources` says otherwise.
    public var name: SourceID
    /// SHA-256 of the key, 32 bytes; unique.
    public var hash: [UInt8]
    public var scopes: Set<Scope>
    public var createdTime: Timestamp
    /// From when on it lets nobody in; nil where it never ends.
    public var expiresTime: Timestamp?
    /// The origins of the pages that may send with it, each as a browser writes it, such as `https://shop.example`; with
    /// some it is publishable: it can stand in a page. Empty where it is not for browsers.
    public var origins: [String]
    /// What its events may bear as their source; the first where they do not say. Empty for its own name.
    public var sources: [SourceID]
    /// Where it may ask for decisions; empty for everywhere.
    public var placements: [PlacementID]

    public init(
        name: SourceID, hash: [UInt8], scopes: Set<Scope>, createdTime: Timestamp, expiresTime: Timestamp? = nil,
        origins: [String] = [], sources: [SourceID] = [], placements: [PlacementID] = []
    ) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdTime = createdTime
        self.expiresTime = expiresTime
        self.origins = origins
        self.sources = sources
        self.placements = placements
    }

    /// Whether it still lets in at that moment.
    public func isValid(at time: Timestamp) -> Bool { expiresTime.map { time < $0 } ?? true }

    /// Whether its holder may do everything at that moment.
    public func isAdministrator(at time: Timestamp) -> Bool {
        isValid(at: time) && scopes.contains(where: \.isAdministrator)
    }
}
