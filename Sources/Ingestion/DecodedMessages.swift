package import WeirDomain

/// What a body held.
package struct DecodedMessages: Sendable, Equatable {
    package var events: [Event] = []
    package var rejected: [RejectedMessage] = []
    /// How many more were rejected and are only counted, since there were so many.
    package var notKept = 0

    package init() {}

    /// Keeps a rejected message, or counts it where as many are kept as may be.
    package mutating func reject(_ rejected: @autoclosure () -> RejectedMessage, keeping limit: Int) {
        if self.rejected.count < limit { self.rejected.append(rejected()) } else { notKept += 1 }
    }
}
