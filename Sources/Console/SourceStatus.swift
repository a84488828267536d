package import WeirDomain

/// Whether a source delivers, and what became of what it delivered.
package struct SourceStatus: Sendable, Equatable {
    package enum Minute: Sendable, Equatable { case ok, late, none }

    package var id: SourceID
    package var name: String
    /// The age of the newest event; nil before the first.
    package var freshness: TimeSpan?
    /// Older than that counts as late.
    package var lateAfter: TimeSpan
    /// The last hour, oldest first, at most 60.
    package var minutes: [Minute]
    package var accepted: Int
    package var duplicates: Int
    package var quarantined: Int

    package init(
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
