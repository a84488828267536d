public import WeirDomain

/// What a body held.
public struct DecodedMessages: Sendable, Equatable {
    public var events: [Event] = []
    public var rejected: [RejectedMessage] = []

    public init() {}
}
