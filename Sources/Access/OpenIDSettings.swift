package import WeirStorage

/// Where people sign in beside Weir's own passwords: a provider of OpenID Connect, and what its word is worth here.
package struct OpenIDSettings: Sendable, Equatable {
    /// What of a person the provider tells is their name here.
    package enum NameClaim: String, Sendable, CaseIterable {
        case email
        case preferredUsername = "preferred_username"
        case sub
    }

    /// As the provider calls itself in its tokens, to the letter, such as `https://login.example/realms/shop`.
    package var issuer: String
    /// As which Weir is registered with the provider.
    package var client: String
    /// Nil where Weir is registered as a public client.
    package var secret: String?
    /// As people know the provider; stands on the button.
    package var name: String
    package var nameClaim = NameClaim.email
    /// What tells a person's groups or roles: a claim's name, or a path such as `realm_access.roles`.
    package var rolesClaim = "roles"
    /// What each value of that claim grants here.
    package var roles: [String: Set<StoredKey.Scope>] = [:]
    /// Of who has none of those values; nil refuses them.
    package var defaultRole: StoredKey.Scope?
    /// Asked for beside `openid`, `profile` and `email`.
    package var scopes: [String] = []

    /// - Parameter name: Nil for the host of the issuer.
    package init(issuer: String, client: String, name: String? = nil) {
        self.issuer = issuer
        self.client = client
        let host = issuer.firstRange(of: "://").map { issuer[$0.upperBound...].prefix { $0 != "/" && $0 != ":" } }
        self.name = name ?? host.map { String($0) } ?? issuer
    }

    /// - Throws: `OpenIDSettingsError`, the first that is found.
    package func check() throws(OpenIDSettingsError) {
        guard WebAddress(issuer) != nil, !issuer.contains("?") else { throw .issuer(issuer) }
        guard Self.isPlain(client), client.utf8.count <= 200 else { throw .client(client) }
        guard !name.isEmpty, name.utf8.count <= 60, Redaction.onOneLine(name) == name else { throw .name(name) }
        guard Self.isPlain(rolesClaim) else { throw .rolesClaim(rolesClaim) }
        if let wrong = scopes.first(where: { !Self.isPlain($0) || $0.contains("\"") || $0.contains("\\") }) {
            throw .scope(wrong)
        }
        for role in roles.values.flatMap(\.self) + (defaultRole.map { [$0] } ?? []) where !role.isForPeople {
            throw .role(role)
        }
        if roles.isEmpty, defaultRole == nil { throw .nobodyAllowed }
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    }
}

extension StoredKey.Scope {
    fileprivate var isForPeople: Bool {
        switch self {
        case .collect, .decide, .manage: false
        default: true
        }
    }
}

/// Why people cannot sign in as it was said; names what to change.
package enum OpenIDSettingsError: Error, Equatable, CustomStringConvertible {
    case issuer(String)
    case client(String)
    case name(String)
    case rolesClaim(String)
    case scope(String)
    case role(StoredKey.Scope)
    case nobodyAllowed
    case unknownAddress
    case openServer

    package var description: String {
        switch self {
        case .issuer(let text):
            "--oidc-issuer: “\(text)” is no address of a provider. Give what it calls itself, such as "
                + "https://login.example/realms/shop: https (http on this machine only), without ? and #."
        case .client(let text):
            "--oidc-client: “\(text)” is no client's id. Give it as the provider shows it, without spaces, at most 200 bytes."
        case .name(let text): "--oidc-name: “\(text)” does not fit on a button. Give one line of at most 60 bytes."
        case .rolesClaim(let text):
            "--oidc-roles-claim: “\(text)” is no claim's name. Give one without spaces, such as groups or realm_access.roles."
        case .scope(let text): "--oidc-scope: “\(text)” is no scope's name. Give one without spaces, such as groups."
        case .role(let role):
            "--oidc-role: “\(role.rawValue)” is no role of people. Choose one of viewer, marketer, analyst, finance, "
                + "operator, privacy-officer, administrator."
        case .nobodyAllowed:
            "--oidc-role: nobody would be let in. Say what a value of the provider grants, such as --oidc-role "
                + "marketing=marketer, or --oidc-default-role viewer."
        case .unknownAddress:
            "--public-url: the provider sends people back to an address, and this server does not know its own. Say it as "
                + "browsers show it, such as --public-url https://weir.example."
        case .openServer:
            "--oidc-issuer: an open server asks nobody to sign in. Leave out --open, or the --oidc options."
        }
    }
}
