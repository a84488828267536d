import WeirJSON

extension Event {
    /// The member of `context` that says when an event with consent happened as its sender wrote it, where that was
    /// moved to a later moment by what was taken for the sender's clock error.
    public static let unadjustedTimestamp = "unadjustedTimestamp"

    /// The member of `context` that says how exact the sender's time is, where it is no moment: `day`.
    public static let timestampPrecision = "timestampPrecision"

    /// When it happened as its sender wrote it, where it was moved.
    public var writtenTime: Timestamp? {
        context.present(Self.unadjustedTimestamp)?.string.flatMap { Timestamp(iso8601: $0) }
    }

    /// Whether its sender said the day alone on which it happened; `eventTime` is then that day's midnight, UTC.
    public var isOfWholeDay: Bool { context.present(Self.timestampPrecision) == "day" }
}
