public import WeirDomain

/// Whether a source delivers, and what became of what it delivered.
public struct SourceStatus: Sendable, Equatable {
    public enum Minute: Sendable, Equatable { case ok, late, none }

    public var id: SourceID
    public var name: String
    /// The age of the newest event; nil before the first.
    public var freshness: TimeSpan?
    /// Older than that counts as late.
    public var lateAfter: TimeSpan
    /// The last hour, oldest first, at most 60.
    public var minutes: [Minute]
    public var accepted: Int
    public var duplicates: Int
    public var quarantined: Int

    public init(
        id: SourceID, name: String, freshness: TimeSpan?, lateAfter: TimeSpan, minutes: [Minute], accepted: Int,
        duplicates: Int, quarantined: Int
    ) {
        self.id = id
        self.name = name
        self.freshness = freshness
        self.lateAfter = lateAfter
        self.minutes = minutes
        self.accepted = accepted
        self.duplicates = duplicates
        self.quarantined = quarantined
    }

    package var isLate: Bool { freshness.map { $0 > lateAfter } ?? false }
}
