import Testing
import WeirAccess
import WeirDomain
import WeirJSON
import WeirStorage

@Suite("Whom a provider names")
struct FederatedPersonTests {
    private let provider: SigningProvider

    init() throws { provider = try SigningProvider.shared.get() }

    private func settings(_ change: (inout OpenIDSettings) -> Void = { _ in }) -> OpenIDSettings {
        var settings = OpenIDSettings(issuer: SigningProvider.issuer, client: "weir")
        settings.roles = ["marketing": [.marketer], "money": [.finance, .viewer]]
        change(&settings)
        return settings
    }

    private func person(_ claims: [String: JSON], _ settings: OpenIDSettings) async throws -> FederatedPerson {
        let token = try await IdentityToken(
            verifying: try await provider.token(SigningProvider.claims(claims), algorithm: "ES256"),
            keys: try provider.keys, SigningProvider.expected, at: SigningProvider.now)
        return try FederatedPerson(token, settings)
    }

    @Test("Each value of the claim grants what was said of it, and nothing else does")
    func roles() async throws {
        #expect(try await person(["roles": "marketing"], settings()).roles == [.marketer])
        let several: JSON = ["money", "marketing", "administrator", 7]
        #expect(try await person(["roles": several], settings()).roles == [.marketer, .finance, .viewer])
        let noRole = FederatedPersonFault.noRole(name: "ann@shop.example", subject: "u-1")
        for value: JSON in ["administrator", "Marketing", [], ["x"], 7, ["marketing": true], .null] {
            await #expect(throws: noRole) { try await person(["roles": value], settings()) }
            let lenient = settings { $0.defaultRole = .viewer }
            #expect(try await person(["roles": value], lenient).roles == [.viewer])
        }
    }

    @Test("A claim is found by its whole name, or by the path to it")
    func paths() async throws {
        let nested = settings { $0.rolesClaim = "realm_access.roles" }
        #expect(try await person(["realm_access": ["roles": ["marketing"]]], nested).roles == [.marketer])
        #expect(try await person(["realm_access.roles": ["money"]], nested).roles == [.finance, .viewer])
        let address = settings { $0.rolesClaim = "https://weir.example/roles" }
        #expect(try await person(["https://weir.example/roles": "money"], address).roles == [.finance, .viewer])
    }

    @Test("A name is a line of at most 100 bytes; an address that was not verified is none")
    func names() async throws {
        let role: [String: JSON] = ["roles": "marketing"]
        #expect(try await person(role, settings()).name == "ann@shop.example")
        #expect(try await person(role, settings { $0.nameClaim = .sub }).name == "u-1")
        for name: JSON in [.null, "", "a\nb", 7, .string(String(repeating: "a", count: 101))] {
            await #expect(throws: FederatedPersonFault.name("email")) {
                try await person(role.merging(["email": name]) { $1 }, settings())
            }
        }
        for verified: JSON in [false, "false", 0] {
            await #expect(throws: FederatedPersonFault.unverified) {
                try await person(role.merging(["email_verified": verified]) { $1 }, settings())
            }
        }
        for verified: JSON in [true, "true"] {
            _ = try await person(role.merging(["email_verified": verified]) { $1 }, settings())
        }
    }

    static let wrong: [(OpenIDSettings, OpenIDSettingsError?)] = {
        func changed(_ issuer: String = "https://login.example", _ change: (inout OpenIDSettings) -> Void = { _ in })
            -> OpenIDSettings
        {
            var settings = OpenIDSettings(issuer: issuer, client: "weir")
            settings.defaultRole = .viewer
            change(&settings)
            return settings
        }
        let issuers = [
            "login.example", "http://login.example", "https://", "https://a@login.example", "https://login.example/#x",
            "https://login.example/?a=b", "https://login example", "http://localhost.evil.example", "",
        ]
        return issuers.map { (changed($0), .issuer($0)) } + [
            (changed(), nil), (changed("http://127.0.0.1:9400"), nil), (changed("http://localhost:9400/"), nil),
            (changed { $0.client = "" }, .client("")), (changed { $0.client = "a b" }, .client("a b")),
            (changed { $0.name = "a\nb" }, .name("a\nb")), (changed { $0.rolesClaim = "" }, .rolesClaim("")),
            (changed { $0.scopes = ["a b"] }, .scope("a b")),
            (changed { $0.defaultRole = .collect }, .role(.collect)),
            (changed { $0.roles = ["x": [.manage]] }, .role(.manage)),
            (changed { $0.defaultRole = nil }, .nobodyAllowed),
        ]
    }()

    @Test("Settings that cannot work are named", arguments: wrong)
    func check(settings: OpenIDSettings, expected: OpenIDSettingsError?) {
        var found: OpenIDSettingsError?
        do throws(OpenIDSettingsError) { try settings.check() } catch { found = error }
        #expect(found == expected)
    }

    @Test("A provider is believed where it calls itself as we know it, and is asked through TLS only")
    func metadata() throws {
        let issuer = SigningProvider.issuer
        #expect(ProviderMetadata.address(of: issuer) == issuer + "/.well-known/openid-configuration")
        #expect(ProviderMetadata.address(of: issuer + "/") == issuer + "/.well-known/openid-configuration")
        var document: [String: JSON] = [
            "issuer": .string(issuer), "authorization_endpoint": "https://login.example/auth?realm=shop",
            "token_endpoint": "https://login.example/token", "jwks_uri": "https://keys.example/jwks",
        ]
        func read() throws -> ProviderMetadata {
            try ProviderMetadata(.object(document.map { .init($0.key, $0.value) }), issuer: issuer)
        }
        let sound = document
        #expect(try read().takesSecretInBodyOnly == false)
        document["token_endpoint_auth_methods_supported"] = ["client_secret_post", "private_key_jwt"]
        #expect(try read().takesSecretInBodyOnly)
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
            for value: JSON in [.null, "", "http://login.example/x", "http://127.0.0.1/x", "javascript:alert(1)", 7] {
                document = sound
                document[name] = value
                #expect(throws: ProviderFault.metadata(field: name)) { try read() }
            }
        }
        document = sound
        document["issuer"] = .string(issuer + "/")
        #expect(throws: ProviderFault.anotherIssuer) { try read() }
    }
}
