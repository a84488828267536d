import Synchronization
public import WeirDomain
import WeirLog
import WeirStatistics
public import WeirStorage

extension Engine {
    /// What became of a batch of messages.
    public struct Collected: Sendable, Equatable {
        public var accepted = 0
        /// Known already; counted once.
        public var duplicates = 0
        public var quarantined = 0

        public init(accepted: Int = 0, duplicates: Int = 0, quarantined: Int = 0) {
            self.accepted = accepted
            self.duplicates = duplicates
            self.quarantined = quarantined
        }
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
        if events.isEmpty, quarantined.isEmpty { return completion(.success(Collected())) }
        let time = hear(events.lazy.map(\.eventTime).max())
        // In a replay what happened then arrived then.
        let events = clock.followsEvents ? events.map { $0.arriving(at: max($0.eventTime, clock.now)) } : events
        let entries = events.map { JournalEntry.record(.event($0)) } + quarantined.map { .record(.quarantine($0)) }
        journal.append(time + entries) { result in
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
        let time = hear(reports.lazy.compactMap(\.eventTime).max())
        let reports =
            clock.followsEvents ? reports.map { $0.arriving(at: max($0.eventTime ?? clock.now, clock.now)) } : reports
        journal.append(time + reports.map { .report($0) }) { [self] result in
            let took = nanoseconds(since: start)
            latencies.withLock { $0.outcome.record(nanoseconds: took) }
            completion(
                result.map { receipt in
                    receipt.results.suffix(reports.count).map {
                        if case .outcome(let reply) = $0 { reply } else { .notAwaited }
                    }
                })
        }
    }

    /// Takes down how long a decision took, from the arrival of the request to its durable answer.
    public func recordDecision(since start: ContinuousClock.Instant) {
        let took = nanoseconds(since: start)
        latencies.withLock { $0.decide.record(nanoseconds: took) }
    }

    private func nanoseconds(since start: ContinuousClock.Instant) -> UInt64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds / 1_000_000_000))
    }
}

extension Event {
    fileprivate func arriving(at time: Timestamp) -> Event {
        var event = self
        event.receivedTime = time
        return event
    }
}

extension OutcomeReport {
    fileprivate func arriving(at time: Timestamp) -> OutcomeReport {
        var report = self
        report.receivedTime = time
        return report
    }
}
