public import WeirDomain

/// What an operator can turn; the defaults suit one machine.
public struct EngineSettings: Sendable {
    /// Each shard has its own lock and its own profiles; about four per core.
    public var shards = 16
    /// Profiles kept in memory, over all shards; the least recently used leave first.
    public var hotProfiles = 1_000_000
    /// Loads up to `hotProfiles` at the start, so that the first decisions need no disk.
    public var warmsProfiles = true
    /// Records that may wait for the journal before callers are turned away.
    public var journalBound = 100_000
    /// The most that one group holds.
    public var groupBound = 4_096
    /// The most that one group holds of events where decisions come too, so that these do not wait long.
    public var sharedGroupBound = Int.max
    /// Changed profiles are saved at the latest after so many records; what was not saved is replayed at a restart.
    public var recordsPerCheckpoint = 100_000
    /// … or after this time by the engine's clock.
    public var checkpointInterval = TimeSpan.seconds(10)
    /// How many profiles a checkpoint saves with each group; > 0. All at once would keep the callers behind them waiting.
    public var profilesPerGroup = 256
    /// A model is saved every so many lessons, so that an audit of one decision need not start from nothing.
    public var lessonsPerSnapshot = 5_000
    /// Whether shadow prices hold budgets to their curves; else money goes first come, first served at the price of the
    /// budget's floor, to see what pricing is worth.
    public var usesShadowPrices = true

    public init() {}
}
