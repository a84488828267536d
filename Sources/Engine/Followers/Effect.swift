package import WeirDomain
import WeirStorage

/// What a follower answers with.
enum Effect {
    /// A record that follows: it gets the next number, goes into the same transaction, and is told to all followers
    /// before anything else happens.
    case record(Record, Attachment = .none)
    /// The answering follower's state, as it is when the effects before this one have been carried out, kept as the state
    /// after the record with that number.
    case snapshot(sequence: Int64)
}

/// What comes with a record on its way to the followers and is not part of the log.
package enum Attachment: Sendable {
    case none
    /// With a decision: the entries that moved its money, posted when it was made; and whether its outcome is presumed to
    /// be "no" at once.
    case reservation([LedgerEntry], isPresumedNot: Bool)
    /// With a catalog.
    case catalog(CatalogChange)
    /// With an outcome: what happens to the reserved money, whether nothing is awaited any more, and what the offer's use did
    /// cost; nil means all that was reserved.
    case verdict(OutcomeJoiner.Movement, isClosed: Bool, cost: Money? = nil)
    /// With the use of a code that was asked for at the till, so that an outcome follows from it; a use that an outcome told
    /// of has none.
    case momentOfUse
}
