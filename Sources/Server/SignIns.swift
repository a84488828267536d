import Dispatch
import HTTPTypes
import Synchronization
import WeirAccess
import WeirDomain
import WeirStorage

/// The people who may sign in, and those who have.
final class SignIns: Sendable {
    enum Attempt: Sendable {
        /// The secrets are for the browser's cookies.
        case signedIn(secret: String, device: String)
        case refused
        /// Too often wrong; another attempt may be made then.
        case wait(seconds: Int64)
        /// Too many are trying at this moment.
        case busy
    }

    private struct State: Sendable {
        var users: [String: StoredUser] = [:]
        var sessions: Sessions
        var guardian = SignInGuard()
        /// Hashes that are being computed or wait, in known browsers and elsewhere.
        var waiting = [true: 0, false: 0]
    }

    /// How many may wait for a hash, which takes 0.2 s.
    private static let maximalWaiting = 16
    private let store: any Store
    private let keys: KeyRing
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>
    /// Signs what known browsers keep.
    private let deviceKey = Secret.randomBytes(32)
    /// Whose password nobody knows: compared with where there is no such user, so that it takes as long.
    private let decoy: String
    /// One for browsers that are known and one for others, so that who guesses does not hold up who signs in every day.
    private let knownBrowsers = DispatchQueue(label: "weir.passwords.known", qos: .utility)
    private let otherBrowsers = DispatchQueue(label: "weir.passwords", qos: .utility)

    init(
        store: any Store, keys: KeyRing, limits: Sessions.Limits, now: @escaping @Sendable () -> Timestamp
    ) throws {
        self.store = store
        self.keys = keys
        self.now = now
        decoy = PasswordHash.decoy()
        state = Mutex(State(sessions: Sessions(limits: limits)))
        try reload()
    }

    var all: [StoredUser] { state.withLock { $0.users.values.sorted { $0.name < $1.name } } }

    func user(_ name: String) -> StoredUser? { state.withLock { $0.users[name] } }

    // MARK: Signing in and out

    /// - Parameters:
    ///   - password: Or a key, whatever the name.
    ///   - device: What a browser kept from an earlier time.
    func signIn(name: String, password: String, device: String?, address: String) async -> Attempt {
        let isKnown = device.map { isDevice($0, of: name) } ?? false
        let origins: [SignInGuard.Origin] =
            isKnown ? [.device(device!)] : [.address(address, name: name), .anyName(address: address)]
        // Nobody guesses a key, so whoever has one need not wait for those who try passwords.
        if let key = keys.key(for: password), key.isValid(at: now()), Permission.view.isGranted(by: key.scopes) {
            // What was tried with names before still counts.
            return begin(.key(key.name), address: address, [], device: isKnown ? device : nil)
        }
        let wait = state.withLock { $0.guardian.wait(of: origins, at: now()) }
        guard wait == 0 else { return .wait(seconds: wait) }
        let user = user(name)
        guard let matches = await compute(password, user?.passwordHash ?? decoy, isKnown: isKnown) else { return .busy }
        guard let user, matches else {
            state.withLock { $0.guardian.recordFailure(of: origins, at: now()) }
            return .refused
        }
        return begin(.user(user.name), address: address, origins, device: isKnown ? device : nil)
    }

    /// Signs in whom a provider has named; their sessions with other roles end.
    ///
    /// - Returns: The secret for the browser's cookie.
    func signIn(_ person: FederatedPerson, address: String) -> String {
        let secret = Secret.make()
        let subject = Sessions.Subject.federated(person)
        let session = Sessions.Session(
            subject: subject, token: Secret.make(), begun: now(), address: address, roles: person.roles)
        state.withLock { state in
            state.sessions.end(of: subject, unlessGranting: person.roles)
            state.sessions.begin(session, secretHash: Secret.hash(secret))
        }
        return secret
    }

    /// Nil where too many wait.
    private func compute(_ password: String, _ hash: String, isKnown: Bool) async -> Bool? {
        let isTaken = state.withLock { state in
            guard state.waiting[isKnown]! < Self.maximalWaiting else { return false }
            state.waiting[isKnown]! += 1
            return true
        }
        guard isTaken else { return nil }
        defer { state.withLock { $0.waiting[isKnown]! -= 1 } }
        return await withCheckedContinuation { continuation in
            (isKnown ? knownBrowsers : otherBrowsers).async {
                continuation.resume(returning: PasswordHash.matches(password, hash))
            }
        }
    }

    private func begin(
        _ subject: Sessions.Subject, address: String, _ origins: [SignInGuard.Origin], device: String?
    ) -> Attempt {
        let secret = Secret.make()
        let session = Sessions.Session(subject: subject, token: Secret.make(), begun: now(), address: address)
        state.withLock { state in
            state.guardian.recordSuccess(of: origins)
            state.sessions.begin(session, secretHash: Secret.hash(secret))
        }
        return .signedIn(secret: secret, device: device ?? newDevice(of: subject.name))
    }

    /// The caller whose cookie it is; nil where the session is over.
    func caller(secret: String) -> Caller? {
        let hash = Secret.hash(secret)
        let keys = keys
        let now = now()
        return state.withLock { state in
            let users = state.users
            let session = state.sessions.use(secretHash: hash, at: now) { subject in
                switch subject {
                case .user(let name): users[name]?.sessionsFrom
                case .key(let name): keys.key(named: name).flatMap { $0.isValid(at: now) ? $0.createdTime : nil }
                case .federated: Timestamp(microseconds: .min)
                }
            }
            guard let session else { return nil }
            let scopes =
                switch session.subject {
                case .user(let name): users[name]?.roles ?? []
                case .key(let name): keys.key(named: name)?.scopes ?? []
                case .federated: session.roles
                }
            return Caller(proof: .session(session, secretHash: hash), scopes: scopes)
        }
    }

    /// Whether the caller may go on with what takes long, such as a page's live updates.
    func isStillIn(_ caller: Caller) -> Bool {
        switch caller.proof {
        case .nothing, .openServer: true
        case .key(let key, _): keys.key(named: key.name)?.hash == key.hash && key.isValid(at: now())
        case .session(_, let hash): state.withLock { $0.sessions.isGoing(secretHash: hash, at: now()) }
        }
    }

    func sessions(of subject: Sessions.Subject) -> [Sessions.Session] {
        state.withLock { $0.sessions.all(of: subject, at: now()) }
    }

    func signOut(secretHash: [UInt8]) { state.withLock { $0.sessions.end(secretHash: secretHash) } }

    /// Ends all sessions of somebody, who may begin others.
    func end(_ subject: Sessions.Subject) { state.withLock { _ = $0.sessions.endAll(of: subject) } }

    /// - Returns: In how many browsers.
    func signOutEverywhere(_ subject: Sessions.Subject) throws -> Int {
        if case .user(let name) = subject, var user = user(name) {
            user.sessionsFrom = now()
            try store.save(user)
            try reload()
        }
        return state.withLock { $0.sessions.endAll(of: subject) }
    }

    // MARK: People

    /// Adds a person, or changes the one of that name, who is then signed out everywhere.
    ///
    /// - Parameters:
    ///   - password: Nil leaves it.
    ///   - roles: Nil leaves them.
    /// - Throws: `PasswordFault`, or what the store throws.
    func save(_ name: String, password: String?, roles: Set<StoredKey.Scope>?) throws {
        let now = now()
        var user = user(name) ?? StoredUser(name: name, passwordHash: "", roles: [], createdTime: now)
        if let password { user.passwordHash = try PasswordHash.make(password, salt: Secret.randomBytes(16)) }
        if let roles { user.roles = roles }
        user.sessionsFrom = now
        try store.save(user)
        try reload()
        state.withLock { _ = $0.sessions.endAll(of: .user(name)) }
    }

    func remove(_ name: String) throws {
        try store.removeUser(named: name)
        try reload()
        state.withLock { _ = $0.sessions.endAll(of: .user(name)) }
    }

    private func reload() throws {
        let users = Dictionary(uniqueKeysWithValues: try store.users().map { ($0.name, $0) })
        state.withLock { $0.users = users }
    }

    // MARK: Known browsers

    private func newDevice(of name: String) -> String {
        let id = Secret.make()
        return "\(id).\(Secret.signature(of: "\(id) \(name)", key: deviceKey))"
    }

    private func isDevice(_ device: String, of name: String) -> Bool {
        let parts = device.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        return Secret.isEqual(String(parts[1]), Secret.signature(of: "\(parts[0]) \(name)", key: deviceKey))
    }
}

extension Sessions.Subject {
    static func federated(_ person: FederatedPerson) -> Self {
        .federated(Sessions.Federated(subject: person.subject, name: person.name))
    }
}
