import Synchronization
package import WeirDomain
package import WeirStorage

/// What waits to be committed: what arrived, in the order in which it arrived.
package enum JournalEntry: Sendable {
    /// A record that is numbered as it is, with what its followers need besides.
    case record(Record, Attachment = .none)
    /// Leads to records only where the decision awaits one.
    case report(OutcomeReport)
    case clock(Timestamp)
}

/// What became of what a caller appended.
package struct JournalReceipt: Sendable {
    /// For each appended entry what it led to.
    package var results: [Result]

    package enum Result: Sendable, Equatable {
        case kept
        /// An event that was known already.
        case duplicate
        case outcome(OutcomeReply)
    }
}

/// The queue before the store.
///
/// While one group is being committed, the next one fills: callers hand in entries at any time from anywhere, one
/// committer takes them in groups, and each caller hears back only when its group is durable.
package final class Journal: Sendable {
    package typealias Completion = @Sendable (Result<JournalReceipt, EngineError>) -> Void

    /// One caller's entries, which stay together.
    package struct Bundle: Sendable {
        package var entries: [JournalEntry]
        package var completion: Completion

        var beginsGroup: Bool {
            switch entries.first {
            case .record(.catalog, _), .record(.stage, _): true
            default: false
            }
        }

        /// Whether nothing may come after it in its group.
        var endsGroup: Bool { if case .record(.catalog, _) = entries.first { true } else { false } }
    }

    private struct State {
        var waiting: [Bundle] = []
        var count = 0
        var isClosed = false
        /// Called once when the first entry comes into an empty queue.
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let bound: Int

    package init(bound: Int) { self.bound = bound }

    /// Whether there is room; past the bound callers are told to come back later, before anything has changed.
    package var isFull: Bool { state.withLock { $0.count >= bound } }
    package var depth: Int { state.withLock { $0.count } }

    /// Queues the entries; never refuses, so that what has already changed memory is sure to be written.
    package func append(_ entries: [JournalEntry], completion: @escaping Completion) {
        let outcome: (wake: (@Sendable () -> Void)?, isClosed: Bool) = state.withLock { state in
            if state.isClosed { return (nil, true) }
            state.waiting.append(Bundle(entries: entries, completion: completion))
            state.count += entries.count
            defer { state.wake = nil }
            return (state.wake, false)
        }
        if outcome.isClosed { return completion(.failure(.stopped)) }
        outcome.wake?()
    }

    /// Takes the next group, whole bundles up to about `limit` entries.
    ///
    /// A catalog or a model's stage begins a group: what follows from entries is numbered after all of them, so an outcome from before it
    /// would else stand after it in the log, and a model rebuilt from the log would differ. A catalog ends it too: what
    /// comes later meets the profiles and the plan that it brings.
    package func take(limit: Int) -> [Bundle] {
        state.withLock { state in
            var taken = 0
            var entries = 0
            while taken < state.waiting.count {
                let next = state.waiting[taken]
                if taken > 0, next.beginsGroup || next.entries.count > limit - entries { break }
                entries += next.entries.count
                taken += 1
                if next.endsGroup { break }
            }
            let group = Array(state.waiting.prefix(taken))
            state.waiting.removeFirst(taken)
            state.count -= entries
            return group
        }
    }

    /// Calls `wake` when there is something to take: at once, or at the next append.
    package func whenNotEmpty(_ wake: @escaping @Sendable () -> Void) {
        let isReady = state.withLock { state in
            if state.waiting.isEmpty && !state.isClosed {
                state.wake = wake
                return false
            }
            return true
        }
        if isReady { wake() }
    }

    /// Turns later callers away and those who wait too, because nothing will be committed any more.
    func giveUp(_ reason: EngineError = .stopped) {
        close()
        while case let waiting = take(limit: .max), !waiting.isEmpty {
            for bundle in waiting { bundle.completion(.failure(reason)) }
        }
    }

    /// Turns later callers away; what waits can still be taken.
    package func close() {
        let wake = state.withLock { state in
            state.isClosed = true
            defer { state.wake = nil }
            return state.wake
        }
        wake?()
    }

    package var isDrained: Bool { state.withLock { $0.isClosed && $0.waiting.isEmpty } }
}
