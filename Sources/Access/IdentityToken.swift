package import WeirDomain
package import WeirJSON

/// What a provider says about somebody, once all that it can be doubted by has been looked at.
///
/// Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725.
package struct IdentityToken: Sendable, Equatable {
    /// What the token must say.
    package struct Expectation: Sendable, Equatable {
        package var issuer: String
        /// The audience: this client.
        package var client: String
        /// Of this sign-in in this browser.
        package var nonce: String

        package init(issuer: String, client: String, nonce: String) {
            self.issuer = issuer
            self.client = client
            self.nonce = nonce
        }
    }

    /// How far the provider's clock may be off, in seconds.
    package static let leewaySeconds = 60.0
    package static let maximalBytes = 65_536
    /// As the provider knows the person; never given to another.
    package let subject: String
    package let claims: JSON

    /// - Throws: `IdentityTokenFault`, the first that is found; `unknownKey` where newer keys may help.
    package init(
        verifying token: String, keys: SigningKeys, _ expected: Expectation, at now: Timestamp
    ) async throws(IdentityTokenFault) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= Self.maximalBytes, parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw .malformed }
        // The header is believed in one thing only, and there only what is on our own list.
        guard let algorithm = header["alg"]?.string.flatMap({ SigningKeys.Algorithm(rawValue: $0) }) else {
            throw .algorithm
        }
        // What must be understood is not.
        guard header["crit"] == nil else { throw .malformed }
        let id = header["kid"]?.string
        guard header.present("kid") == nil || id != nil else { throw .malformed }
        guard keys.has(id, for: algorithm) else { throw .unknownKey }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard await keys.verify(signature, of: signed, algorithm, key: id) else { throw .signature }
        subject = try Self.check(claims, expected, now: Double(now.microseconds) / 1e6)
        self.claims = claims
    }

    private static func object(_ part: Substring) -> JSON? {
        guard let bytes = Base64URL.decode(part), let json = try? JSON(parsing: bytes), json.members != nil else {
            return nil
        }
        return json
    }

    /// - Returns: The subject.
    private static func check(
        _ claims: JSON, _ expected: Expectation, now: Double
    ) throws(IdentityTokenFault) -> String {
        guard claims["iss"]?.string == expected.issuer else { throw .issuer }
        try checkAudience(claims, expected.client)
        guard let end = claims["exp"]?.double, let made = claims["iat"]?.double else { throw .times }
        guard now < end + leewaySeconds else { throw .expired }
        guard made <= now + leewaySeconds else { throw .times }
        if let start = claims.present("nbf") {
            guard let start = start.double, start <= now + leewaySeconds else { throw .times }
        }
        guard let nonce = claims["nonce"]?.string, Secret.isEqual(nonce, expected.nonce) else { throw .nonce }
        guard let subject = claims["sub"]?.string, !subject.isEmpty, subject.utf8.count <= 255,
            Redaction.onOneLine(subject) == subject
        else { throw .subject }
        return subject
    }

    private static func checkAudience(_ claims: JSON, _ client: String) throws(IdentityTokenFault) {
        let audiences: [JSON]
        switch claims["aud"] {
        case .string(let audience): audiences = [.string(audience)]
        case .array(let all): audiences = all
        default: throw .audience
        }
        guard audiences.contains(.string(client)) else { throw .audience }
        let party = claims.present("azp")
        // Made for several, it must say that it was given to this one.
        guard party == .string(client) || (party == nil && audiences.count == 1) else { throw .authorizedParty }
    }
}

/// Why a token says nothing about anybody.
package enum IdentityTokenFault: Error, Equatable, CaseIterable {
    case malformed, algorithm, unknownKey, signature, issuer, audience, authorizedParty, expired, times, nonce, subject

    /// For the access log and for people; holds nothing that somebody sent.
    package var reason: String {
        switch self {
        case .malformed: "its token cannot be read"
        case .algorithm: "its token is signed in another way than RS256, PS256 or ES256"
        case .unknownKey: "its token is signed with a key that it does not publish"
        case .signature: "the signature of its token is wrong"
        case .issuer: "its token is from another issuer"
        case .audience: "its token is for another client"
        case .authorizedParty: "its token is for several clients and was not given to this one"
        case .expired: "its token has ended; look at the clocks of both machines"
        case .times: "its token is not valid yet or does not say from when to when; look at the clocks of both machines"
        case .nonce: "its token belongs to another sign-in"
        case .subject: "its token names nobody"
        }
    }
}
