/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Which clock it was read from is said by the name that holds it: `eventTime`, `receivedTime`, `decisionTime`.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// A moment as tables and charts hold it; what lies beyond 64 bits of microseconds is their end.
    ///
    /// - Parameter seconds: Since 1970-01-01, UTC.
    package init(seconds: Double) { self.init(microseconds: Int64(saturating: seconds * 1e6)) }

    /// The time from `earlier` to this moment; negative where `earlier` is later, at most what 64 bits hold.
    @inlinable
    public func since(_ earlier: Timestamp) -> TimeSpan {
        let (difference, overflows) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return TimeSpan(microseconds: overflows ? (microseconds < 0 ? .min : .max) : difference)
    }

    /// Stops at the last moment that there is, and at the first.
    @inlinable
    public static func + (left: Timestamp, right: TimeSpan) -> Timestamp {
        let (sum, overflows) = left.microseconds.addingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflows ? (right.microseconds < 0 ? .min : .max) : sum)
    }

    /// Stops at the first moment that there is, and at the last.
    @inlinable
    public static func - (left: Timestamp, right: TimeSpan) -> Timestamp {
        let (difference, overflows) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflows ? (right.microseconds < 0 ? .max : .min) : difference)
    }

    /// The beginning of a day counted from 1970-01-01, UTC.
    package init(day: Int) { self.init(microseconds: (TimeSpan.day * day).microseconds) }

    /// The whole UTC day that holds this moment, counted from 1970-01-01; negative before.
    @inlinable
    public var day: Int {
        Int((Double(microseconds) / Double(TimeSpan.day.microseconds)).rounded(.down))
    }
}

/// A length of time in microseconds; may be negative.
public struct TimeSpan: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static let zero = TimeSpan(microseconds: 0)
    public static let second = TimeSpan(microseconds: 1_000_000)
    public static let minute = TimeSpan(microseconds: 60_000_000)
    public static let hour = TimeSpan(microseconds: 3_600_000_000)
    public static let day = TimeSpan(microseconds: 86_400_000_000)

    /// At most what 64 bits of microseconds hold; nothing where `count` is no number.
    public static func seconds(_ count: Double) -> TimeSpan { TimeSpan(microseconds: Int64(saturating: count * 1e6)) }

    /// At most what 64 bits of microseconds hold; nothing where `count` is no number.
    public static func days(_ count: Double) -> TimeSpan { TimeSpan(microseconds: Int64(saturating: count * 86_400e6)) }

    @inlinable
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.microseconds < right.microseconds }

    @inlinable
    public static func * (left: TimeSpan, right: Int) -> TimeSpan {
        let (product, overflows) = left.microseconds.multipliedReportingOverflow(by: Int64(right))
        return TimeSpan(microseconds: overflows ? ((left.microseconds < 0) == (right < 0) ? .max : .min) : product)
    }

    @inlinable
    public var inSeconds: Double { Double(microseconds) / 1e6 }

    @inlinable
    public var inDays: Double { Double(microseconds) / 86_400e6 }
}
