import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Testing
import WeirDomain
import WeirEngine
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
        let page = Route.page(.get, "/", .view) { _ in .page("<p>hello</p>") }
        try await ServerUnderTest.run(keys: Self.keys, pages: { _ in [page] }) { server in
            let stranger = try await server.get("/")
            #expect(stranger.status == 401)
            // No challenge that makes a browser keep what is typed in and send it with the requests of any page.
            #expect(stranger.headers[.wwwAuthenticate] == "Bearer")
            let asked = try await server.get("/", headers: [.accept: "text/html,*/*"])
            #expect(asked.status == 401)
            #expect(asked.text.contains("action=\"/sign-in\""))
            #expect(asked.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            let answer = try await server.get("/", headers: [.authorization: "Basic YW5uOmFkbWlu"])  // ann:admin
            #expect(answer.text == "<p>hello</p>")
            #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test("A page of another site can change nothing with what a browser remembers, nor our own without its token")
    func crossSite() async throws {
        try await ServerUnderTest.run { server in
            let site = HTTPField.Name("Sec-Fetch-Site")!
            let codes = ["cross-site": "cross_site", "same-site": "cross_site", "same-origin": "token_missing"]
            for (value, code) in codes.sorted(by: { $0.key < $1.key }) {
                let body = #"{"name": "\#(value)", "scopes": ["collect"]}"#
                let answer = try await server.post(
                    "/v1/keys", body, headers: [site: value, .contentType: "application/json"])
                #expect(answer.status == 403)
                #expect(answer.code == code)
            }
            #expect(try server.store.keys().isEmpty)
        }
    }

    @Test(
        "Over plain HTTP a foreign page's form makes no key, whatever it claims to send",
        arguments: [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json",
        ])
    func forms(type: String) async throws {
        let body = #"{"name": "x", "scopes": ["manage"], "y": "="}"#
        for origin in ["http://evil.example", "null", "http://localhost:1"] {
            try await ServerUnderTest.run(keys: Self.keys) { server in
                let headers: HTTPFields = [
                    .authorization: "Basic YW5uOmFkbWlu", .origin: origin, .contentType: type,
                ]
                let key = try await server.post("/v1/keys", body, headers: headers)
                let catalog = try await server.post("/v1/catalog", shop.body, headers: headers)
                #expect([key.status, catalog.status] == [403, 403])
                #expect(try server.store.keys().count == 3)
            }
        }
    }

    @Test("What a browser sends by itself must be JSON or a form")
    func contentTypes() async throws {
        let body = #"{"name": "x", "scopes": ["collect"]}"#
        try await ServerUnderTest.run { server in
            for type in ["text/plain", "multipart/form-data; boundary=x", "application/octet-stream"] {
                let answer = try await server.post("/v1/keys", body, headers: [.contentType: type])
                #expect(answer.status == 415)
                #expect(answer.code == "unsupported_media_type")
            }
            #expect(
                try await server.post(
                    "/v1/keys", body, headers: [.contentType: "application/json; charset=utf-8"]
                ).status == 201)
        }
    }

    @Test("Every answer, also a refusal, says that it is no page; what pages show comes from here alone")
    func headers() async throws {
        try await ServerUnderTest.run(keys: Self.keys) { server in
            for path in ["/v1/budgets", "/nothing", "/healthz", "/metrics"] {
                let answer = try await server.get(path)
                #expect(answer.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(answer.headers[HTTPField.Name("X-Frame-Options")!] == "DENY", "\(path)")
                #expect(answer.headers[.strictTransportSecurity] == nil)
            }
        }
    }

    @Test("Figures are for every role; customers only for who needs them")
    func masked() async throws {
        let keys = [admin, key("viewer", [.viewer]), key("officer", [.privacyOfficer]), key("decider", [.decide])]
        try await ServerUnderTest.run(keys: keys) { server in
            func headers(_ name: String) -> HTTPFields { [.authorization: "Bearer \(name)"] }
            let given = try await server.post("/v1/decide", DecidingTests.request, headers: headers("decider"))
            let customer = try #require(given["customer"].string)
            let id = try #require(given["decision"].string)
            for path in ["/v1/decisions", "/v1/decisions/\(id)"] {
                #expect(try await server.get(path, headers: headers("officer")).text.contains("\"\(customer)\""))
                let masked = try await server.get(path, headers: headers("viewer"))
                #expect(masked.status == 200)
                #expect(!masked.text.contains("\"\(customer)\""))
                #expect(masked.text.contains("customer-"))
            }
            let path = "/v1/decisions?customer=\(customer)"
            #expect(try await server.get(path, headers: headers("viewer")).code == "scope_missing")
            let log = try await server.get("/v1/access-log", headers: headers("officer"))
            let actions = (log["entries"].array ?? []).map {
                "\($0["actor"]?.string ?? "") \($0["action"]?.string ?? "")"
            }
            #expect(Set(actions) == ["viewer refused", "officer revealed"])
        }
    }

    @Test("A marketer changes offers, finance changes budgets, and neither the other's")
    func catalogByRole() async throws {
        let keys = [admin, key("marketer", [.marketer]), key("finance", [.finance])]
        try await ServerUnderTest.run(keys: keys) { server in
            func headers(_ name: String) -> HTTPFields { [.authorization: "Bearer \(name)"] }
            var offers = shop
            offers[1].text = campaign(cost: "4.80 USD")
            var money = shop
            money[0].text = money[0].text.replacing("limit: 100 USD", with: "limit: 90 USD")
            for query in ["?dry_run=true", ""] {
                let path = "/v1/catalog\(query)"
                #expect(try await server.post(path, offers.body, headers: headers("finance")).status == 403)
                #expect(try await server.post(path, money.body, headers: headers("marketer")).status == 403)
            }
            #expect(try await server.post("/v1/catalog", offers.body, headers: headers("marketer")).status == 200)
            money[1].text = offers[1].text
            #expect(try await server.post("/v1/catalog", money.body, headers: headers("finance")).status == 200)
            // What was refused is written some seconds later.
            let entries = try server.store.accessLog(after: 0, limit: 99).map(\.entry).filter { $0.action != "refused" }
            #expect(
                entries.map { "\($0.actor) \($0.action) \($0.subject)" } == [
                    "marketer catalog-applied version 2", "finance catalog-applied version 3",
                    "finance budget-changed budgets.promotions.limit",
                ])
        }
    }

    @Test("A trial run refuses what applying would refuse")
    func dryRun() async throws {
        try await ServerUnderTest.run { server in
            for _ in 0..<5 { _ = try await server.post("/v1/decide", DecidingTests.request) }
            var less = shop
            less[0].text = less[0].text.replacing("limit: 100 USD", with: "limit: 1 USD")
            let dry = try await server.post("/v1/catalog?dry_run=true", less.body)
            let real = try await server.post("/v1/catalog", less.body)
            #expect(dry.status == 422)
            #expect(dry.code == "budget_committed")
            #expect(dry.text == real.text)
        }
    }

    @Test("A key may ask where it is for, send as whom it is for, and no longer than it lasts")
    func limitedKeys() async throws {
        var limited = key("limited", [.collect, .decide])
        (limited.placements, limited.sources) = (["till"], ["web", "app"])
        limited.expiresTime = Timestamp(microseconds: ServerUnderTest.start.microseconds + 1)
        let keys = [admin, limited]
        try await ServerUnderTest.run(keys: keys) { server in
            let headers: HTTPFields = [.authorization: "Bearer limited"]
            let home = #"{"customer": "ada", "placement": "home"}"#
            let till = #"{"customer": "ada", "placement": "till"}"#
            #expect(try await server.post("/v1/decide", home, headers: headers).code == "placement_not_allowed")
            #expect(try await server.post("/v1/decide", till, headers: headers).status == 200)
            let batch = try await server.post(
                "/v1/decide/batch", #"{"requests": [\#(home), \#(till)]}"#, headers: headers)
            #expect(batch["decisions"].array?.map { $0["code"]?.string } == ["placement_not_allowed", nil])
            for (query, status) in [("", 200), ("?source=app", 200), ("?source=till", 403)] {
                #expect(try await server.post("/v1/track\(query)", Self.track, headers: headers).status == status)
            }
            let sources = try server.store.records(after: 0, kinds: [.event], limit: 9).map { entry in
                if case .event(let event) = entry.record { event.source.rawValue } else { "" }
            }
            #expect(sources == ["web", "app"])
            server.clock.set(Timestamp(microseconds: ServerUnderTest.start.microseconds + 1))
            #expect(try await server.post("/v1/decide", till, headers: headers).code == "key_expired")
            let inBody = #"{"userId": "ada", "event": "Seen", "writeKey": "limited"}"#
            #expect(try await server.post("/v1/track", inBody).code == "key_expired")
        }
    }

    @Test("A key that is for some placements reports what became of their decisions, and of no others")
    func limitedReports() async throws {
        var limited = key("limited", [.decide])
        limited.placements = ["till"]
        try await ServerUnderTest.run(keys: [admin, limited]) { server in
            let headers: HTTPFields = [.authorization: "Bearer limited"]
            func decide(_ placement: String) async throws -> String {
                let body = #"{"customer": "ada", "placement": "\#(placement)"}"#
                let answer = try await server.post("/v1/decide", body, headers: [.authorization: "Bearer admin"])
                return answer["decision"].string ?? ""
            }
            let (home, till) = (try await decide("home"), try await decide("till"))
            func item(_ decision: String) -> String { #"{"decision": "\#(decision)", "outcome": "converted"}"# }
            let alone = try await server.post("/v1/outcomes", item(home), headers: headers)
            #expect(alone.status == 403)
            #expect(alone.code == "placement_not_allowed")
            #expect(alone.pointers == ["#/decision"])
            let list = #"{"outcomes": [\#(item(home)), {"decision": 7}, \#(item(till)), \#(item("d-999"))]}"#
            let several = try await server.post("/v1/outcomes", list, headers: headers)
            let results = several["results"].array?.map { $0["result"]?.string }
            #expect(results?.prefix(2) == ["rejected", "rejected"])
            #expect(results?.dropFirst(2).contains("rejected") == false)
            #expect(several["results"].array?.map { $0["decision"]?.string } == [home, nil, till, "d-999"])
            let pointer = several["results"].array?.first?["errors"]?.array?.first?["pointer"]
            #expect(pointer == "#/outcomes/0/decision")
            #expect(try await server.post("/v1/outcomes", item(till), headers: headers).status == 200)
            let home1 = try await server.get("/v1/decisions/\(home)", headers: [.authorization: "Bearer admin"])
            #expect(home1["outcomes"].array?.isEmpty == true)
        }
    }

    @Test("Who alone may manage the server cannot take that away; with a second one it can be")
    func lastAdministrator() async throws {
        try await ServerUnderTest.run(keys: [admin, key("viewer", [.viewer])]) { server in
            let headers: HTTPFields = [.authorization: "Bearer admin"]
            let alone = try await server.delete("/v1/keys", #"{"name": "admin"}"#, headers: headers)
            #expect(alone.status == 409)
            #expect(alone.code == "last_administrator")
            let ann = #"{"name": "ann", "password": "four words at random", "roles": ["administrator"]}"#
            #expect(try await server.post("/v1/users", ann, headers: headers).status == 201)
            #expect(try await server.delete("/v1/users", #"{"name": "ann"}"#, headers: headers).status == 200)
            #expect(try await server.post("/v1/users", ann, headers: headers).status == 201)
            let less = #"{"name": "ann", "roles": ["viewer"]}"#
            #expect(try await server.delete("/v1/keys", #"{"name": "admin"}"#, headers: headers).status == 200)
            #expect(try await server.post("/v1/users", less, headers: headers).status == 401)
            let hash = try server.store.users()[0].passwordHash
            #expect(!hash.contains("random"))
        }
    }

    @Test("Keys that messages bring are not kept with them")
    func keysInMessages() async throws {
        try await ServerUnderTest.run { server in
            let secret = "wk_" + String(repeating: "Ab3", count: 14)
            let body = """
                {"writeKey": "\(secret)", "context": {"writeKey": "\(secret)"}, "batch": [
                {"type": "track", "userId": "ada", "writeKey": "\(secret)", "properties": {"key": "\(secret)"}},
                "\(secret)", {"type": "\(secret)", "userId": "ada"}]}
                """
            #expect(try await server.post("/v1/batch", body).status == 200)
            let waiting = try server.store.quarantine(limit: 9)
            #expect(waiting.count == 3)
            for (_, message) in waiting {
                #expect(!String(decoding: message.raw, as: UTF8.self).contains(secret))
                #expect(!message.reason.contains(secret))
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
