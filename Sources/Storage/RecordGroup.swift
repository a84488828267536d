public import WeirDomain

/// What is committed at once.
public struct RecordGroup: Sendable, Equatable {
    /// In ascending sequence.
    public var records: [Sequenced] = []
    /// Replace older ones of the same customer; of two in one group the last counts.
    public var profiles: [StoredProfile] = []
    public var snapshots: [StoredSnapshot] = []
    /// Profiles whose customer was merged into another; they go after `profiles` were kept.
    public var removedProfiles: [CustomerID] = []

    public init() {}

    public var isEmpty: Bool {
        records.isEmpty && profiles.isEmpty && snapshots.isEmpty && removedProfiles.isEmpty
    }
}
