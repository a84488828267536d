import JWTKit
import Testing
import WeirAccess
import WeirDomain
import WeirJSON

@Suite("What a provider says about somebody")
struct IdentityTokenTests {
    let provider: SigningProvider
    let keys: SigningKeys

    init() throws {
        provider = try SigningProvider.shared.get()
        keys = try provider.keys
    }

    private func fault(_ token: String) async -> IdentityTokenFault? { await SigningProvider.fault(token, keys) }

    @Test("A token is believed that is signed as we take it", arguments: ["RS256", "PS256", "ES256"])
    func believed(algorithm: String) async throws {
        let text = try await provider.token(algorithm: algorithm)
        let token = try await IdentityToken(
            verifying: text, keys: keys, SigningProvider.expected, at: SigningProvider.now)
        #expect(token.subject == "u-1")
        #expect(token.claims["email"] == "ann@shop.example")
    }

    static let cases: [([String: JSON], IdentityTokenFault?)] = [
        (["iss": "https://login.example/realms/other"], .issuer),
        (["iss": "https://login.example/realms/shop/"], .issuer),
        (["iss": .null], .issuer), (["iss": ["https://login.example/realms/shop"]], .issuer),
        (["aud": "other"], .audience), (["aud": .null], .audience), (["aud": []], .audience),
        (["aud": "weir2"], .audience),
        (["aud": ["other"]], .audience), (["aud": ["weir"]], nil),
        (["aud": ["weir", "other"]], .authorizedParty), (["aud": ["weir", "other"], "azp": "weir"], nil),
        (["aud": ["weir", "other"], "azp": "other"], .authorizedParty), (["azp": "other"], .authorizedParty),
        (["azp": 7], .authorizedParty), (["azp": "weir"], nil),
        (["nonce": "n-2"], .nonce), (["nonce": .null], .nonce), (["nonce": ""], .nonce), (["nonce": 1], .nonce),
        (["exp": .null], .times), (["exp": "2099-01-01"], .times), (["iat": .null], .times),
        (["exp": 1e300], nil), (["exp": -1e300], .expired), (["iat": 1e300], .times), (["nbf": 1e300], .times),
        (["nbf": "soon"], .times), (["nbf": 0], nil),
        (["sub": .null], .subject), (["sub": ""], .subject), (["sub": 7], .subject), (["sub": "a\nb"], .subject),
        (["sub": .string(String(repeating: "a", count: 256))], .subject),
        (["sub": .string(String(repeating: "a", count: 255))], nil),
    ]

    @Test("Each claim must say what it should", arguments: cases)
    func claims(changes: [String: JSON], expected: IdentityTokenFault?) async throws {
        let token = try await provider.token(SigningProvider.claims(changes))
        #expect(await fault(token) == expected)
    }

    @Test(
        "Clocks may be a minute apart",
        arguments: [(-59, nil), (-60, .expired)] as [(Int64, IdentityTokenFault?)])
    func ended(seconds: Int64, expected: IdentityTokenFault?) async throws {
        let end = SigningProvider.now.microseconds / 1_000_000 + seconds
        let token = try await provider.token(SigningProvider.claims(["exp": .integer(end), "iat": .integer(end - 9)]))
        #expect(await fault(token) == expected)
    }

    @Test(
        "A token of the future is none, but for a minute", arguments: ["iat", "nbf"],
        [(60, nil), (61, .times)] as [(Int64, IdentityTokenFault?)])
    func early(claim: String, moment: (seconds: Int64, expected: IdentityTokenFault?)) async throws {
        let begin = SigningProvider.now.microseconds / 1_000_000 + moment.seconds
        let token = try await provider.token(SigningProvider.claims([claim: .integer(begin)]))
        #expect(await fault(token) == moment.expected)
    }

    @Test("A token without signature is none, however it writes that", arguments: ["none", "None", "NONE", ""])
    func unsigned(algorithm: String) async {
        for key in ["r1", "e1", nil] as [String?] {
            let header: [String: JSON] = ["alg": .string(algorithm), "kid": key.map { .string($0) } ?? .null]
            let text = SigningProvider.unsigned(header, SigningProvider.claims())
            #expect(await fault(text + ".") == .algorithm)
        }
        #expect(await fault(SigningProvider.unsigned([:], SigningProvider.claims()) + ".AAAA") == .algorithm)
    }

    @Test("A published key is no shared secret, in whatever form it is taken for one")
    func sharedSecret() async throws {
        let key = provider.rsa.publicKey
        let forms = [
            Array(key.pemRepresentation.utf8), Array(key.derRepresentation),
            Array(try key.getKeyPrimitives().modulus), try provider.rsaMember.bytes,
        ]
        for form in forms {
            let text = SigningProvider.unsigned(["alg": "HS256", "kid": "r1"], SigningProvider.claims())
            #expect(await fault(text + "." + Secret.signature(of: text, key: form)) == .algorithm)
        }
    }

    @Test("A kind of signature that is not on our list is none", arguments: ["RS384", "HS512", "EdDSA", "rs256"])
    func otherAlgorithms(algorithm: String) async throws {
        let token = try await provider.token(algorithm: "RS384", header: ["alg": .string(algorithm)])
        #expect(await fault(token) == .algorithm)
    }

    @Test("A key signs in its own way only")
    func confusedKinds() async throws {
        #expect(await fault(try await provider.token(algorithm: "RS256", key: "e1")) == .unknownKey)
        #expect(await fault(try await provider.token(algorithm: "ES256", key: "r1")) == .unknownKey)
        #expect(await fault(try await provider.token(algorithm: "PS256", header: ["alg": "RS256"])) == .signature)
    }

    @Test("A key that the provider does not publish signs nothing, whatever the header brings along")
    func foreignKeys() async throws {
        let other = try SigningProvider()
        #expect(await fault(try await other.token()) == .signature)
        #expect(await fault(try await other.token(key: "r2")) == .unknownKey)
        let brought: [String: JSON] = ["jwk": try other.rsaMember, "jku": "https://evil.example/keys"]
        #expect(await fault(try await other.token(header: brought)) == .signature)
        #expect(await fault(try await provider.token(header: ["crit": ["exp"]])) == .malformed)
        #expect(await fault(try await provider.token(header: ["kid": 7])) == .malformed)
    }

    @Test("When the provider changes its key, the new one counts once it is published, and the old one no more")
    func rotation() async throws {
        let new = ES256PrivateKey()
        let renewed = try SigningKeys(["keys": [SigningProvider.member(of: new, id: "e2")]])
        let old = try await provider.token(algorithm: "ES256")
        #expect(await SigningProvider.fault(old, keys) == nil)
        #expect(await SigningProvider.fault(old, renewed) == .unknownKey)
        let collection = JWTKeyCollection()
        await collection.add(ecdsa: new)
        let text = SigningProvider.unsigned(["alg": "ES256", "kid": "e2"], SigningProvider.claims())
        let token = text + "." + Base64URL.encode(try await collection.getKey().sign(Array(text.utf8)))
        #expect(await SigningProvider.fault(token, keys) == .unknownKey)
        #expect(await SigningProvider.fault(token, renewed) == nil)
    }

    @Test("A token that names no key is taken where there is one only")
    func withoutKeyName() async throws {
        let token = try await provider.token(header: ["kid": .null])
        #expect(await fault(token) == nil)
        var second = try provider.rsaMember.members!
        second.removeAll { $0.name == "kid" }
        second.append(.init("kid", "r2"))
        let keys = try SigningKeys(["keys": [try provider.rsaMember, .object(second)]])
        #expect(await SigningProvider.fault(token, keys) == .unknownKey)
    }

    @Test("What was changed after signing is not believed")
    func changed() async throws {
        let parts = try await provider.token().split(separator: ".").map { String($0) }
        let claims = Base64URL.encode(SigningProvider.claims(["sub": "u-2"]).bytes)
        #expect(await fault("\(parts[0]).\(claims).\(parts[2])") == .signature)
        #expect(await fault("\(parts[0]).\(parts[1]).") == .signature)
        #expect(await fault("\(parts[0]).\(parts[1]).\(parts[2].dropLast(4))") == .signature)
        for text in ["", ".", "..", "a.b", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).\(parts[2]).x", "é.é.é"]
        {
            #expect(await fault(text) == .malformed)
        }
        #expect(await fault(parts[0] + "." + String(repeating: "A", count: 70_000) + "." + parts[2]) == .malformed)
    }

    @Test("Keys for other uses, of other kinds or too short are left out")
    func keyKinds() throws {
        let one = try provider.rsaMember.members!
        func with(_ name: String, _ value: JSON) -> JSON {
            .object(one.filter { $0.name != name } + [.init(name, value)])
        }
        let wrong: [JSON] = [
            with("use", "enc"), with("alg", "HS256"), with("alg", "RS512"), with("kty", "oct"), with("n", "AQAB"),
            with("n", "not base64!"), with("key_ops", ["encrypt"]), ["kty": "oct", "k": "c2VjcmV0", "kid": "r1"], 7,
            ["kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"], ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"],
        ]
        for key in wrong {
            #expect(throws: ProviderFault.noKeys, "\(key)") { try SigningKeys(["keys": [key]]) }
        }
        let mixed = try SigningKeys(["keys": .array(wrong + [.object(one)])])
        #expect(mixed.has("r1", for: .rs256))
        #expect(!mixed.has("r1", for: .es256))
        #expect(throws: ProviderFault.noKeys) { try SigningKeys([:]) }
    }
}
