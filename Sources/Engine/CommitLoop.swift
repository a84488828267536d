import Foundation
import Synchronization

/// The thread that commits: a group as soon as there is something, and the next while that one's callers go on.
///
/// A thread of its own, because a commit waits for the disk and must not hold a thread that serves requests.
public final class CommitLoop: Sendable {
    private let engine: Engine
    private let catalogs: CatalogLoop
    private let condition = NSCondition()
    private let state = Mutex(State())

    private struct State {
        var isStarted = false
        var failure: (any Error)?
        var finished: [@Sendable ((any Error)?) -> Void] = []
        var isFinished = false
    }

    public init(_ engine: Engine) {
        self.engine = engine
        catalogs = CatalogLoop(engine)
    }

    public func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { return }
        catalogs.start()
        let thread = Thread {
            Thread.current.name = "weir.commit"
            self.run()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Returns when the loop has ended: because the engine was closed and all is committed, or because the store failed.
    ///
    /// - Throws: What the store threw; memory is then ahead of the store and the process must stop.
    public func wait() async throws {
        let failure: (any Error)? = await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if !state.isFinished { state.finished.append { continuation.resume(returning: $0) } }
                return state.isFinished
            }
            if isFinished { continuation.resume(returning: state.withLock(\.failure)) }
        }
        if let failure { throw failure }
    }

    private func run() {
        var failure: (any Error)?
        do {
            while !engine.isDrained {
                if try !engine.commitOnce(), !engine.isDrained { sleep() }
            }
            try engine.checkpoint()
        } catch {
            failure = error
            engine.giveUp()
        }
        catalogs.wait()
        let finished = state.withLock { state in
            state.isFinished = true
            state.failure = failure
            defer { state.finished = [] }
            return state.finished
        }
        for completion in finished { completion(failure) }
    }

    /// Until there is work, or for a second: a checkpoint may be due although nothing comes in.
    private func sleep() {
        let isAwake = Wakened()
        engine.whenWorkWaits { [condition] in
            condition.lock()
            isAwake.value = true
            condition.signal()
            condition.unlock()
        }
        condition.lock()
        let deadline = Date(timeIntervalSinceNow: 1)
        while !isAwake.value, condition.wait(until: deadline) {}
        condition.unlock()
    }

    /// Guarded by the condition's lock.
    private final class Wakened: @unchecked Sendable {
        var value = false
    }
}
