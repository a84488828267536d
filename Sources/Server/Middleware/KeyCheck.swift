import HTTPTypes
import Hummingbird
import WeirStorage

/// Lets in who has the permission that a route needs, and nobody else.
struct KeyCheck: RouterMiddleware {
    private let permission: Permission
    private let keys: KeyRing
    private let isOpen: Bool

    init(_ permission: Permission, keys: KeyRing, settings: ServerSettings) {
        self.permission = permission
        self.keys = keys
        isOpen = settings.isOpen
    }

    func handle(
        _ request: Request, context: CallContext, next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard permission != .everyone else { return try await next(request, context) }
        context.key = try key(of: request)
        return try await next(request, context)
    }

    /// The key that lets the request in; nil where none is needed, or where it may stand in the body.
    private func key(of request: Request) throws(Problem) -> StoredKey? {
        try refuseOtherSites(request)
        let found = credentials(in: request.headers).lazy.compactMap { keys.key(for: $0) }.first
        if isOpen {
            // A page from elsewhere can make its own name mean 127.0.0.1; what it then sends still bears that name.
            guard request.head.authority.map(Self.isLoopback) ?? true else {
                throw Problem(.forbidden, "foreign_host", "An open server answers at localhost and 127.0.0.1 only.")
            }
            return found
        }
        guard let found else {
            if permission == .collect { return nil }
            throw Self.unauthorized(at: permission)
        }
        guard permission.isGranted(by: found.scopes) else {
            let scope = permission.scope?.rawValue ?? ""  // Everyone is granted what needs none.
            let detail = "The key “\(found.name)” does not allow this. Use a key with the scope \(scope)."
            throw Problem(.forbidden, "scope_missing", detail)
        }
        return found
    }

    /// A browser keeps what its user typed in: a page from elsewhere must not act with it.
    private func refuseOtherSites(_ request: Request) throws(Problem) {
        guard permission == .manage || permission == .console, request.method != .get else { return }
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw Problem(
                .forbidden, "cross_site", "A page from another site may not do this. Do it from the console.")
        }
    }

    private static func isLoopback(authority: String) -> Bool {
        ["localhost", "127.", "[::1]"].contains { authority.hasPrefix($0) } || authority.isEmpty
    }

    static func unauthorized(at permission: Permission) -> Problem {
        let detail =
            "A key is needed: send it as “Authorization: Bearer …” or “X-API-Key: …”, "
            + "or to the collection as “writeKey”. POST /v1/keys makes one."
        var problem = Problem(.unauthorized, "unauthorized", detail)
        problem.headers[.wwwAuthenticate] =
            permission == .console ? "Basic realm=\"Weir\", charset=\"UTF-8\"" : "Bearer"
        return problem
    }
}
