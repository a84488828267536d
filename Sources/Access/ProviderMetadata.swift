package import WeirJSON

/// What a provider tells about itself.
///
/// Source: OpenID Connect Discovery 1.0, section 3; RFC 8414; RFC 9207.
package struct ProviderMetadata: Sendable, Equatable {
    /// Where people go to sign in.
    package var authorization: WebAddress
    /// Where a code is exchanged for a token.
    package var token: WebAddress
    /// Where the keys are that sign tokens.
    package var keys: WebAddress
    /// Whether a client shows its secret in the body, for it may not in a header.
    package var takesSecretInBodyOnly: Bool
    /// Whether each answer names its issuer, so that one without it comes from somebody else.
    package var namesIssuer: Bool

    /// Where a provider's own description is.
    package static func address(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// - Parameters:
    ///   - document: As the provider gave it.
    ///   - issuer: As it must call itself, to the letter.
    package init(_ document: JSON, issuer: String) throws(ProviderFault) {
        let found = document["issuer"]?.string
        guard found == issuer else { throw .anotherIssuer }
        func address(_ name: String) throws(ProviderFault) -> WebAddress {
            guard let address = document[name]?.string.flatMap({ WebAddress($0) }),
                // One who listens at an address without TLS could answer in the place of a provider that has it.
                !address.isLoopback || WebAddress(issuer)?.isLoopback ?? false
            else { throw .metadata(field: name) }
            return address
        }
        authorization = try address("authorization_endpoint")
        token = try address("token_endpoint")
        keys = try address("jwks_uri")
        let ways = (document["token_endpoint_auth_methods_supported"]?.array ?? []).compactMap(\.string)
        takesSecretInBodyOnly = ways.contains("client_secret_post") && !ways.contains("client_secret_basic")
        namesIssuer = document["authorization_response_iss_parameter_supported"]?.bool ?? false
    }
}

/// Why a provider could not say who somebody is.
package enum ProviderFault: Error, Equatable {
    /// It cannot be reached, takes too long or answers at too great length.
    case unreachable
    /// It answers with another status than 200, or with what is no JSON object.
    case status(Int)
    case noJSON
    case anotherIssuer
    case metadata(field: String)
    /// None of its keys is of a kind that is taken.
    case noKeys
    /// It does not take the code, or not from this client.
    case codeRefused(String)
    case noToken
    /// Too many are signing in at this moment.
    case busy

    /// For the access log and for people: the same words, which hold nothing that somebody sent.
    package var reason: String {
        switch self {
        case .unreachable: "it does not answer"
        case .status(let status): "it answers with status \(status)"
        case .noJSON: "its answer is no JSON object"
        case .anotherIssuer: "it calls itself by another name than --oidc-issuer says"
        case .metadata(let field): "its description has no usable \(field)"
        case .noKeys: "none of its keys can be used"
        case .codeRefused(let code): "it does not take the code (\(code))"
        case .noToken: "its answer has no id_token"
        case .busy: "too many are signing in at this moment"
        }
    }
}
