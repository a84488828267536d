import ServiceLifecycle
import Synchronization
import WeirAccess
import WeirDomain
import WeirStorage

/// Writes into the store who did what.
///
/// What changes something is written at once. What may come often, refusals and looks at people, is counted together for
/// some seconds, so that nobody can fill the store with it.
final class AccessLog: Sendable, Service {
    private struct Kind: Hashable {
        var actor, action, subject, detail, address: String
    }

    /// Different ones between two writings; those beyond are counted as one.
    private static let bound = 500
    private static let seconds = 10

    private let store: any Store
    private let now: @Sendable () -> Timestamp
    private let counted = Mutex<[Kind: Int]>([:])

    init(store: any Store, now: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.now = now
    }

    /// Writes that somebody did something; durable when this returns.
    func record(_ call: Call, _ action: String, _ subject: String = "", _ detail: String = "") throws {
        try record(actor: call.caller.name, action, subject, detail, address: call.address)
    }

    func record(
        actor: String, _ action: String, _ subject: String = "", _ detail: String = "", address: String
    ) throws {
        try store.log([
            AccessEntry(
                time: now(), actor: actor, action: action, subject: Redaction.withoutKeys(subject),
                detail: Redaction.withoutKeys(detail), address: address)
        ])
    }

    /// Counts something that may come often.
    func count(actor: String, _ action: String, _ subject: String, _ detail: String = "", address: String) {
        counted.withLock { counted in
            var kind = Kind(actor: actor, action: action, subject: subject, detail: detail, address: address)
            if counted[kind] == nil, counted.count >= Self.bound {
                kind = Kind(actor: "several", action: action, subject: "", detail: "", address: "")
            }
            counted[kind, default: 0] += 1
        }
    }

    /// Writes what was counted.
    func flush() throws {
        let counted = counted.withLock { counted in
            defer { counted = [:] }
            return counted
        }
        guard !counted.isEmpty else { return }
        let now = now()
        let entries = counted.map { kind, count in
            AccessEntry(
                time: now, actor: Redaction.withoutKeys(kind.actor), action: kind.action, subject: kind.subject,
                detail: kind.detail, address: kind.address, count: count)
        }
        try store.log(
            entries.sorted {
                ($0.action, $0.actor, $0.subject, $0.detail, $0.address)
                    < ($1.action, $1.actor, $1.subject, $1.detail, $1.address)
            })
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(Self.seconds))) != nil {
                // A store that fails here fails the next commit too, and that one ends the server.
                try? self.flush()
            }
        }
        try? flush()
    }
}
