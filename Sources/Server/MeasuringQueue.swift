import HTTPTypes
import Synchronization

/// Lets so many measurements be computed at a time, lets some wait in order, and sends others away.
package final class MeasuringQueue: Sendable {
    private struct State {
        var running = 0
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Void, any Error>)] = []
        /// Of tasks that were cancelled before they had begun to wait.
        var cancelled: Set<Int> = []
    }

    private let atOnce: Int
    private let most: Int
    private let state = Mutex(State())

    /// - Parameter most: How many may wait.
    package init(atOnce: Int, waiting most: Int) {
        self.atOnce = max(1, atOnce)
        self.most = max(0, most)
    }

    /// How many wait at this moment.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Computes when it is its turn.
    ///
    /// - Throws: A `Problem` with 503 where too many wait, `CancellationError`, or what `body` throws.
    package func inTurn<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await begin()
        defer { end() }
        return try await body()
    }

    private func begin() async throws {
        let ticket = try state.withLock { state throws(Problem) -> Int? in
            if state.running < atOnce {
                state.running += 1
                return nil
            }
            guard state.waiting.count < most else {
                throw Problem(
                    .serviceUnavailable, "measuring_busy",
                    "\(state.running) measurements are being computed and \(state.waiting.count) wait. Ask again later, or "
                        + "measure on the command line: weir help measure.", retryAfterSeconds: 10)
            }
            state.nextTicket += 1
            return state.nextTicket
        }
        guard let ticket else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(ticket) != nil { return true }
                    // Between taking the ticket and here a place may have become free.
                    if state.running < atOnce {
                        state.running += 1
                        continuation.resume()
                    } else {
                        state.waiting.append((ticket, continuation))
                    }
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                return state.waiting.remove(at: index).continuation
            }
            waiter?.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(ticket) }
    }

    /// Gives the place to whoever waits longest.
    private func end() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume()
    }
}
