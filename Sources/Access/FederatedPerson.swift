import WeirJSON
package import WeirStorage

/// Somebody whom a provider has named, and what they may do here.
package struct FederatedPerson: Sendable, Equatable {
    /// As the provider knows them; two of the same name are told apart by it.
    package var subject: String
    /// As people read it.
    package var name: String
    /// Not empty.
    package var roles: Set<StoredKey.Scope>

    /// - Throws: `FederatedPersonFault`.
    package init(_ token: IdentityToken, _ settings: OpenIDSettings) throws(FederatedPersonFault) {
        subject = token.subject
        let claim = settings.nameClaim
        guard let name = token.claims[claim.rawValue]?.string, !name.isEmpty, name.utf8.count <= 100,
            Redaction.onOneLine(name) == name
        else { throw .name(claim.rawValue) }
        // Who may write any address into their profile could pass for another.
        if claim == .email, let isVerified = token.claims.present("email_verified"), isVerified != true,
            isVerified != "true"
        {
            throw .unverified
        }
        self.name = name
        let values = Self.values(of: settings.rolesClaim, in: token.claims)
        roles = values.reduce(into: []) { $0.formUnion(settings.roles[$1] ?? []) }
        if roles.isEmpty, let role = settings.defaultRole { roles = [role] }
        if roles.isEmpty { throw .noRole(name: name, subject: token.subject) }
    }

    /// A text, or each text of a list; the claim's whole name goes before a path.
    private static func values(of claim: String, in claims: JSON) -> [String] {
        var found = claims[claim]
        if found == nil {
            found = claim.split(separator: ".").reduce(Optional(claims)) { json, name in json?[String(name)] }
        }
        return switch found {
        case .string(let value): [value]
        case .array(let values): values.compactMap(\.string)
        default: []
        }
    }
}

/// Why somebody whom a provider has named does not come in.
package enum FederatedPersonFault: Error, Equatable {
    case name(String)
    case unverified
    case noRole(name: String, subject: String)

    /// For the access log and for people; holds nothing that somebody sent.
    package var reason: String {
        switch self {
        case .name(let claim):
            "it says no \(claim) of at most 100 bytes; have it sent, or choose another with --oidc-user-claim"
        case .unverified: "it has not verified the e-mail address"
        case .noRole: "it gives no role that means something here"
        }
    }
}
