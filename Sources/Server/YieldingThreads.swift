import Foundation
import HTTPTypes
import NIOPosix
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Threads for work that takes longer than a moment, which get a processor after those that decide and commit.
///
/// The threads that take requests are as few as the machine's cores, and whoever waits for one waits until it is done with
/// what it has: long work among them would keep everybody waiting. On threads of its own the operating system shares the
/// processors out instead, and these get less of it (on Linux, where each thread has a niceness of its own).
final class YieldingThreads: TaskExecutor, Service {
    typealias Subject = RateLimiter.Subject

    /// How many bodies may wait for a thread, and how many of one key or address; past that callers are told to come back.
    static let bound = 64
    static let boundPerSubject = 16

    private struct Waiting {
        var all = 0
        var bySubject: [Subject: Int] = [:]
    }

    private let waiting = Mutex(Waiting())
    private let threads: NIOThreadPool
    private let count: Int
    private static let niceness: Int32 = 5

    init(count: Int) {
        self.count = count
        threads = NIOThreadPool(numberOfThreads: count)
    }

    /// Does work on one of the threads.
    ///
    /// - Parameter subject: Whose it is; nil where it is asked for by somebody who decides, who is not turned away.
    /// - Throws: `Problem`, 429, where too much waits already; else what the work throws.
    func run<Value: Sendable>(
        for subject: Subject?, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let subject else { return try await withTaskExecutorPreference(self) { try await work() } }
        let hasRoom = waiting.withLock { waiting in
            let own = waiting.bySubject[subject] ?? 0
            guard waiting.all < Self.bound, own < Self.boundPerSubject else { return false }
            waiting.all += 1
            waiting.bySubject[subject] = own + 1
            return true
        }
        guard hasRoom else {
            throw Problem(
                .tooManyRequests, "overloaded", "Too many bodies wait to be read. Send this one again in a second.",
                retryAfterSeconds: 1)
        }
        return try await withTaskExecutorPreference(self) {
            // What is read waits for the disk next, which is bounded by itself.
            self.leave(subject)
            return try await work()
        }
    }

    private func leave(_ subject: Subject) {
        waiting.withLock { waiting in
            waiting.all -= 1
            let own = (waiting.bySubject[subject] ?? 0) - 1
            waiting.bySubject[subject] = own > 0 ? own : nil
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // Also where the pool has not started or has ended: a task that is never continued would be lost.
        threads.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Keeps the threads until the server has ended.
    func run() async throws {
        threads.start()
        #if canImport(Glibc)
            yieldAll()
        #endif
        try? await gracefulShutdown()
        try await threads.shutdownGracefully()
    }

    #if canImport(Glibc)
        /// Each thread waits until all have come, so that none runs this twice.
        private func yieldAll() {
            let condition = NSCondition()
            nonisolated(unsafe) var missing = count
            for _ in 0..<count {
                threads.submit { _ in
                    // 0 stands for the calling thread.
                    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
                    condition.lock()
                    missing -= 1
                    condition.broadcast()
                    while missing > 0 { condition.wait() }
                    condition.unlock()
                }
            }
        }
    #endif
}
