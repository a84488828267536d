import Synchronization
package import WeirCoupons
package import WeirDomain
package import WeirStorage

/// What waits to be committed: what arrived, in the order in which it arrived.
package enum JournalEntry: Sendable {
    /// A record that is numbered as it is, with what its followers need besides.
    case record(Record, Attachment = .none)
    /// Leads to records only where the decision awaits one.
    case report(OutcomeReport)
    /// Leads to records only where the code is taken or taken back.
    case coupon(CouponRequest)
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
        case coupon(CouponReply)
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
        /// Who sent it, of those whose records may wait for others'; nil for decisions and all else that is urgent.
        package var source: SourceID?
        package var completion: Completion
        /// How long it keeps the committer, as so many small records.
        package var weight: Int

        var beginsGroup: Bool {
            switch entries.first {
            case .record(.catalog, _), .record(.stage, _): true
            default: false
            }
        }

        /// Whether it only tells the time.
        var isTick: Bool { if entries.count == 1, case .clock = entries[0] { true } else { false } }

        /// Whether nothing may come after it in its group.
        var endsGroup: Bool { if case .record(.catalog, _) = entries.first { true } else { false } }
    }

    private struct State {
        var waiting: [Bundle] = []
        /// The weight of all that waits.
        var count = 0
        /// Of it that of each source.
        var countsBySource: [SourceID: Int] = [:]
        /// How many groups have been taken since one with something urgent.
        var groupsWithoutUrgent = Int.max
        var isClosed = false
        /// Called once when the first entry comes into an empty queue.
        var wake: (@Sendable () -> Void)?

        /// The first bundles, up to about so many entries.
        mutating func takeInOrder(_ limit: Int) -> [Bundle] {
            var taken = 0
            var entries = 0
            while taken < waiting.count {
                let next = waiting[taken]
                if taken > 0, next.beginsGroup || next.weight > limit - entries { break }
                entries += next.weight
                taken += 1
                if next.endsGroup { break }
            }
            let group = Array(waiting.prefix(taken))
            waiting.removeFirst(taken)
            leave(group)
            return group
        }

        /// What is urgent, then equal parts of the sources, in the order in which they came.
        mutating func takeFairly(_ limit: Int, ofSources most: Int) -> [Bundle] {
            guard let first = waiting.first, !first.beginsGroup else { return takeInOrder(limit) }
            let end = waiting.firstIndex { $0.beginsGroup } ?? waiting.count
            var isTaken = [Bool](repeating: false, count: end)
            var entries = 0
            var sources: Set<SourceID> = []
            for index in 0..<end {
                if let source = waiting[index].source {
                    sources.insert(source)
                } else if entries == 0 || waiting[index].weight <= limit - entries {
                    entries += waiting[index].weight
                    isTaken[index] = true
                } else {
                    break  // What is urgent stays in its order too.
                }
            }
            let room = min(most, limit - entries)
            var shared = 0
            // First each its part, then what is left to whoever came first.
            for part in [max(1, room / max(1, sources.count)), room] {
                var taken: [SourceID: Int] = [:]
                var isDone: Set<SourceID> = []
                for index in 0..<end {
                    guard let source = waiting[index].source, !isDone.contains(source) else { continue }
                    let (own, count) = (taken[source] ?? 0, waiting[index].weight)
                    if isTaken[index] {
                        taken[source] = own + count
                    } else if own == 0 || own + count <= part, shared == 0 || shared + count <= room {
                        isTaken[index] = true
                        shared += count
                        taken[source] = own + count
                    } else {
                        isDone.insert(source)
                    }
                }
            }
            var group: [Bundle] = []
            var rest: [Bundle] = []
            for index in 0..<end {
                if isTaken[index] { group.append(waiting[index]) } else { rest.append(waiting[index]) }
            }
            waiting.replaceSubrange(0..<end, with: rest)
            leave(group)
            return group
        }

        private mutating func leave(_ group: [Bundle]) {
            for bundle in group {
                count -= bundle.weight
                guard let source = bundle.source else { continue }
                countsBySource[source]! -= bundle.weight
                if countsBySource[source] == 0 { countsBySource[source] = nil }
            }
        }
    }

    private let state = Mutex(State())
    private let bound: Int
    private let sharedLimit: Int

    /// - Parameters:
    ///   - bound: How many entries may wait.
    ///   - sharedLimit: Where decisions come too, a group holds at most so many entries of those who may wait, so that a
    ///     decision does not wait for thousands of events that came before it. With `Int.max` there are no shares:
    ///     everything stays in the order in which it came, as a replay of the past needs it.
    package init(bound: Int, sharedLimit: Int = .max) {
        self.bound = bound
        self.sharedLimit = sharedLimit
    }

    /// Whether there is room; past the bound callers are told to come back later, before anything has changed.
    package var isFull: Bool { state.withLock { $0.count >= bound } }

    /// Whether so many entries may come in at once; as many as anybody likes into an empty queue.
    package func hasRoom(for count: Int) -> Bool {
        state.withLock { $0.count < bound && ($0.count == 0 || count <= bound - $0.count) }
    }

    /// Whether so many entries of a source may come in: one source may fill half of the queue, all of them four fifths, so
    /// that there is room for others' and for decisions.
    package func hasRoom(for count: Int, of source: SourceID) -> Bool {
        guard sharedLimit < .max else { return hasRoom(for: count) }
        return state.withLock { state in
            guard state.count > 0 else { return bound > 0 }
            let own = state.countsBySource[source] ?? 0
            return count <= bound - bound / 5 - state.count && count <= bound - bound / 2 - own
        }
    }

    package var depth: Int { state.withLock { $0.count } }

    /// Queues the entries; never refuses, so that what has already changed memory is sure to be written.
    ///
    /// - Parameters:
    ///   - source: Whose they are, where they may wait for others'.
    ///   - weight: As how many small records they count where more waits than fits; each as one where it is not said.
    package func append(
        _ entries: [JournalEntry], from source: SourceID? = nil, weight: Int = 0, completion: @escaping Completion
    ) {
        let weight = max(weight, entries.count)
        let outcome: (wake: (@Sendable () -> Void)?, isClosed: Bool) = state.withLock { state in
            if state.isClosed { return (nil, true) }
            state.waiting.append(Bundle(entries: entries, source: source, completion: completion, weight: weight))
            state.count += weight
            if let source { state.countsBySource[source, default: 0] += weight }
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
    ///
    /// Where more waits than fits, what is urgent comes first, then the sources in equal parts; of one sender everything
    /// stays in its order, and nothing overtakes a catalog or a stage.
    ///
    /// - Parameter shared: Of those who may wait a group holds at most so much where decisions come too, and at most
    ///   `sharedLimit`.
    package func take(limit: Int, shared: Int = .max) -> [Bundle] {
        state.withLock { state in
            let isShared = state.groupsWithoutUrgent < Self.memory
            let most = isShared ? min(limit, sharedLimit, shared) : limit
            let isFair = state.count > most && sharedLimit < .max
            let group = isFair ? state.takeFairly(limit, ofSources: most) : state.takeInOrder(limit)
            if group.contains(where: { $0.source == nil && !$0.isTick }) {
                state.groupsWithoutUrgent = 0
            } else if state.groupsWithoutUrgent < Self.memory, !group.isEmpty {
                state.groupsWithoutUrgent += 1
            }
            return group
        }
    }

    /// For so many groups after one with a decision another is expected.
    private static let memory = 64

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
