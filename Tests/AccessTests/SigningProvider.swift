import JWTKit
import WeirAccess
import WeirDomain
import WeirJSON

/// A provider's keys, and tokens signed with them.
struct SigningProvider {
    static let issuer = "https://login.example/realms/shop"
    static let now = Timestamp(iso8601: "2026-03-01T12:00:00Z")!
    static let expected = IdentityToken.Expectation(issuer: issuer, client: "weir", nonce: "n-1")

    /// One for all tests that need no second, for its key takes long to make.
    static let shared = Result { try SigningProvider() }

    let rsa: Insecure.RSA.PrivateKey
    let p256 = ES256PrivateKey()

    init() throws { rsa = try Insecure.RSA.PrivateKey(pem: try newRSAKey()) }

    var rsaMember: JSON {
        get throws {
            let numbers = try rsa.publicKey.getKeyPrimitives()
            return [
                "kty": "RSA", "kid": "r1", "use": "sig", "n": .string(Base64URL.encode(Array(numbers.modulus))),
                "e": .string(Base64URL.encode(Array(numbers.publicExponent))),
            ]
        }
    }

    var p256Member: JSON { Self.member(of: p256, id: "e1") }

    static func member(of key: ES256PrivateKey, id: String) -> JSON {
        func text(_ base64: String?) -> JSON {
            .string((base64 ?? "").replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
        }
        let point = key.publicKey.parameters
        return ["kty": "EC", "crv": "P-256", "kid": .string(id), "x": text(point?.x), "y": text(point?.y)]
    }

    var keys: SigningKeys { get throws { try SigningKeys(["keys": [try rsaMember, p256Member]]) } }

    /// What a sound token says; each change puts another value in place, null takes one away.
    static func claims(_ changes: [String: JSON] = [:]) -> JSON {
        let seconds = Int64(now.microseconds / 1_000_000)
        var claims: [String: JSON] = [
            "iss": .string(issuer), "aud": "weir", "sub": "u-1", "nonce": "n-1", "exp": .integer(seconds + 300),
            "iat": .integer(seconds), "email": "ann@shop.example",
        ]
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return .object(claims.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) })
    }

    func token(
        _ claims: JSON = claims(), algorithm: String = "RS256", key: String? = nil, header: [String: JSON] = [:]
    ) async throws -> String {
        let collection = JWTKeyCollection()
        switch algorithm {
        case "PS256": await collection.add(pss: rsa, digestAlgorithm: .sha256)
        case "ES256": await collection.add(ecdsa: p256)
        default: await collection.add(rsa: rsa, digestAlgorithm: algorithm == "RS384" ? .sha384 : .sha256)
        }
        var head = header
        head["alg"] = head["alg"] ?? .string(algorithm)
        head["kid"] = head["kid"] ?? .string(key ?? (algorithm == "ES256" ? "e1" : "r1"))
        let text = Self.unsigned(head, claims)
        return text + "." + Base64URL.encode(try await collection.getKey().sign(Array(text.utf8)))
    }

    static func unsigned(_ header: [String: JSON], _ claims: JSON) -> String {
        let head = JSON.object(header.compactMap { $0.value == .null ? nil : .init($0.key, $0.value) })
        return Base64URL.encode(head.bytes) + "." + Base64URL.encode(claims.bytes)
    }

    /// Why a token is refused; nil where it is not.
    static func fault(
        _ token: String, _ keys: SigningKeys, _ expected: IdentityToken.Expectation = expected, at now: Timestamp = now
    ) async -> IdentityTokenFault? {
        do throws(IdentityTokenFault) {
            _ = try await IdentityToken(verifying: token, keys: keys, expected, at: now)
            return nil
        } catch { return error }
    }
}
