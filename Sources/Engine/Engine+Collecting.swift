import Synchronization
public import WeirDecisioning
public import WeirDomain
import WeirStatistics
public import WeirStorage

extension Engine {
    /// What became of a batch of messages.
    public struct Collected: Sendable, Equatable {
        public var accepted = 0
        /// Known already; counted once.
        public var duplicates = 0
        public var quarantined = 0
    }

    /// Takes in events and what could not be accepted; answers when all of it is durable and applied.
    public func collect(
        _ events: [Event], quarantined: [QuarantinedMessage] = []
    ) async throws(EngineError) -> Collected {
        let result = await withCheckedContinuation { continuation in
            collect(events, quarantined: quarantined) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    public func collect(
        _ events: [Event], quarantined: [QuarantinedMessage] = [],
        completion: @escaping @Sendable (Result<Collected, EngineError>) -> Void
    ) {
        if journal.isFull { return completion(.failure(.overloaded)) }
        let entries = events.map { JournalEntry.event($0) } + quarantined.map { .quarantine($0) }
        if entries.isEmpty { return completion(.success(Collected())) }
        journal.append(entries) { result in
            completion(
                result.map { receipt in
                    let duplicates = receipt.results.count { $0 == .duplicate }
                    return Collected(
                        accepted: events.count - duplicates, duplicates: duplicates, quarantined: quarantined.count)
                })
        }
    }

    /// Takes in what someone reports of decisions; answers when it is durable and learned.
    public func report(_ reports: [OutcomeReport]) async throws(EngineError) -> [OutcomeReply] {
        let result = await withCheckedContinuation { continuation in
            report(reports) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    public func report(
        _ reports: [OutcomeReport], completion: @escaping @Sendable (Result<[OutcomeReply], EngineError>) -> Void
    ) {
        if journal.isFull { return completion(.failure(.overloaded)) }
        if reports.isEmpty { return completion(.success([])) }
        let start = ContinuousClock.now
        journal.append(reports.map { .report($0) }) { [self] result in
            let took = nanoseconds(since: start)
            pulse.withLock { $0.outcomeLatency.record(nanoseconds: took) }
            completion(
                result.map { receipt in
                    receipt.results.map { if case .outcome(let reply) = $0 { reply } else { .notAwaited } }
                })
        }
    }

    /// Notes how long a decision took, from the arrival of the request to its durable answer.
    public func noteDecision(since start: ContinuousClock.Instant) {
        let took = nanoseconds(since: start)
        pulse.withLock { $0.decideLatency.record(nanoseconds: took) }
    }

    private func nanoseconds(since start: ContinuousClock.Instant) -> UInt64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds / 1_000_000_000))
    }

    // MARK: Catalog

    /// Puts a catalog in force while traffic flows: decisions under way keep the old one, later ones see the new one.
    ///
    /// - Throws: `CatalogFaults`, `LedgerError` where a limit lies below what is committed, or `EngineError`; nothing has
    ///   then changed.
    @discardableResult
    public func apply(_ files: [StoredCatalog.File]) async throws -> CatalogPlan {
        let (entry, plan) = try catalogEntry(files)
        let result = await withCheckedContinuation { continuation in
            journal.append([entry]) { continuation.resume(returning: $0) }
        }
        _ = try result.get()
        return plan
    }

    /// Like `apply`, for callers that commit by themselves.
    @discardableResult
    public func apply(
        _ files: [StoredCatalog.File], completion: @escaping @Sendable (Result<Void, EngineError>) -> Void
    ) throws -> CatalogPlan {
        let (entry, plan) = try catalogEntry(files)
        journal.append([entry]) { completion($0.map { _ in }) }
        return plan
    }

    private func catalogEntry(_ files: [StoredCatalog.File]) throws -> (JournalEntry, CatalogPlan) {
        let version = try (store.catalog(version: nil)?.version ?? 0) + 1
        let stored = StoredCatalog(
            version: version, appliedTime: clock.now, files: files.sorted { $0.name < $1.name })
        let plan = try Recovery(store: store).compile(stored)
        let previous = self.plan
        // Tried on a copy, so that a limit below what is committed is refused before anything is written.
        try treasury.withLock { treasury in
            var trial = treasury
            _ = try trial.adopt(plan, previous: previous, at: clock.now)
        }
        return (.catalog(stored, plan), plan)
    }
}
