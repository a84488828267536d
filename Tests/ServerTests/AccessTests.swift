import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Testing
import WeirDomain
import WeirJSON
import WeirServer
import WeirStorage

/// A key whose secret is its name.
func key(_ name: SourceID, _ scopes: Set<StoredKey.Scope>) -> StoredKey {
    StoredKey(
        name: name, hash: Array(SHA256.hash(data: Array(name.rawValue.utf8))), scopes: scopes,
        createdTime: ServerUnderTest.start)
}

let admin = key("admin", [.manage])

@Suite("Who may do what")
struct AccessTests {
    static let keys = [admin, key("collector", [.collect]), key("decider", [.decide])]
    static let track = #"{"userId": "ada", "event": "Seen"}"#

    @Test(
        "A scope lets in where it should and nowhere else; managing includes the rest",
        arguments: [
            ("admin", [200, 200, 200]), ("collector", [200, 403, 403]), ("decider", [403, 200, 403]),
            ("unknown", [401, 401, 401]),
        ])
    func scopes(secret: String, statuses: [Int]) async throws {
        try await ServerUnderTest.run(keys: Self.keys) { server in
            let headers: HTTPFields = [.authorization: "Bearer \(secret)"]
            let answers = [
                try await server.post("/v1/track", Self.track, headers: headers),
                try await server.post("/v1/decide", DecidingTests.request, headers: headers),
                try await server.get("/v1/budgets", headers: headers),
            ]
            #expect(answers.map(\.status) == statuses)
            for answer in answers where answer.status == 401 { #expect(answer.headers[.wwwAuthenticate] == "Bearer") }
        }
    }

    static let ways: [(HTTPFields, String)] = [
        ([.authorization: "Bearer collector"], track), ([.authorization: "bearer collector"], track),
        ([HTTPField.Name("X-API-Key")!: "collector"], track),
        ([.authorization: "Basic Y29sbGVjdG9yOg=="], track),  // collector:
        ([.authorization: "Basic Y29sbGVjdG9y"], track),  // collector
        ([.authorization: "Basic dXNlcjpjb2xsZWN0b3I="], track),  // user:collector
        ([:], #"{"userId": "ada", "event": "Seen", "writeKey": "collector"}"#),
        ([.authorization: "Bearer token"], #"{"userId": "ada", "event": "Seen", "writeKey": "collector"}"#),
    ]

    @Test("Each way in which libraries send a write key works, and names the source", arguments: ways)
    func writeKeys(headers: HTTPFields, body: String) async throws {
        try await ServerUnderTest.run(keys: Self.keys) { server in
            #expect(try await server.post("/v1/track", body, headers: headers).status == 200)
            guard case .event(let event)? = try server.store.records(after: 0, kinds: [.event], limit: 1).first?.record
            else { return #expect(Bool(false), "no event was kept") }
            #expect(event.source == "collector")
        }
    }

    static let strangers: [(HTTPFields, String)] = [
        ([:], track), ([:], #"{"userId": "ada", "event": "Seen", "writeKey": "wrong"}"#),
        ([.authorization: "Basic ???"], track), ([.authorization: "Bearer"], track),
        ([.authorization: "Digest collector"], track),
    ]

    @Test("Without a key that is known nothing is taken", arguments: strangers)
    func missing(headers: HTTPFields, body: String) async throws {
        try await ServerUnderTest.run(keys: Self.keys) { server in
            let answer = try await server.post("/v1/track", body, headers: headers)
            #expect(answer.status == 401)
            #expect(answer.code == "unauthorized")
            #expect(try server.store.counts().events == 0)
            let scope = try await server.post(
                "/v1/track", #"{"userId": "ada", "event": "Seen", "writeKey": "decider"}"#)
            #expect(scope.status == 403)
        }
    }

    @Test("Pages ask a browser for a key and come with strict headers")
    func pages() async throws {
        let page = Route(.get, "/", .console) { _ in .page("<p>hello</p>") }
        try await ServerUnderTest.run(keys: Self.keys, pages: { _ in [page] }) { server in
            let stranger = try await server.get("/")
            #expect(stranger.status == 401)
            #expect(stranger.headers[.wwwAuthenticate]?.hasPrefix("Basic ") == true)
            let answer = try await server.get("/", headers: [.authorization: "Basic YW5uOmFkbWlu"])  // ann:admin
            #expect(answer.text == "<p>hello</p>")
            #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test("A page of another site can change nothing with what a browser remembers")
    func crossSite() async throws {
        try await ServerUnderTest.run { server in
            let site = HTTPField.Name("Sec-Fetch-Site")!
            for (value, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)] {
                let body = #"{"name": "\#(value)", "scopes": ["collect"]}"#
                let answer = try await server.post("/v1/keys", body, headers: [site: value])
                #expect(answer.status == status)
            }
        }
    }

    @Test(
        "A server that needs no key does not listen beyond its machine",
        arguments: [
            ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
            ("10.0.0.1", false), ("example.com", false),
        ])
    func open(host: String, isAllowed: Bool) throws {
        var settings = ServerSettings()
        settings.isOpen = true
        settings.host = host
        var found: ServerSettingsError?
        do throws(ServerSettingsError) { try settings.check() } catch { found = error }
        #expect(found == (isAllowed ? nil : .openBeyondLoopback(host: host)))
    }
}
