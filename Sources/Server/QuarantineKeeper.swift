import Logging
import ServiceLifecycle
import Synchronization
import WeirDomain
import WeirEngine
import WeirLimits
import WeirStorage

/// Keeps the quarantine to its size: says what of a source's messages may still come in, and gives up what is too old or
/// too much.
final class QuarantineKeeper: Service {
    private let engine: Engine
    private let limits: QuarantineLimits
    private let logger: Logger
    private let waiting: Mutex<[SourceID: QuarantineCount]>
    /// Whether something came in or left since it was last looked at.
    private let isStale = Mutex(true)

    init(_ engine: Engine, _ limits: QuarantineLimits, logger: Logger) throws {
        self.engine = engine
        self.limits = limits
        self.logger = logger
        waiting = Mutex(Self.bySource(try engine.store.quarantineCounts()))
    }

    private static func bySource(_ counts: [QuarantineCount]) -> [SourceID: QuarantineCount] {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.source, $0) })
    }

    /// Takes room for messages of a source.
    ///
    /// - Parameter sizes: Of the messages in bytes, in their order.
    /// - Returns: How many of them may come in; the rest is to be counted.
    func admit(_ sizes: [Int], of source: SourceID) -> Int {
        if sizes.isEmpty { return 0 }
        let most = Int(Double(limits.messages) * limits.shareOfSource)
        let mostBytes = Int(Double(limits.bytes) * limits.shareOfSource)
        let admitted = waiting.withLock { waiting in
            var count = waiting[source] ?? QuarantineCount(source: source, messages: 0, bytes: 0)
            var admitted = 0
            for size in sizes where count.messages < most && count.bytes + size <= mostBytes {
                count.messages += 1
                count.bytes += size
                admitted += 1
            }
            waiting[source] = count
            return admitted
        }
        isStale.withLock { $0 = true }
        engine.limitCounts.countHit(of: .quarantine, sizes.count - admitted)
        return admitted
    }

    /// Counts anew, after messages were given up.
    func recount() throws {
        let counts = Self.bySource(try engine.store.quarantineCounts())
        waiting.withLock { $0 = counts }
    }

    /// Gives up what is too old, then the oldest of the source that has the most, until the rest is not too much.
    func trim() throws {
        var gone = try engine.store.purgeQuarantine(QuarantineFilter(before: engine.clock.now - limits.age))
        while true {
            let counts = try engine.store.quarantineCounts()
            let (messages, bytes) = counts.reduce((0, 0)) { ($0.0 + $1.messages, $0.1 + $1.bytes) }
            guard messages > limits.messages || bytes > limits.bytes,
                let largest = counts.max(by: { ($0.bytes, $0.messages) < ($1.bytes, $1.messages) })
            else { break }
            let excess = max(1, messages - limits.messages, largest.messages / 10)
            gone += try engine.store.purgeQuarantine(
                QuarantineFilter(source: largest.source), atMost: min(excess, largest.messages))
        }
        engine.limitCounts.countHit(of: .quarantine, gone)
        if gone > 0 {
            logger.notice("Messages left the quarantine: too old, or too many.", metadata: ["count": "\(gone)"])
        }
        try recount()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var sinceLast = 0
            while !Task.isCancelled {
                sinceLast += 1
                let hasChanged = isStale.withLock { stale in
                    defer { stale = false }
                    return stale
                }
                // Each half minute where something came in, else each hour for what grows old.
                if hasChanged || sinceLast >= 120 {
                    sinceLast = 0
                    do { try trim() } catch {
                        logger.error("The quarantine was not looked at.", metadata: ["error": "\(error)"])
                    }
                }
                try? await Task.sleep(for: .seconds(30))
            }
        }
    }
}
