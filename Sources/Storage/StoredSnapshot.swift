/// A named state (a model, the prices) as it was after the record with `sequence`; the newest of a name counts.
///
/// Older ones stay until they are pruned: a state as of an old record is rebuilt from the snapshot before it.
public struct StoredSnapshot: Sendable, Equatable {
    public var name: String
    public var sequence: Int64
    public var body: [UInt8]

    public init(name: String, sequence: Int64, body: [UInt8]) {
        self.name = name
        self.sequence = sequence
        self.body = body
    }
}
