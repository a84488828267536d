package import WeirDomain
package import WeirStorage

/// Who is signed in, until they have done nothing for some time, and no longer than a day's work in any case.
///
/// A value without clock and randomness. Of the secret that a browser keeps only a hash is known here.
package struct Sessions: Sendable {
    package enum Subject: Sendable, Hashable {
        case user(String)
        /// Signed in with a key in place of a password.
        case key(SourceID)
        /// Named by a provider of OpenID Connect.
        case federated(Federated)

        /// As logs have it; a provider's people cannot pass for others by what they call themselves there.
        package var name: String {
            switch self {
            case .user(let name): name
            case .key(let name): name.rawValue
            case .federated(let person): "oidc:" + person.name
            }
        }
    }

    /// Somebody as a provider knows them: the same person also under another name.
    package struct Federated: Sendable, Hashable {
        package var subject: String
        package var name: String

        package init(subject: String, name: String) {
            self.subject = subject
            self.name = name
        }

        package static func == (one: Self, other: Self) -> Bool { one.subject == other.subject }

        package func hash(into hasher: inout Hasher) { hasher.combine(subject) }
    }

    package struct Session: Sendable, Equatable {
        package var subject: Subject
        /// Stands in each form and each change, so that no other page can send one.
        package var token: String
        package var begun: Timestamp
        package var lastUsed: Timestamp
        /// Where it began.
        package var address: String
        /// What a provider has granted; of others the store knows it.
        package var roles: Set<StoredKey.Scope>

        package init(
            subject: Subject, token: String, begun: Timestamp, address: String, roles: Set<StoredKey.Scope> = []
        ) {
            self.subject = subject
            self.token = token
            self.begun = begun
            lastUsed = begun
            self.address = address
            self.roles = roles
        }
    }

    package struct Limits: Sendable, Equatable {
        package var idleSeconds: Int64 = 1_800
        package var totalSeconds: Int64 = 43_200
        /// Of one person; with one more the longest unused ends.
        package var perSubject = 20
        package var total = 10_000

        package init() {}
    }

    private let limits: Limits
    private var sessions: [[UInt8]: Session] = [:]

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// - Parameter secretHash: Of the secret that the browser is given; never seen before.
    package mutating func begin(_ session: Session, secretHash: [UInt8]) {
        endExpired(at: session.begun)
        endLongestUnused(of: { $0.subject == session.subject }, keeping: limits.perSubject - 1)
        endLongestUnused(of: { _ in true }, keeping: limits.total - 1)
        sessions[secretHash] = session
    }

    /// Ends the sessions of somebody that grant other roles: what a provider takes away or gives counts everywhere.
    package mutating func end(of subject: Subject, unlessGranting roles: Set<StoredKey.Scope>) {
        sessions = sessions.filter { $0.value.subject != subject || $0.value.roles == roles }
    }

    /// The session of a secret where it still goes on, which is then used.
    ///
    /// - Parameter earliest: Sessions of the subject that began before are over; nil where the subject is unknown.
    package mutating func use(
        secretHash: [UInt8], at now: Timestamp, earliest: (Subject) -> Timestamp?
    ) -> Session? {
        guard var session = sessions[secretHash] else { return nil }
        guard let earliest = earliest(session.subject), session.begun >= earliest, isGoing(session, at: now) else {
            sessions[secretHash] = nil
            return nil
        }
        session.lastUsed = max(session.lastUsed, now)
        sessions[secretHash] = session
        return session
    }

    /// Whether it still goes on, without using it.
    package func isGoing(secretHash: [UInt8], at now: Timestamp) -> Bool {
        sessions[secretHash].map { isGoing($0, at: now) } ?? false
    }

    package mutating func end(secretHash: [UInt8]) { sessions[secretHash] = nil }

    /// - Returns: How many ended.
    @discardableResult
    package mutating func endAll(of subject: Subject) -> Int {
        let before = sessions.count
        sessions = sessions.filter { $0.value.subject != subject }
        return before - sessions.count
    }

    /// The newest first.
    package func all(of subject: Subject, at now: Timestamp) -> [Session] {
        sessions.values.filter { $0.subject == subject && isGoing($0, at: now) }.sorted { $0.begun > $1.begun }
    }

    private func isGoing(_ session: Session, at now: Timestamp) -> Bool {
        now.microseconds - session.lastUsed.microseconds < limits.idleSeconds * 1_000_000
            && now.microseconds - session.begun.microseconds < limits.totalSeconds * 1_000_000
    }

    private mutating func endExpired(at now: Timestamp) {
        sessions = sessions.filter { isGoing($0.value, at: now) }
    }

    private mutating func endLongestUnused(of isMeant: (Session) -> Bool, keeping count: Int) {
        let meant = sessions.filter { isMeant($0.value) }
        guard meant.count > count else { return }
        for (hash, _) in meant.sorted(by: { $0.value.lastUsed < $1.value.lastUsed }).prefix(meant.count - count) {
            sessions[hash] = nil
        }
    }
}
