import HTTPTypes
import Hummingbird
import WeirAccess
import WeirDomain
import WeirStorage

/// Finds out who asks, and lets in who has the permission that a route needs, and nobody else.
struct KeyCheck: RequestCheck {
    private let permission: Permission
    private let doors: Doors

    init(_ permission: Permission, doors: Doors) {
        self.permission = permission
        self.doors = doors
    }

    func check(_ request: Request, _ context: CallContext) throws(Problem) {
        if permission != .everyone { context.caller = try caller(of: request) }
    }

    private func caller(of request: Request) throws(Problem) -> Caller {
        var caller = found(in: request)
        if doors.settings.isOpen {
            caller.scopes = [.administrator]
            if case .nothing = caller.proof { return .openServer }
            return caller
        }
        if case .nothing = caller.proof {
            if permission == .collect { return caller }
            throw Self.unauthorized
        }
        if let key = caller.key { try Self.check(key, origin: request.headers[.origin], doors) }
        guard caller.may(permission) else { throw Self.scopeMissing(caller.name, permission) }
        return caller
    }

    /// A key in the headers, or else whoever signed in; for machines keys only, since a browser sends its cookies to them
    /// on behalf of any page.
    private func found(in request: Request) -> Caller {
        let isBasic = request.headers[.apiKey] == nil && isBasic(request.headers)
        for credential in credentials(in: request.headers) {
            guard let key = doors.keys.key(for: credential) else { continue }
            return Caller(proof: .key(key, isAmbient: isBasic), scopes: key.scopes)
        }
        guard !permission.isForMachines, let secret = request.headers.cookie(SessionCookie.name(doors.settings)),
            let caller = doors.people.caller(secret: secret)
        else { return .nobody }
        return caller
    }

    private func isBasic(_ headers: HTTPFields) -> Bool {
        headers[.authorization]?.prefix(5).lowercased() == "basic"
    }

    /// Whether a key lets in now, and from this page.
    static func check(_ key: StoredKey, origin: String?, _ doors: Doors) throws(Problem) {
        guard key.isValid(at: doors.now()) else {
            throw Problem(
                .unauthorized, "key_expired",
                "The key “\(key.name)” has ended at \(key.expiresTime!.iso8601). Ask for a new one: weir keys add.",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        guard key.origins.isEmpty || origin.map({ key.origins.contains($0.lowercased()) }) ?? false else {
            let found = origin.map { "“\($0)” is not one of them" } ?? "the request names none"
            throw Problem(
                .forbidden, "origin_not_allowed",
                "Origin: the key “\(key.name)” is for pages of \(key.origins.joined(separator: ", ")) only; \(found). Use it "
                    + "there, or a key without origins from a server.")
        }
    }

    static func scopeMissing(_ name: String, _ permission: Permission) -> Problem {
        Problem(
            .forbidden, "scope_missing",
            "“\(name)” may not do this (\(permission.rawValue)). It is for: \(permission.holders).")
    }

    static let unauthorized = Problem(
        .unauthorized, "unauthorized",
        "A key is needed: send it as “Authorization: Bearer …” or “X-API-Key: …”, "
            + "or to the collection as “writeKey”. POST /v1/keys makes one. People sign in at /sign-in.",
        headers: [.wwwAuthenticate: "Bearer"])
}
