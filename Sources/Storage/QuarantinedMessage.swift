public import WeirDomain

/// A message that could not be accepted, kept as it came until someone mends it.
public struct QuarantinedMessage: Sendable, Equatable {
    public var source: SourceID
    public var receivedTime: Timestamp
    /// JSON Pointer to the field at fault, such as `#/batch/3/userId`.
    public var pointer: String
    /// What is wrong and what to do.
    public var reason: String
    /// The message as it was sent.
    public var raw: [UInt8]

    public init(source: SourceID, receivedTime: Timestamp, pointer: String, reason: String, raw: [UInt8]) {
        self.source = source
        self.receivedTime = receivedTime
        self.pointer = pointer
        self.reason = reason
        self.raw = raw
    }
}
