import WeirCoupons
import WeirDecisioning
import WeirDomain
import WeirLog
import WeirStorage

/// One respect in which things follow from records: whom they are about, what money moves, what is learned …
///
/// A follower is a value that takes a record, with what it may read, and answers with effects; it has no clock, no disk
/// and no randomness. The committer tells it each record of the kinds it follows, in the one order of everything, inside
/// the transaction that makes the record durable; what follows is told to all followers in turn. What decisions under way
/// must see at once (profiles, identities, the ledger) lies in `SharedState`, behind locks held for moments; everything
/// else is the follower's own.
///
/// A new follower is a file of its own and a line in `Followers.list`.
protocol Follower: Sendable {
    /// What requests may read of it, published after each commit.
    associatedtype Figures: Sendable = Void

    /// The kinds of records that it is told.
    static var follows: [RecordKind] { get }

    /// Names what the store must have read before the group's transaction begins.
    mutating func foresee(
        _ entries: [JournalEntry], _ context: FollowerContext, wanting reads: inout StoredReads.Wanted)

    /// Takes a record that has its place in the order.
    mutating func follow(
        _ entry: Sequenced, _ attachment: Attachment, _ context: inout FollowerContext
    ) throws -> [Effect]

    /// Answers what somebody reports of a decision; nil where this is another follower's to answer.
    mutating func answer(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect])?

    /// Answers at the moment of use of a code; nil where this is another follower's to answer.
    mutating func answer(
        _ request: CouponRequest, _ context: inout FollowerContext
    ) throws -> (reply: CouponReply, effects: [Effect])?

    /// Lets time pass: windows close at their moment.
    mutating func pass(to now: Timestamp, _ context: inout FollowerContext) throws -> [Effect]

    /// Has been told all records of a group.
    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect]

    /// Its state as the body of a snapshot, where an effect asks for one.
    var snapshot: (name: String, body: [UInt8])? { get }

    /// What of it is only in memory.
    var unsaved: Unsaved { get }

    /// Adds what goes into the store with this group.
    mutating func save(into checkpoint: inout Checkpoint, _ context: FollowerContext)

    /// The group with what was saved is durable.
    mutating func confirm(_ saved: RecordGroup)

    /// Brings it to where the store's records left it, when the engine starts.
    mutating func restore(from recovery: inout Recovery) throws

    var figures: Figures { get }

    /// What another catalog needs of the past for this follower, to be worked out from the log before it is in force; nil
    /// where nothing.
    ///
    /// - Parameters:
    ///   - previous: The catalog in force until then.
    ///   - figures: As the follower shows them under the previous one.
    static func preparation(
        for plan: CatalogPlan, instead previous: CatalogPlan?, given figures: Figures, at now: Timestamp,
        _ shared: SharedState
    ) throws -> (any PreparedPart)?
}

/// What of a follower would be lost without another look at the log.
enum Unsaved: Comparable {
    case nothing
    /// Only the last save before the end asks for it.
    case atTheEnd
    /// Due with the next checkpoint.
    case some
    /// A checkpoint has begun and goes on with each group.
    case underWay
}

extension Follower {
    mutating func foresee(
        _ entries: [JournalEntry], _ context: FollowerContext, wanting reads: inout StoredReads.Wanted
    ) {}

    mutating func answer(
        _ report: OutcomeReport, _ context: inout FollowerContext
    ) throws -> (reply: OutcomeReply, effects: [Effect])? { nil }

    mutating func answer(
        _ request: CouponRequest, _ context: inout FollowerContext
    ) throws -> (reply: CouponReply, effects: [Effect])? { nil }

    mutating func pass(to now: Timestamp, _ context: inout FollowerContext) throws -> [Effect] { [] }

    mutating func endGroup(_ context: inout FollowerContext) throws -> [Effect] { [] }

    var snapshot: (name: String, body: [UInt8])? { nil }

    var unsaved: Unsaved { .nothing }

    mutating func save(into checkpoint: inout Checkpoint, _ context: FollowerContext) {}

    mutating func confirm(_ saved: RecordGroup) {}

    static func preparation(
        for plan: CatalogPlan, instead previous: CatalogPlan?, given figures: Figures, at now: Timestamp,
        _ shared: SharedState
    ) throws -> (any PreparedPart)? { nil }
}

extension Follower where Figures == Void {
    var figures: Void { () }
}
