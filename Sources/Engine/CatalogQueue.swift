import Synchronization
import WeirDecisioning
import WeirStorage

/// Catalogs that wait to be put in force, one after the other, by whoever prepares them beside the traffic.
final class CatalogQueue: Sendable {
    typealias Completion = @Sendable (Result<CatalogPlan, any Error>) -> Void

    struct Request: Sendable {
        var files: [StoredCatalog.File]
        var completion: Completion
    }

    private struct State {
        var waiting: [Request] = []
        /// Called once when the first request comes.
        var wake: (@Sendable () -> Void)?
        var isServed = false
        var isClosed = false
        var progress: CatalogProgress?
    }

    private let state = Mutex(State())

    /// Somebody takes requests from now on.
    func open() { state.withLock { $0.isServed = true } }

    /// Queues a request.
    ///
    /// - Returns: False where nobody takes requests; it is then the caller's to carry out.
    func append(_ request: Request) -> Bool {
        let (isTaken, wake): (Bool, (@Sendable () -> Void)?) = state.withLock { state in
            guard state.isServed, !state.isClosed else { return (false, nil) }
            state.waiting.append(request)
            defer { state.wake = nil }
            return (true, state.wake)
        }
        wake?()
        return isTaken
    }

    /// The next request; nil where none waits.
    func take() -> Request? { state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() } }

    /// Calls `wake` when there is a request to take or the queue is closed: at once, or later.
    func whenNotEmpty(_ wake: @escaping @Sendable () -> Void) {
        let isReady = state.withLock { state in
            if state.waiting.isEmpty && !state.isClosed {
                state.wake = wake
                return false
            }
            return true
        }
        if isReady { wake() }
    }

    /// Turns away who waits and who comes later.
    func close() {
        let (wake, waiting) = state.withLock { state in
            state.isClosed = true
            defer {
                state.wake = nil
                state.waiting = []
            }
            return (state.wake, state.waiting)
        }
        wake?()
        for request in waiting { request.completion(.failure(EngineError.stopped)) }
    }

    var isClosed: Bool { state.withLock(\.isClosed) }

    /// How far the catalog that is being prepared has come; nil where none is.
    var progress: CatalogProgress? {
        state.withLock { state in
            var progress = state.progress
            progress?.waiting = state.waiting.count
            return progress
        }
    }

    func report(_ progress: CatalogProgress?) { state.withLock { $0.progress = progress } }
}

/// How far a catalog on its way into force has come.
public struct CatalogProgress: Sendable, Equatable {
    /// The version that it will have.
    public var version: Int
    /// Up to which record of the log what it needs of the past has been worked out.
    public var position: Int64
    /// The last record of the log.
    public var end: Int64
    /// Further catalogs that wait their turn.
    public var waiting = 0
}
