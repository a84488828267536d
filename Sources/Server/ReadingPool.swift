import HTTPTypes
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The threads for requests that read the store or compute for long.
///
/// A request that waits for the disk holds the thread it runs on, and the threads that take requests are as few as the
/// machine's cores: a few such requests would keep everybody waiting, health checks too. So they run here. There are few
/// threads, because each may hold one of the store's readers, some of which must stay free for decisions that look up a
/// person; and the queue before them is bounded: past it callers are told to come back.
package final class ReadingPool: TaskExecutor, Service {
    /// The store has five readers.
    private static let threads = 3
    /// Requests that may be under way at once; most of them wait for a thread.
    package static let bound = 64

    private let threads = NIOThreadPool(numberOfThreads: ReadingPool.threads)
    private let underWay = Atomic<Int>(0)

    /// How many requests have been taken and not answered.
    var requests: Int { underWay.load(ordering: .relaxed) }

    /// Does work on a thread of the pool.
    ///
    /// - Throws: `Problem` where too much waits already; else what the work throws.
    func run<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        let count = underWay.wrappingAdd(1, ordering: .relaxed).newValue
        defer { underWay.wrappingSubtract(1, ordering: .relaxed) }
        guard count <= Self.bound else {
            throw Problem(
                .tooManyRequests, "overloaded",
                "Too many requests that read the store are waiting. Send this one again in a second.",
                retryAfterSeconds: 1)
        }
        return try await withTaskExecutorPreference(self) { try await work() }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Also where the pool has not started or has ended: a task that is never continued would be lost.
        threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Keeps the threads until the server has ended.
    package func run() async throws {
        threads.start()
        try? await gracefulShutdown()
        try await threads.shutdownGracefully()
    }
}
