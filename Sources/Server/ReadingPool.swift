import HTTPTypes
import Synchronization
import WeirDomain

/// The threads for requests that read the store or compute for long.
///
/// A request that waits for the disk holds the thread it runs on, and the threads that take requests are as few as the
/// machine's cores: a few such requests would keep everybody waiting, health checks too. So they run here. There are few
/// threads, because each may hold one of the store's readers, some of which must stay free for decisions that look up a
/// person; and the queue before them is bounded: past it callers are told to come back.
package final class ReadingPool: Sendable {
    /// The store has five readers.
    private static let threadCount = 3
    /// Requests that may be under way at once; most of them wait for a thread.
    package static let bound = 64

    /// … and of one key, so that others find room and a thread.
    package static let boundPerKey = 32

    let threads = YieldingThreads(count: ReadingPool.threadCount)
    private let underWay = Atomic<Int>(0)
    private let ofKeys = Mutex<[SourceID: Int]>([:])

    /// How many requests have been taken and not answered.
    var requests: Int { underWay.load(ordering: .relaxed) }

    /// Does work on a thread of the pool.
    ///
    /// - Parameter key: Whose; nil where nobody's key let it in.
    /// - Throws: `Problem` where too much waits already; else what the work throws.
    func run<Value: Sendable>(
        for key: SourceID? = nil, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        let count = underWay.wrappingAdd(1, ordering: .relaxed).newValue
        let own = key.map { self.count(1, of: $0) } ?? 0
        defer {
            underWay.wrappingSubtract(1, ordering: .relaxed)
            if let key { _ = self.count(-1, of: key) }
        }
        guard count <= Self.bound, own <= Self.boundPerKey else {
            throw Problem(
                .tooManyRequests, "overloaded",
                "Too many requests that read the store are waiting. Send this one again in a second.",
                retryAfterSeconds: 1)
        }
        return try await withTaskExecutorPreference(threads) { try await work() }
    }

    /// - Returns: How many of a key are under way now.
    private func count(_ change: Int, of key: SourceID) -> Int {
        ofKeys.withLock { counts in
            let count = (counts[key] ?? 0) + change
            counts[key] = count > 0 ? count : nil
            return count
        }
    }
}
