#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How much of what may wait goes into one group where decisions come too, so that none of them waits long behind it.
///
/// What a record costs the committer depends on what it says: an alias that joins two people costs a hundred times as much
/// as a page view. So it goes by what the latest groups have cost.
struct GroupPace: Sendable, Equatable {
    /// Of the processor, for one group.
    static let secondsPerGroup = 0.01
    /// A group has room for so much in any case.
    static let least = 64

    private var secondsPerRecord = 0.0

    /// Remembers the dearest longest: who sends something cheap in between gains nothing.
    mutating func record(weight: Int, seconds: Double) {
        guard weight > 0, seconds >= 0 else { return }
        let latest = seconds / Double(weight)
        secondsPerRecord = max(latest, 0.9 * secondsPerRecord + 0.1 * latest)
    }

    /// The weight that a group may have.
    var most: Int {
        let most = Self.secondsPerGroup / max(secondsPerRecord, 1e-9)
        return max(Self.least, Int(min(most, 1e6)))
    }

    /// Of the calling thread: what it waits for, the disk and other processes, does not count.
    static var processorSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
