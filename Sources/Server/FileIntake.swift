import WeirAccess
package import WeirDomain
package import WeirEngine
package import WeirIngestion
import WeirJSON
package import WeirStorage

/// Takes the events of a file into an engine, piece by piece.
///
/// Rows that were refused before and still wait in the quarantine do not go there again, so reading a file once more
/// changes nothing.
package struct FileIntake: Sendable {
    /// What came of a file.
    package struct Count: Sendable, Equatable {
        package var accepted = 0
        /// Known already; counted once.
        package var duplicates = 0
        /// Could not be accepted, whether they wait in the quarantine already or not.
        package var refused = 0
        /// Of those refused, how many are only counted, since there were so many.
        package var notKept = 0
        /// Rows that add others up or do not meet the mapping's condition.
        package var leftOut = 0
        /// Those rows by what says that they do not count.
        package var leftOutBy: [String: Int] = [:]

        package init() {}

        package mutating func include(_ other: Count) {
            accepted += other.accepted
            duplicates += other.duplicates
            refused += other.refused
            notKept += other.notKept
            leftOut += other.leftOut
            leftOutBy.merge(other.leftOutBy, uniquingKeysWith: +)
        }
    }

    private let engine: Engine
    private let source: SourceID
    private let keepsRefused: Bool
    private let mergesUsers: Bool
    private let admit: @Sendable ([QuarantinedMessage]) -> Int
    /// How many of each refused row wait already, by a hash of it; nil until one is refused.
    private var waiting: [UInt64: Int]?

    /// - Parameters:
    ///   - keepsRefused: Whether what cannot be accepted goes into the quarantine.
    ///   - mergesUsers: Whether an alias in the file may make one person of two known users.
    ///   - admit: Says how many of some messages may come into the quarantine, the first ones; the others are counted.
    package init(
        into engine: Engine, from source: SourceID, keepsRefused: Bool = true, mergesUsers: Bool = true,
        admit: @escaping @Sendable ([QuarantinedMessage]) -> Int = { $0.count }
    ) {
        self.admit = admit
        self.engine = engine
        self.source = source
        self.keepsRefused = keepsRefused
        self.mergesUsers = mergesUsers
    }

    /// What of a chunk is to be put into the quarantine.
    package mutating func newlyRefused(in chunk: EventFileReader.Chunk) throws -> [QuarantinedMessage] {
        guard keepsRefused, !chunk.rejected.isEmpty else { return [] }
        var waiting = try waiting ?? waitingRefusals()
        var new: [QuarantinedMessage] = []
        for rejected in chunk.rejected {
            let raw = Redaction.withoutKeys(rejected.message)
            let refusal = Self.hash(rejected.pointer, raw)
            if let count = waiting[refusal], count > 0 {
                waiting[refusal] = count - 1
                continue
            }
            let line = rejected.line.map { "line \($0): " } ?? ""
            new.append(
                QuarantinedMessage(
                    source: source, receivedTime: engine.clock.now, pointer: rejected.pointer,
                    reason: Redaction.withoutKeys(line + rejected.reason), raw: raw))
        }
        self.waiting = waiting
        return new
    }

    /// Reads all that a reader has; several chunks are under way at once, so that reading goes on while others are
    /// committed.
    ///
    /// - Parameters:
    ///   - refused: Told of chunks, of which something may be refused.
    ///   - progress: Told how much has landed.
    ///   - pace: Told of each piece before it is taken in; may wait.
    package mutating func read(
        _ reader: inout EventFileReader, refused: (EventFileReader.Chunk) throws -> Void = { _ in },
        progress: (Count) -> Void = { _ in }, pace: (EventFileReader.Chunk) async throws -> Void = { _ in }
    ) async throws -> Count {
        var tasks: [Task<Engine.Collected, any Error>] = []
        var total = Count()
        func finish(_ task: Task<Engine.Collected, any Error>, _ total: inout Count) async throws {
            let collected = try await task.value
            total.accepted += collected.accepted
            total.duplicates += collected.duplicates
        }
        do {
            while let chunk = try reader.next(2_000) {
                try await pace(chunk)
                var quarantined = try newlyRefused(in: chunk)
                let engine = engine
                var events: [Event] = []
                for event in chunk.events.map({ $0.mergingUsers(mergesUsers) }) {
                    guard let reason = try engine.refusal(of: event) else {
                        events.append(event)
                        continue
                    }
                    quarantined.append(
                        QuarantinedMessage(
                            source: source, receivedTime: engine.clock.now, pointer: "#/previousId", reason: reason,
                            raw: event.segmentMessage.bytes))
                    total.refused += 1
                }
                let kept = admit(quarantined)
                total.notKept += quarantined.count - kept + chunk.notKept
                tasks.append(
                    Task { [events, quarantined = Array(quarantined.prefix(kept)), bytes = chunk.bytes] in
                        try await engine.collect(events, quarantined: quarantined, bytes: bytes)
                    })
                try refused(chunk)
                total.refused += chunk.rejected.count + chunk.notKept
                total.leftOut += chunk.leftOut
                total.leftOutBy.merge(chunk.leftOutBy, uniquingKeysWith: +)
                if tasks.count >= 6 { try await finish(tasks.removeFirst(), &total) }
                progress(total)
            }
        } catch {
            // What was read before has landed, or says why not.
            for task in tasks { try await finish(task, &total) }
            throw error
        }
        for task in tasks { try await finish(task, &total) }
        return total
    }

    private func waitingRefusals() throws -> [UInt64: Int] {
        var waiting: [UInt64: Int] = [:]
        let last = try engine.store.lastSequence()
        let numbers = try engine.store.quarantineNumbers(QuarantineFilter(source: source), through: last, limit: .max)
        // A few at a time: each may be as long as a body.
        for start in stride(from: 0, to: numbers.count, by: 100) {
            for (_, message) in try engine.store.quarantined(Array(numbers[start..<min(start + 100, numbers.count)])) {
                waiting[Self.hash(message.pointer, message.raw), default: 0] += 1
            }
        }
        return waiting
    }

    private static func hash(_ pointer: String, _ raw: [UInt8]) -> UInt64 {
        raw.withUnsafeBufferPointer { StableHash.of($0, salt: StableHash.of(pointer)) }
    }
}
