public import Logging
import Synchronization
import WeirCatalog
public import WeirDecisioning
import WeirDomain
import WeirLearning
import WeirProfiles
public import WeirStorage

/// The whole loop around the pure core: takes in events and requests, keeps what must be kept, learns and decides.
///
/// Nothing here waits or runs by itself. Callers hand in work with a completion; somebody calls `commitOnce` (a thread
/// in the server, a loop in a simulation), which commits what has come in, lets everything follow from it that follows,
/// and completes the callers. Time, storage and scheduling all come from outside, so a run can be repeated step by step.
///
/// Order of locks: committer or last catalog, then shard, then identities, treasury or published, then journal.
public final class Engine: Sendable {
    public let settings: EngineSettings
    public let clock: any EngineClock
    public let store: any Store
    let logger: Logger
    let shards: [Shard]
    let journal: Journal
    let treasury: Mutex<Treasury>
    let identities: Mutex<IdentityMap>
    let published: Mutex<Published>
    /// Requests with an idempotency key that are under way, with their fingerprints.
    let keysInUse = Mutex<[String: UInt64]>([:])
    let lastDecision: Mutex<Int64>
    /// The version of the last catalog that was handed in; held while one is, so that they follow each other.
    let lastCatalog: Mutex<Int>
    /// What only the committer touches; the lock is never contended.
    let committer: Mutex<Committer>
    let pulse = Mutex(Pulse())

    /// What decisions read: replaced as a whole, so that catalog and models always belong together.
    struct Published: Sendable {
        var plan: CatalogPlan?
        var models: [GoalModel] = []
        var modelVersion: Int64 = 0
        var registry = ModelRegistry()
        var stoppedArms: [StoppedArm] = []
    }

    /// What the committer works on.
    struct Committer: Sendable {
        var sequence: Int64
        var joiner = OutcomeJoiner()
        var learner: Learner?
        var registry = ModelRegistry()
        var comparison = HoldoutComparison()
        var experiments = ExperimentMonitor()
        /// Records since the last checkpoint.
        var recordsSinceCheckpoint = 0
        var lastCheckpoint: Timestamp
        var lessonsSinceSnapshot = 0
        /// Whose stored profile lacks something, with the first record that it may lack.
        var dirty: [CustomerID: Int64] = [:]
        /// Of the checkpoint under way: who is still to be saved, last first, and the record after which it began.
        var unsaved: [CustomerID] = []
        var unsavedSince: Int64 = 0
        var hasFailed = false
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
        shards = (0..<max(1, settings.shards)).map { _ in Shard() }
        journal = Journal(bound: settings.journalBound)
        let recovered = try Recovery(store: store).run()
        var treasury = recovered.treasury
        if !settings.usesShadowPrices { treasury.fixPrices() }
        self.treasury = Mutex(treasury)
        identities = Mutex(recovered.identities)
        published = Mutex(
            Published(
                plan: recovered.learner?.plan, models: recovered.learner?.models ?? [],
                modelVersion: recovered.learner?.version ?? 0, registry: recovered.registry,
                stoppedArms: recovered.stops.map(\.stopped)))
        lastDecision = Mutex(try store.lastDecision())
        lastCatalog = Mutex(try store.catalog(version: nil)?.version ?? 0)
        var committer = Committer(sequence: recovered.sequence, lastCheckpoint: clock.now)
        committer.joiner = recovered.joiner
        committer.learner = recovered.learner
        committer.registry = recovered.registry
        committer.experiments = ExperimentMonitor(stops: recovered.stops)
        self.committer = Mutex(committer)
        try restoreProfiles()
    }

    func shard(of customer: CustomerID) -> Shard { shards[partition(of: customer) % shards.count] }

    var profileCapacity: Int { max(1, settings.hotProfiles / shards.count) }

    // MARK: What is

    public var plan: CatalogPlan? { published.withLock(\.plan) }
    public var modelVersion: Int64 { published.withLock(\.modelVersion) }
    /// Whether it can decide: a catalog is applied and the journal has room.
    public var isReady: Bool { plan != nil && !journal.isFull && !committer.withLock(\.hasFailed) }
    public var queueDepth: Int { journal.depth }
    public var hotProfiles: Int { shards.reduce(0) { sum, shard in sum + shard.withLock(\.entries.count) } }
    public var awaitedOutcomes: Int { committer.withLock(\.joiner.count) }
    public var comparison: HoldoutComparison { committer.withLock(\.comparison) }

    /// Turns new work away; what has been handed in is still committed by `commitOnce`.
    public func close() { journal.close() }

    /// Turns away new work and what waits: the store has failed.
    func giveUp() { journal.giveUp() }

    /// Whether `close` was called and everything handed in is committed.
    public var isDrained: Bool { journal.isDrained }

    /// Calls `wake` when there is something to commit.
    public func whenWorkWaits(_ wake: @escaping @Sendable () -> Void) { journal.whenNotEmpty(wake) }
}
