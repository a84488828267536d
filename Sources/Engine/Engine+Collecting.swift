import Synchronization
public import WeirDomain
import WeirLimits
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
    ///
    /// - Parameter bytes: How long the text was that they came in, where that is known: long messages count as several
    ///   where groups are made.
    public func collect(
        _ events: [Event], quarantined: [QuarantinedMessage] = [], bytes: Int = 0
    ) async throws(EngineError) -> Collected {
        let result = await withCheckedContinuation { continuation in
            collect(events, quarantined: quarantined, bytes: bytes) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    public func collect(
        _ events: [Event], quarantined: [QuarantinedMessage] = [], bytes: Int = 0,
        completion: @escaping @Sendable (Result<Collected, EngineError>) -> Void
    ) {
        guard let source = events.first?.source ?? quarantined.first?.source else {
            return completion(journal.isFull ? .failure(.overloaded) : .success(Collected()))
        }
        let weight = Self.weight(of: events.count + quarantined.count, bytes: bytes)
        if !journal.hasRoom(for: weight, of: source) {
            limitCounts.countHit(of: .queue)
            return completion(.failure(.overloaded))
        }
        let time = hear(events.lazy.map(\.eventTime).max())
        // In a replay what happened then arrived then.
        let events = clock.followsEvents ? events.map { $0.arriving(at: max($0.eventTime, clock.now)) } : events
        let entries = events.map { JournalEntry.record(.event($0)) } + quarantined.map { .record(.quarantine($0)) }
        append(time + entries, from: source, weight: weight) { result in
            completion(
                result.map { duplicates in
                    Collected(
                        accepted: events.count - duplicates, duplicates: duplicates, quarantined: quarantined.count)
                })
        }
    }

    /// As how many small records so many of so long a text count: a kilobyte is one.
    private static func weight(of count: Int, bytes: Int) -> Int { max(count, bytes / 1_024) }

    /// Hands entries to the journal in pieces that leave room for decisions in their groups.
    ///
    /// - Parameter completion: Told how many were known already, when all are durable.
    private func append(
        _ entries: [JournalEntry], from source: SourceID, weight: Int,
        completion: @escaping @Sendable (Result<Int, EngineError>) -> Void
    ) {
        // Small enough that a group can be made of few of them (see `GroupPace`).
        let most = settings.sharedGroupBound == .max ? .max : max(1, min(settings.sharedGroupBound, GroupPace.least))
        guard weight > most, entries.count > 1 else {
            return journal.append(entries, from: source, weight: weight) { completion($0.map(\.duplicates)) }
        }
        let each = max(1, weight / entries.count)
        let size = max(1, most / each)
        let starts = Array(stride(from: 0, to: entries.count, by: size))
        let pieces = Pieces(starts.count)
        for start in starts {
            let piece = Array(entries[start..<min(start + size, entries.count)])
            journal.append(piece, from: source, weight: each * piece.count) { result in
                let done = pieces.state.withLock { progress -> Result<Int, EngineError>? in
                    progress.open -= 1
                    progress.result = progress.result.flatMap { count in result.map { count + $0.duplicates } }
                    return progress.open == 0 ? progress.result : nil
                }
                if let done { completion(done) }
            }
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
        if !journal.hasRoom(for: reports.count) {
            limitCounts.countHit(of: .queue)
            return completion(.failure(.overloaded))
        }
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

    func nanoseconds(since start: ContinuousClock.Instant) -> UInt64 {
        let (seconds, attoseconds) = start.duration(to: .now).components
        return UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds / 1_000_000_000))
    }
}

extension JournalReceipt {
    fileprivate var duplicates: Int { results.count { $0 == .duplicate } }
}

/// How far the pieces of one call have come.
private final class Pieces: Sendable {
    let state: Mutex<(open: Int, result: Result<Int, EngineError>)>

    init(_ count: Int) { state = Mutex((count, .success(0))) }
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
