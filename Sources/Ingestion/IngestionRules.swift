package import WeirDomain
package import WeirLimits

/// How much one request may hold and how far a sender's clock may be ahead.
///
/// The defaults are Segment's limits, to which its client libraries keep.
package struct IngestionRules: Sendable, Equatable {
    /// Of one message as compact JSON.
    package var maximalMessageBytes = 32 * 1024
    /// Of one batch body, unpacked.
    package var maximalBatchBytes = 500 * 1024
    /// Messages of a batch beyond this are rejected, the ones before it land.
    package var maximalBatchCount = 2_500
    /// Characters of a `messageId`.
    package var maximalMessageIDLength = 100
    /// How far an event may lie after its arrival; what is later was stamped by a clock that is ahead.
    package var clockTolerance = TimeSpan.hour
    /// Whether the sender's clock error, known from `sentAt`, is taken out of `timestamp`.
    ///
    /// False for files: what they hold was sent long ago, to somebody else.
    package var correctsClocks = true
    /// Where amounts stand, and how they may be written as text.
    package var amounts = AmountFields()
    /// What one value of a message may be, and how much of a body is kept for mending.
    package var limits = Limits()

    /// How far a sender's clock may be behind; what was sent longer before it arrived was on its way so long.
    package var greatestSkew = TimeSpan.hour

    package init() {}

    /// Whether what was sent so long before it arrived was delayed, rather than sent by a clock that is behind.
    ///
    /// A clock that lost its battery begins anew in the past: what it wrote then is no moment of anybody's life.
    func isDelayed(sent: Timestamp, written: Timestamp, received: Timestamp) -> Bool {
        received.since(sent) > greatestSkew && written <= sent && written >= Self.plausible
    }

    private static let plausible = Timestamp(day: Timestamp.day(year: 2010, month: 1, day: 1))
}
