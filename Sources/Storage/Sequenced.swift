/// A record and its place in the one order of everything that happened.
public struct Sequenced: Sendable, Equatable {
    /// > 0, strictly ascending within a group and from group to group.
    public var sequence: Int64
    public var record: Record

    public init(_ sequence: Int64, _ record: Record) {
        self.sequence = sequence
        self.record = record
    }
}
