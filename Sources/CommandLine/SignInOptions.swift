import ArgumentParser
import Foundation
import WeirAccess
import WeirServer
import WeirStorage

/// Where people sign in beside Weir's own passwords; docs/security.md says how to set a provider up.
struct SignInOptions: ParsableArguments {
    @Option(
        name: .customLong("oidc-issuer"),
        help: "A provider of OpenID Connect, as it calls itself, such as https://login.example/realms/shop.")
    var issuer: String?

    @Option(name: .customLong("oidc-client"), help: "As which Weir is registered with the provider.")
    var client: String?

    @Option(
        name: .customLong("oidc-secret-file"),
        help:
            "A file of mode 0600 with the client's secret; else the environment's WEIR_OIDC_SECRET, else there is none."
    )
    var secretFile: String?

    @Option(name: .customLong("oidc-name"), help: "As people know the provider; its host otherwise.")
    var name: String?

    @Option(
        name: .customLong("oidc-user-claim"), help: "What is a person's name here: email, preferred_username or sub.")
    var nameClaim = OpenIDSettings.NameClaim.email

    @Option(
        name: .customLong("oidc-roles-claim"),
        help: "What tells a person's groups or roles: a claim, or a path such as realm_access.roles.")
    var rolesClaim = "roles"

    @Option(
        name: .customLong("oidc-role"), parsing: .singleValue,
        help: "What a value of that claim grants, such as marketing=marketer; may be repeated.")
    var roles: [String] = []

    @Option(
        name: .customLong("oidc-default-role"),
        help: "The role of who has none of these values; without it they are refused.")
    var defaultRole: StoredKey.Scope?

    @Option(
        name: .customLong("oidc-scope"), parsing: .singleValue,
        help: "Asked for beside openid, profile and email; may be repeated.")
    var scopes: [String] = []

    func validate() throws {
        guard issuer != nil else {
            let others: [(String, Bool)] = [
                ("--oidc-client", client != nil), ("--oidc-secret-file", secretFile != nil),
                ("--oidc-name", name != nil), ("--oidc-role", !roles.isEmpty),
                ("--oidc-default-role", defaultRole != nil), ("--oidc-scope", !scopes.isEmpty),
            ]
            if let (option, _) = others.first(where: { $0.1 }) {
                throw ValidationError("\(option): there is no provider that it is for. Name it with --oidc-issuer.")
            }
            return
        }
        if client == nil {
            throw ValidationError("--oidc-client: missing. Give the client's id that the provider shows for Weir.")
        }
        _ = try granted()
    }

    /// Nil where there is no provider.
    ///
    /// - Throws: `CommandFault` where the secret cannot be had.
    func settings() throws -> OpenIDSettings? {
        guard let issuer, let client else { return nil }
        var settings = OpenIDSettings(issuer: issuer, client: client, name: name)
        settings.secret = try secret()
        settings.nameClaim = nameClaim
        settings.rolesClaim = rolesClaim
        settings.roles = try granted()
        settings.defaultRole = defaultRole
        settings.scopes = scopes
        return settings
    }

    /// What each value grants; several roles where it is named several times.
    private func granted() throws -> [String: Set<StoredKey.Scope>] {
        var granted: [String: Set<StoredKey.Scope>] = [:]
        for text in roles {
            // A value may itself have the sign, as LDAP's names do; a role never.
            guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
                throw ValidationError(
                    "--oidc-role: “\(text)” has no “=”. Give a value of the provider and a role: marketing=marketer.")
            }
            let name = String(text[text.index(after: sign)...])
            guard let role = StoredKey.Scope(rawValue: name), StoredKey.Scope.roles.contains(role) else {
                let known = StoredKey.Scope.roles.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--oidc-role: “\(name)” is no role of people. Choose one of \(known).")
            }
            granted[String(text[..<sign]), default: []].insert(role)
        }
        return granted
    }

    private func secret() throws -> String? {
        if let secretFile { return try SecretFile(secretFile, option: "--oidc-secret-file").firstLine() }
        let secret = ProcessInfo.processInfo.environment["WEIR_OIDC_SECRET"]
        return secret?.isEmpty ?? true ? nil : secret
    }
}

extension OpenIDSettings.NameClaim: ExpressibleByArgument {}
