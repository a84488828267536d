import HTTPTypes
import NIOCore
import Testing
import WeirAccess
import WeirDomain
import WeirEngine
import WeirServer
import WeirStorage

@Suite("Signing in")
struct SignInTests {
    static let password = "four words at random"
    static let page = Route.page(.get, "/", .view) { call in .page("<p>\(call.caller.name)</p>") }
    static let change = Route.page(.post, "/change", .changeModels) { _ in .page("changed") }

    /// A server with its console's parts, and a person.
    private func run(
        roles: Set<StoredKey.Scope> = [.analyst], _ body: @Sendable @escaping (ServerUnderTest) async throws -> Void
    ) async throws {
        let store = MemoryStore()
        let hash = try PasswordHash.make(Self.password, salt: [UInt8](0..<16), cost: 6)
        try store.save(
            StoredUser(name: "ann", passwordHash: hash, roles: roles, createdTime: ServerUnderTest.start))
        try await ServerUnderTest.run(
            keys: [admin], store: store, pages: { _ in [Self.page, Self.change] }, body)
    }

    private func signIn(
        _ server: ServerUnderTest, name: String = "ann", password: String = SignInTests.password, next: String = "/",
        cookie: String? = nil, origin: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[.cookie] = cookie
        headers[.origin] = origin
        let body = "name=\(name)&password=\(password.replacing(" ", with: "+"))&next=\(next)"
        return try await server.post("/sign-in", body, headers: headers)
    }

    /// As a browser sends back what it was given.
    private func cookies(_ answer: Answer) -> String {
        answer.headers[values: .setCookie].map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
    }

    private func token(_ server: ServerUnderTest, _ cookie: String) async throws -> String {
        let page = try await server.get("/account", headers: [.cookie: cookie])
        let found = page.text.firstMatch(of: /name="token" value="([^"]+)"/)
        return String(try #require(found).1)
    }

    @Test("With name and password, or a key in its place; the cookie is for this server and no script")
    func signingIn() async throws {
        try await run { server in
            let answer = try await signIn(server, next: "/models")
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "/models")
            for cookie in answer.headers[values: .setCookie] {
                #expect(cookie.contains("; HttpOnly; SameSite=Lax"))
                #expect(!cookie.contains("Secure"))
            }
            #expect(try await server.get("/", headers: [.cookie: cookies(answer)]).text == "<p>ann</p>")
            let key = try await signIn(server, name: "", password: "admin")
            #expect(try await server.get("/", headers: [.cookie: cookies(key)]).text == "<p>admin</p>")
            #expect(try await server.get("/", headers: [.cookie: "weir_session=guessed"]).status == 401)
        }
    }

    @Test("A wrong name and a wrong password are answered alike", arguments: ["ann", "nobody"])
    func wrong(name: String) async throws {
        try await run { server in
            let answer = try await signIn(server, name: name, password: "another password")
            #expect(answer.status == 401)
            #expect(answer.text.contains("do not belong together"))
            #expect(answer.headers[.setCookie] == nil)
        }
    }

    @Test(
        "It leads to pages of this server only", arguments: ["//evil.example", "https://evil.example", "/%5Cevil", "x"])
    func redirects(next: String) async throws {
        try await run { server in
            let answer = try await signIn(server, next: next)
            #expect(answer.headers[.location] == "/")
        }
    }

    @Test("A page from elsewhere cannot sign somebody in")
    func elsewhere() async throws {
        try await run { server in
            let answer = try await signIn(server, origin: "http://evil.example")
            #expect(answer.status == 403)
        }
    }

    @Test("A change needs the session's own token, in the form or in a header")
    func tokens() async throws {
        try await run { server in
            let one = cookies(try await signIn(server))
            let other = cookies(try await signIn(server))
            let token = try await token(server, one)
            #expect(try await self.token(server, other) != token)
            func post(_ cookie: String, _ body: String, _ type: String, header: String? = nil) async throws -> Int {
                var headers: HTTPFields = [.cookie: cookie, .contentType: type]
                if let header { headers[HTTPField.Name("X-CSRF-Token")!] = header }
                return try await server.post("/change", body, headers: headers).status
            }
            let form = "application/x-www-form-urlencoded"
            #expect(try await post(one, "token=\(token)", form) == 200)
            #expect(try await post(one, "{}", "application/json", header: token) == 200)
            #expect(try await post(one, "", form) == 403)
            #expect(try await post(other, "token=\(token)", form) == 403)
            #expect(try await post(one, "token=\(token)", "text/plain") == 415)
            #expect(try await post(one, "{}", "application/json") == 403)
            // The API takes a session's changes on the same terms.
            let stop = #"{"experiment": "x", "arm": "y"}"#
            let refused = try await server.post(
                "/v1/experiments/stop", stop, headers: [.cookie: one, .contentType: "application/json"])
            #expect(refused.code == "token_missing")
        }
    }

    @Test("A role is not more in a browser than elsewhere")
    func roles() async throws {
        try await run(roles: [.viewer]) { server in
            let cookie = cookies(try await signIn(server))
            let token = try await token(server, cookie)
            let headers: HTTPFields = [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"]
            #expect(try await server.post("/change", "token=\(token)", headers: headers).status == 403)
            #expect(try await server.get("/v1/keys", headers: headers).status == 403)
            // Machines' routes take keys only.
            #expect(try await server.post("/v1/decide", DecidingTests.request, headers: headers).status == 401)
        }
    }

    @Test("Sessions end when unused, at their end, on signing out, and everywhere at once")
    func ends() async throws {
        try await run { server in
            func isIn(_ cookie: String) async throws -> Bool {
                try await server.get("/", headers: [.cookie: cookie]).status == 200
            }
            func pass(_ seconds: Int64) {
                server.clock.set(Timestamp(microseconds: server.clock.now.microseconds + seconds * 1_000_000))
            }
            let form = "application/x-www-form-urlencoded"
            var cookie = cookies(try await signIn(server))
            pass(1_799)
            #expect(try await isIn(cookie))
            pass(1_800)
            #expect(try await isIn(cookie) == false)

            cookie = cookies(try await signIn(server))
            for _ in 0..<24 {
                pass(1_799)
                #expect(try await isIn(cookie))
            }
            pass(100)
            #expect(try await isIn(cookie) == false)

            let (one, other) = (cookies(try await signIn(server)), cookies(try await signIn(server)))
            var token = try await token(server, one)
            let out = try await server.post(
                "/account/sign-out", "token=\(token)", headers: [.cookie: one, .contentType: form])
            #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await isIn(one) == false)
            #expect(try await isIn(other))

            let third = cookies(try await signIn(server))
            token = try await self.token(server, third)
            _ = try await server.post(
                "/account/sign-out-everywhere", "token=\(token)", headers: [.cookie: third, .contentType: form])
            #expect(try await isIn(other) == false)
            #expect(try await isIn(third) == false)
        }
    }

    @Test("Who is removed, or gets another password, is out at once")
    func removed() async throws {
        try await run { server in
            let asAdmin: HTTPFields = [.authorization: "Bearer admin"]
            let cookie = cookies(try await signIn(server))
            #expect(try await server.get("/", headers: [.cookie: cookie]).status == 200)
            let change = #"{"name": "ann", "password": "another four words"}"#
            #expect(try await server.post("/v1/users", change, headers: asAdmin).status == 200)
            #expect(try await server.get("/", headers: [.cookie: cookie]).status == 401)
            #expect(try await signIn(server).status == 401)
            let again = cookies(try await signIn(server, password: "another four words"))
            #expect(try await server.get("/", headers: [.cookie: again]).status == 200)
            #expect(try await server.delete("/v1/users", #"{"name": "ann"}"#, headers: asAdmin).status == 200)
            #expect(try await server.get("/", headers: [.cookie: again]).status == 401)
        }
    }

    @Test("Who guesses is made to wait; the browser that the person knows is not")
    func guessing() async throws {
        try await run { server in
            let known = cookies(try await signIn(server))
            for _ in 0..<6 { _ = try await signIn(server, password: "a wrong password") }
            let waiting = try await signIn(server)
            #expect(waiting.status == 429)
            #expect(waiting.headers[.retryAfter] == "1")
            #expect(try await signIn(server, cookie: known).status == 303)
            #expect(try await signIn(server, password: "admin").status == 303)
            for _ in 0..<2 { _ = try await signIn(server, password: "a wrong password") }
            server.clock.set(Timestamp(microseconds: server.clock.now.microseconds + 1_000_000))
            #expect(try await signIn(server).status == 303)
        }
    }
}
