import Synchronization

/// How long requests took, in the fixed buckets that Prometheus adds up over servers.
final class DurationHistogram: Sendable {
    /// Upper bounds in seconds, ascending; the last bucket, without bound, is not listed.
    static let bounds: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
    private static let nanosecondBounds = bounds.map { UInt64($0 * 1e9) }

    struct Counts: Sendable {
        /// For each bound how many took at most so long and longer than the bound before.
        fileprivate(set) var buckets = [UInt64](repeating: 0, count: bounds.count)
        /// Of all, those beyond the last bound too.
        fileprivate(set) var count: UInt64 = 0
        fileprivate(set) var nanoseconds: UInt64 = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }

    func record(since start: ContinuousClock.Instant) {
        let (seconds, attoseconds) = start.duration(to: .now).components
        record(nanoseconds: UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds / 1_000_000_000)))
    }

    func record(nanoseconds: UInt64) {
        let bucket = Self.nanosecondBounds.firstIndex { nanoseconds <= $0 }
        state.withLock { state in
            if let bucket { state.buckets[bucket] += 1 }
            state.count += 1
            state.nanoseconds &+= nanoseconds
        }
    }
}

/// What the server times itself.
final class Timings: Sendable {
    let decide = DurationHistogram()
    let outcomes = DurationHistogram()
}
