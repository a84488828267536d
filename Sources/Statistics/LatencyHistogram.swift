/// Durations in buckets that grow with their size: any quantile within 1.6 %, in 9 kB, whatever is recorded.
///
/// Each power of two is cut into 32 equal buckets; below 64 ns each nanosecond has its own. What lasts longer than
/// 2⁴⁰ ns (18 minutes) counts as that.
public struct LatencyHistogram: Sendable, Hashable {
    private static let longest: UInt64 = 1 << 40 - 1
    private var counts = [UInt64](repeating: 0, count: LatencyHistogram.bucket(of: longest) + 1)
    public private(set) var count: UInt64 = 0
    /// The sum of all that were recorded, exact up to 584 years.
    public private(set) var nanoseconds: UInt64 = 0
    /// The longest that was recorded, exact.
    public private(set) var maximum: UInt64 = 0

    public init() {}

    public mutating func record(nanoseconds: UInt64) {
        counts[Self.bucket(of: min(nanoseconds, Self.longest))] += 1
        count += 1
        self.nanoseconds &+= nanoseconds
        maximum = max(maximum, nanoseconds)
    }

    /// The nanoseconds that a share `q` of the recorded durations did not exceed; 0 where there are none.
    ///
    /// - Parameter q: In 0 ≤ q ≤ 1; 1 gives the maximum, exactly.
    public func quantile(_ q: Double) -> UInt64 {
        precondition((0...1).contains(q), "A quantile lies in 0...1.")
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((q * Double(count)).rounded(.up)))
        guard rank < count else { return maximum }
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return min(Self.middle(of: bucket), maximum) }
        }
        return maximum
    }

    /// How many of the recorded durations lay at or below a bound, to the width of its bucket: of those above it at most
    /// 3.2 % longer ones count too.
    ///
    /// - Parameter bound: In nanoseconds; at most 2⁴⁰.
    public func count(upTo bound: UInt64) -> UInt64 {
        counts[...Self.bucket(of: min(bound, Self.longest))].reduce(0, +)
    }

    /// As if the other's durations had been recorded here.
    public mutating func merge(_ other: LatencyHistogram) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        count += other.count
        nanoseconds &+= other.nanoseconds
        maximum = max(maximum, other.maximum)
    }

    private static func bucket(of nanoseconds: UInt64) -> Int {
        guard nanoseconds >= 32 else { return Int(nanoseconds) }
        let power = 63 - nanoseconds.leadingZeroBitCount
        return (power - 5) * 32 + Int(nanoseconds >> UInt64(power - 5))
    }

    private static func middle(of bucket: Int) -> UInt64 {
        guard bucket >= 64 else { return UInt64(bucket) }
        let shift = UInt64(bucket / 32 - 1)
        return UInt64(bucket % 32 + 32) << shift + (1 << shift) / 2
    }
}
