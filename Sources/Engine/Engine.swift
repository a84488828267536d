public import Logging
import Synchronization
import WeirCatalog
public import WeirDecisioning
package import WeirDomain
package import WeirLimits
import WeirLog
import WeirProfiles
public import WeirStorage

/// The whole loop around the pure core: takes in events and requests, keeps what must be kept, learns and decides.
///
/// Nothing here waits or runs by itself. Callers hand in work with a completion; somebody calls `commitOnce` (a thread
/// in the server, a loop in a simulation), which commits what has come in, lets everything follow from it that follows,
/// and completes the callers. Time, storage and scheduling all come from outside, so a run can be repeated step by step.
///
/// Requests read what was published after the last commit and never take the committer's lock.
///
/// Order of locks: committer or last catalog, then shard, then identities, treasury or published, then journal.
public final class Engine: Sendable {
    public let settings: EngineSettings
    public let clock: any EngineClock
    public let store: any Store
    let logger: Logger
    let shared: SharedState
    let journal: Journal
    let published: Mutex<Published>
    /// Requests with an idempotency key that are under way, with their fingerprints.
    let keysInUse = Mutex<[String: UInt64]>([:])
    let lastDecision: Mutex<Int64>
    /// The version of the last catalog that was handed in; held while one is, so that they follow each other.
    let lastCatalog: Mutex<Int>
    let catalogs = CatalogQueue()
    /// What only the committer touches; no request takes the lock.
    let committer: Mutex<Committer>
    let latencies = Mutex(Latencies())
    /// Whether the store failed: memory is then ahead of it.
    let hasFailed = Atomic(false)

    /// What the committer works on.
    struct Committer: Sendable {
        var sequence: Int64
        var followers: Followers
        /// The catalog in force; nil before the first.
        var plan: CatalogPlan?
        /// Records since the last checkpoint.
        var recordsSinceCheckpoint = 0
        var lastCheckpoint: Timestamp
        /// Reads inside a transaction that no follower had foreseen.
        var unforeseenReads = 0
        var pace = GroupPace()
    }

    /// Opens a store and rebuilds everything from it.
    ///
    /// - Throws: What the store throws, or a typed error that says which record is at fault.
    public init(
        store: any Store, clock: any EngineClock, settings: EngineSettings = EngineSettings(),
        logger: Logger = Logger(label: "weir.engine")
    ) throws {
        self.settings = settings
        self.clock = clock
        self.store = store
        self.logger = logger
        shared = SharedState(store: store, settings: settings, logger: logger)
        journal = Journal(bound: settings.journalBound, sharedLimit: settings.sharedGroupBound)
        lastDecision = Mutex(try store.lastDecision())
        lastCatalog = Mutex(try store.catalog(version: nil)?.version ?? 0)
        var followers = Followers(shared)
        var recovery = Recovery(shared, at: clock.now)
        try followers.restore(from: &recovery)
        let plan = try recovery.plan()
        published = Mutex(Published(plan, followers))
        committer = Mutex(
            Committer(
                sequence: try store.lastSequence(), followers: followers, plan: plan, lastCheckpoint: clock.now))
        setModelsAside(followers[LearningFollower.self])
    }

    var identities: Guarded<IdentityMap> { shared.identities }
    var treasury: Guarded<Treasury> { shared.treasury }
    /// How often limits were met, of what the engine takes in and of what people hold.
    package var limitCounts: LimitCounts { shared.limitCounts }

    // MARK: What is

    public var plan: CatalogPlan? { published.withLock(\.plan) }
    public var modelVersion: Int64 { published.withLock(\.modelVersion) }
    /// Whether it can decide: a catalog is applied and the journal has room.
    public var isReady: Bool { plan != nil && !journal.isFull && !hasFailed.load(ordering: .relaxed) }
    /// Whether the queue before the store has room for records of a source.
    package func hasRoom(for count: Int, of source: SourceID) -> Bool { journal.hasRoom(for: count, of: source) }
    public var queueDepth: Int { journal.depth }
    public var hotProfiles: Int { shared.profiles.count }
    public var awaitedOutcomes: Int { figures(of: OutcomeFollower.self).awaited }
    /// Decisions of which nothing has come yet, and still may; by goal.
    package var openOutcomes: [GoalID: OpenOutcomes] {
        figures(of: OutcomeFollower.self).open.filter { $0.value.count > 0 }
    }
    public var comparison: HoldoutComparison { figures(of: HoldoutFollower.self) }

    /// What a follower showed after the last commit.
    func figures<Kind: Follower>(of type: Kind.Type) -> Kind.Figures { published.withLock { $0 }.figures(of: type) }

    /// Turns new work away; what has been handed in is still committed by `commitOnce`.
    public func close() {
        journal.close()
        catalogs.close()
    }

    /// Turns away new work and what waits: the store has failed.
    func giveUp() {
        journal.giveUp()
        catalogs.close()
    }

    /// Whether `close` was called and everything handed in is committed.
    public var isDrained: Bool { journal.isDrained }

    /// Calls `wake` when there is something to commit.
    public func whenWorkWaits(_ wake: @escaping @Sendable () -> Void) { journal.whenNotEmpty(wake) }
}
