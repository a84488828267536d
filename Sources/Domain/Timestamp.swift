/// A moment: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Which clock it was read from is said by the name that holds it: `eventTime`, `receivedTime`, `decisionTime`.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    public var microseconds: Int64

    @inlinable
    public init(microseconds: Int64) { self.microseconds = microseconds }

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// The time from `earlier` to this moment; negative where `earlier` is later.
    @inlinable
    public func since(_ earlier: Timestamp) -> TimeSpan {
        TimeSpan(microseconds: microseconds - earlier.microseconds)
    }

    @inlinable
    public static func + (left: Timestamp, right: TimeSpan) -> Timestamp {
        Timestamp(microseconds: left.microseconds &+ right.microseconds)
    }

    @inlinable
    public static func - (left: Timestamp, right: TimeSpan) -> Timestamp {
        Timestamp(microseconds: left.microseconds &- right.microseconds)
    }

    /// The beginning of a day counted from 1970-01-01, UTC.
    package init(day: Int) { self.init(microseconds: Int64(day) * TimeSpan.day.microseconds) }

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

    @inlinable
    public static func seconds(_ count: Double) -> TimeSpan { TimeSpan(microseconds: Int64(count * 1e6)) }

    @inlinable
    public static func days(_ count: Double) -> TimeSpan { TimeSpan(microseconds: Int64(count * 86_400e6)) }

    @inlinable
    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.microseconds < right.microseconds }

    @inlinable
    public static func * (left: TimeSpan, right: Int) -> TimeSpan {
        TimeSpan(microseconds: left.microseconds * Int64(right))
    }

    @inlinable
    public var inSeconds: Double { Double(microseconds) / 1e6 }

    @inlinable
    public var inDays: Double { Double(microseconds) / 86_400e6 }
}
