import HTTPTypes
import Testing
import WeirDomain
import WeirJSON
import WeirServer
import WeirStorage

@Suite("Pages of other origins")
struct BrowserTests {
    static let shop = "https://shop.example"
    static let page: HTTPFields = [.origin: shop]
    static let asking: HTTPFields = [
        .origin: shop, .accessControlRequestMethod: "POST",
        .accessControlRequestHeaders: "anonymousid,authorization,content-type",
    ]
    static let paths = [
        "track", "identify", "page", "screen", "group", "alias", "batch", "t", "i", "p", "s", "g", "a", "b", "decide",
        "decide/batch", "outcomes",
    ]

    @Test("A browser that asks first is told that it may, at every path that pages use", arguments: paths)
    func preflight(path: String) async throws {
        try await ServerUnderTest.run(keys: AccessTests.keys, origins: [Self.shop]) { server in
            let answer = try await server.send(.options, "/v1/\(path)", headers: Self.asking)
            #expect(answer.status == 204)
            #expect(answer.headers[.accessControlAllowOrigin] == Self.shop)
            #expect(answer.headers[.accessControlAllowMethods] == "POST")
            #expect(answer.headers[.accessControlAllowHeaders] == "anonymousid,authorization,content-type")
            #expect(answer.headers[.vary] == "Origin")
        }
    }

    @Test("An answer can be read by the page, whether it is good or a refusal")
    func answers() async throws {
        try await ServerUnderTest.run(keys: AccessTests.keys, origins: [Self.shop]) { server in
            var headers = Self.page
            #expect(try await server.post("/v1/track", AccessTests.track, headers: headers).status == 401)
            headers[.authorization] = "Bearer collector"
            for body in [AccessTests.track, "{"] {
                let answer = try await server.post("/v1/track", body, headers: headers)
                #expect(answer.status == (body == "{" ? 400 : 200))
                #expect(answer.headers[.accessControlAllowOrigin] == Self.shop)
            }
        }
    }

    @Test("Pages of origins that are not listed are told nothing, and none where no origin is")
    func otherOrigins() async throws {
        for origins in [[Self.shop + ":8443", "http://shop.example"], []] {
            try await ServerUnderTest.run(keys: AccessTests.keys, origins: origins) { server in
                let asked = try await server.send(.options, "/v1/track", headers: Self.asking)
                #expect(asked.status == 403)
                #expect(asked.code == "foreign_origin")
                var headers = Self.page
                headers[.authorization] = "Bearer collector"
                let sent = try await server.post("/v1/track", AccessTests.track, headers: headers)
                #expect(sent.headers[.accessControlAllowOrigin] == nil)
                #expect(sent.headers[.vary] == "Origin")
            }
        }
    }

    @Test("What needs the right to manage is for no page of another origin")
    func managing() async throws {
        try await ServerUnderTest.run(keys: AccessTests.keys, origins: ["*"]) { server in
            for path in ["/v1/budgets", "/v1/keys", "/v1/catalog", "/v1/quarantine"] {
                #expect(try await server.send(.options, path, headers: Self.asking).status == 405)
                let answer = try await server.get(path, headers: [.origin: Self.shop, .authorization: "Bearer admin"])
                #expect(answer.headers[.accessControlAllowOrigin] == nil)
            }
        }
    }

    @Test(
        "At an open server pages may try whose origin is listed; others may ask, and read why they are refused",
        arguments: ["null", "http://localhost:3000"])
    func open(origin: String) async throws {
        for origins in [[], [origin]] {
            try await ServerUnderTest.run(origins: origins) { server in
                let asked = try await server.send(.options, "/v1/decide", headers: [.origin: origin])
                let sent = try await server.post("/v1/decide", DecidingTests.request, headers: [.origin: origin])
                #expect(asked.headers[.accessControlAllowOrigin] == origin)
                #expect(asked.status == 204)
                #expect(sent.headers[.accessControlAllowOrigin] == origin)
                #expect(sent.status == (origins.isEmpty ? 403 : 200))
            }
        }
    }

    @Test("A publishable key lets its own pages ask and read, without the server being told of them")
    func publishable() async throws {
        var page = key("page", [.collect])
        page.origins = [Self.shop]
        try await ServerUnderTest.run(keys: AccessTests.keys + [page]) { server in
            let asked = try await server.send(.options, "/v1/t", headers: Self.asking)
            #expect(asked.headers[.accessControlAllowOrigin] == Self.shop)
            let body = #"{"userId": "ada", "event": "Seen", "writeKey": "page"}"#
            let headers: HTTPFields = [.origin: Self.shop, .contentType: "text/plain"]
            let sent = try await server.post("/v1/t", body, headers: headers)
            #expect(sent.status == 200)
            #expect(sent.headers[.accessControlAllowOrigin] == Self.shop)
            let elsewhere = try await server.post("/v1/t", body, headers: [.origin: "https://evil.example"])
            #expect(elsewhere.status == 403)
            #expect(elsewhere.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test("The short paths of Segment's client for browsers take what the long ones do")
    func shortPaths() async throws {
        try await ServerUnderTest.run(origins: [Self.shop]) { server in
            for (endpoint, body) in CollectingTests.good {
                let headers: HTTPFields = [.contentType: "text/plain", .origin: Self.shop]
                let answer = try await server.post("/v1/\(endpoint.prefix(1))", body, headers: headers)
                #expect(answer["accepted"] == 1, "\(endpoint)")
            }
            #expect(try await server.get("/v1/t").status == 405)
            #expect(try await server.post("/v1/x", "{}").status == 404)
        }
    }

    @Test("What pages load says nothing of anybody, and pages of every origin may load it")
    func loaded() async throws {
        try await ServerUnderTest.run(keys: AccessTests.keys) { server in
            for path in ["/weir.js", "/v1/projects/page/settings"] {
                let answer = try await server.get(path, headers: Self.page)
                #expect(answer.status == 200)
                #expect(answer.headers[.accessControlAllowOrigin] == Self.shop)
                #expect(answer.headers[HTTPField.Name("Cross-Origin-Resource-Policy")!] == "cross-origin")
                #expect(answer.text.utf8.count < 6 * 1024)
            }
        }
    }

    @Test(
        "An origin is written as browsers write it",
        arguments: [
            ("https://shop.example", true), ("http://localhost:3000", true), ("*", true), ("shop.example", false),
            ("https://shop.example/", false), ("https://*.example", false), ("https://Shop.example", false),
        ])
    func written(origin: String, isGood: Bool) {
        var settings = ServerSettings()
        settings.origins = [origin]
        #expect(((try? settings.check()) != nil) == isGood)
    }
}
