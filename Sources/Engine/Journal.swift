import Synchronization
import WeirDecisioning
import WeirDomain
import WeirStorage

/// What waits to be committed: what arrived, in the order in which it arrived.
enum JournalEntry: Sendable {
    case event(Event)
    case quarantine(QuarantinedMessage)
    case decision(StoredDecision, Reservation, isPresumedNot: Bool)
    case report(OutcomeReport)
    case clock(Timestamp)
    case catalog(StoredCatalog, CatalogPlan)

    /// The entries that moved the money, posted when the decision was made.
    struct Reservation: Sendable {
        var entries: [LedgerEntry]
        var isGiven: Bool
    }
}

/// What became of what a caller appended.
struct JournalReceipt: Sendable {
    /// For each appended entry what it led to.
    var results: [Result]

    enum Result: Sendable, Equatable {
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
final class Journal: Sendable {
    typealias Completion = @Sendable (Result<JournalReceipt, EngineError>) -> Void

    /// One caller's entries, which stay together.
    struct Bundle: Sendable {
        var entries: [JournalEntry]
        var completion: Completion
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

    init(bound: Int) { self.bound = bound }

    /// Whether there is room; past the bound callers are told to come back later, before anything has changed.
    var isFull: Bool { state.withLock { $0.count >= bound } }
    var depth: Int { state.withLock { $0.count } }

    /// Queues the entries; never refuses, so that what has already changed memory is sure to be written.
    func append(_ entries: [JournalEntry], completion: @escaping Completion) {
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
    func take(limit: Int) -> [Bundle] {
        state.withLock { state in
            var taken = 0
            var entries = 0
            while taken < state.waiting.count, entries == 0 || entries + state.waiting[taken].entries.count <= limit {
                entries += state.waiting[taken].entries.count
                taken += 1
            }
            let group = Array(state.waiting.prefix(taken))
            state.waiting.removeFirst(taken)
            state.count -= entries
            return group
        }
    }

    /// Calls `wake` when there is something to take: at once, or at the next append.
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

    /// Turns later callers away; what waits can still be taken.
    func close() {
        let wake = state.withLock { state in
            state.isClosed = true
            defer { state.wake = nil }
            return state.wake
        }
        wake?()
    }

    var isDrained: Bool { state.withLock { $0.isClosed && $0.waiting.isEmpty } }
}
