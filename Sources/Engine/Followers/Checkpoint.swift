import WeirDomain
import WeirStorage

/// What goes into the store with a group besides its records: profiles and states that are only in memory.
struct Checkpoint {
    /// How much of what has changed is saved.
    enum Saving: Sendable {
        case none
        /// The next few profiles of a checkpoint that has begun: all at once would keep the callers behind them waiting.
        case some
        case all
    }

    let saving: Saving
    /// The last record of the group.
    let sequence: Int64
    /// How many profiles `some` saves.
    let profilesPerGroup: Int
    /// A model is saved every so many lessons.
    let lessonsPerSnapshot: Int
    var profiles: [StoredProfile] = []
    var removedProfiles: [CustomerID] = []
    var snapshots: [StoredSnapshot] = []
    /// Whether all profiles that had changed when the checkpoint began are in the store with this group.
    var isComplete = false
}
