import HTTPTypes
import WeirAccess
import WeirDomain
import WeirEngine
import WeirStorage

/// All that says who comes in, shared by every route.
struct Doors: Sendable {
    let settings: ServerSettings
    let keys: KeyRing
    let people: SignIns
    let log: AccessLog
    /// Nil where people sign in with Weir's own passwords only.
    let openID: OpenIDSignIn?
    /// The time of day, also where the engine's clock follows the past.
    let now: @Sendable () -> Timestamp
    /// Stands in forms where nobody is signed in, which needs an open server: no other page can read it.
    let openToken = Secret.make()

    /// - Parameter client: Asks the provider at which people sign in.
    init(_ engine: Engine, settings: ServerSettings, client: ProviderClient = ProviderClient()) throws {
        self.settings = settings
        let clock = engine.clock
        let now: @Sendable () -> Timestamp = { clock.followsEvents ? SystemClock().now : clock.now }
        self.now = now
        keys = try KeyRing(store: engine.store)
        people = try SignIns(store: engine.store, keys: keys, limits: settings.sessions, now: now)
        log = AccessLog(store: engine.store, now: now)
        openID = settings.openID.flatMap { openID in
            settings.ownOrigin.map { OpenIDSignIn(openID, origin: $0, client: client, now: now) }
        }
    }

    /// What stands in the forms that this caller gets.
    func token(for caller: Caller) -> String { caller.session?.token ?? openToken }

    /// Refuses to leave a server that nobody may manage any more.
    ///
    /// - Parameters:
    ///   - key: That is to go.
    ///   - user: That is to go, or to lose the role.
    func checkAdministratorRemains(withoutKey key: SourceID? = nil, withoutUser user: String? = nil) throws {
        let now = now()
        let keys = try keys.all().filter { $0.name != key && $0.isAdministrator(at: now) }
        let users = people.all.filter { $0.name != user && $0.isAdministrator }
        guard keys.isEmpty, users.isEmpty else { return }
        let error = LastAdministrator(name: key?.rawValue ?? user ?? "")
        throw Problem(.conflict, "last_administrator", error.description)
    }
}
