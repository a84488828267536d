package import WeirDomain

/// What a body held.
package struct DecodedMessages: Sendable, Equatable {
    package var events: [Event] = []
    package var rejected: [RejectedMessage] = []

    package init() {}
}
