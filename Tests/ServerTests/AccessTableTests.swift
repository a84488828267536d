import Foundation
import HTTPTypes
import NIOCore
import Testing
import WeirConsole
import WeirDomain
import WeirEngine
import WeirJSON
import WeirServer
import WeirStorage

/// Walks the whole table: a route that is declared is walked, whoever declares it.
@Suite("Every route and every kind of caller")
struct AccessTableTests {
    enum Caller: CaseIterable, Equatable {
        case noKey, wrongKey, expiredKey
        case collectKey, decideKey, publishableKey, viewer, marketer, analyst, finance, operatorKey, privacyOfficer
        case administrator, manageKey
        /// A key as a browser sends what its user typed in, and with a page from elsewhere.
        case browser, browserElsewhere, formElsewhere, pageElsewhere
        /// A publishable key on a page that is not its own.
        case publishableKeyElsewhere
        /// At a server that needs no key.
        case openServer, openServerFromElsewhere, openServerOtherPage

        var isServerOpen: Bool {
            [.openServer, .openServerFromElsewhere, .openServerOtherPage].contains(self)
        }

        /// A key's name is its secret.
        private var secret: String {
            switch self {
            case .wrongKey: "nobody"
            case .expiredKey: "expired"
            case .collectKey: "collector"
            case .decideKey: "decider"
            case .publishableKey, .publishableKeyElsewhere: "page"
            case .operatorKey: "operator"
            case .privacyOfficer: "privacy-officer"
            case .manageKey, .browser, .browserElsewhere, .formElsewhere, .pageElsewhere: "admin"
            default: "\(self)"
            }
        }

        var headers: HTTPFields {
            let basic = "Basic YW5uOmFkbWlu"  // ann:admin
            switch self {
            case .noKey, .openServer: return [:]
            case .browser: return [.authorization: basic]
            case .browserElsewhere: return [.authorization: basic, Self.site: "cross-site"]
            case .formElsewhere:
                return [.authorization: basic, .origin: "http://evil.example", .contentType: "text/plain"]
            case .pageElsewhere: return [.authorization: "Bearer admin", .origin: "null"]
            case .publishableKey: return [.authorization: "Bearer page", .origin: "https://shop.example"]
            case .publishableKeyElsewhere: return [.authorization: "Bearer page", .origin: "https://shop.example.evil"]
            case .openServerFromElsewhere: return [Self.site: "cross-site"]
            case .openServerOtherPage: return [.origin: "http://localhost.evil.example"]
            default: return [.authorization: "Bearer \(secret)"]
            }
        }

        private static let site = HTTPField.Name("Sec-Fetch-Site")!
    }

    static let keys: [StoredKey] =
        AccessTests.keys
        + StoredKey.Scope.allCases.filter { ![.collect, .decide, .manage].contains($0) }.map {
            key(SourceID($0.rawValue), [$0])
        } + StoredKey.Scope.allCases.map { expired("expired-\($0.rawValue)", $0) }
        + [expired("expired", .administrator), page]

    private static func expired(_ name: String, _ scope: StoredKey.Scope) -> StoredKey {
        var expired = key(SourceID(name), [scope])
        expired.expiresTime = ServerUnderTest.start
        return expired
    }

    private static var page: StoredKey {
        var page = key("page", [.collect])
        page.origins = ["https://shop.example"]
        return page
    }

    enum Expected: Equatable {
        case admitted
        case refused(Int, code: String)
    }

    /// What each permission means to each caller, said apart from the code.
    static func expected(_ caller: Caller, _ entry: Access.Entry) -> Expected {
        let isChange = entry.method != .get && entry.method != .head
        let isForMachines = entry.permission == .collect || entry.permission == .decide
        switch caller {
        case .openServerFromElsewhere: return .refused(403, code: "cross_site")
        case .openServerOtherPage: return .refused(403, code: "foreign_origin")
        case .browserElsewhere where isChange && !isForMachines: return .refused(403, code: "cross_site")
        case .formElsewhere where isChange && !isForMachines, .pageElsewhere where isChange && !isForMachines,
            .publishableKey where isChange && !isForMachines, .publishableKeyElsewhere where isChange && !isForMachines:
            return .refused(403, code: "foreign_origin")
        default: break
        }
        if entry.permission == .everyone { return .admitted }
        let scope: StoredKey.Scope
        switch caller {
        case .noKey, .wrongKey: return .refused(401, code: "unauthorized")
        case .expiredKey: return .refused(401, code: "key_expired")
        case .publishableKeyElsewhere: return .refused(403, code: "origin_not_allowed")
        case .collectKey, .publishableKey: scope = .collect
        case .decideKey: scope = .decide
        case .viewer: scope = .viewer
        case .marketer: scope = .marketer
        case .analyst: scope = .analyst
        case .finance: scope = .finance
        case .operatorKey: scope = .operator
        case .privacyOfficer: scope = .privacyOfficer
        default: scope = .administrator
        }
        guard granted(scope).contains(entry.permission) else { return .refused(403, code: "scope_missing") }
        // A page changes something only with the token that it was given, whoever sends it, but for a key on purpose.
        let isAmbient = caller == .browser || caller.isServerOpen
        return entry.isPage && isChange && isAmbient ? .refused(403, code: "token_missing") : .admitted
    }

    @Test("Each caller gets in where the table says and nowhere else", arguments: Caller.allCases)
    func walk(caller: Caller) async throws {
        let keys = caller.isServerOpen ? [] : Self.keys
        try await ServerUnderTest.run(keys: keys, pages: Self.pages) { server in
            for entry in try access(server.engine, pages: Self.pages(server.engine)).table {
                var entry = entry
                // Without its body an answer that does not end ends at once.
                if entry.path == Self.endless { entry.method = .head }
                let answer = try await answer(server, entry, caller.headers)
                switch Self.expected(caller, entry) {
                case .admitted:
                    // Let in, whatever the route then makes of an empty request.
                    #expect(![401, 405].contains(answer.status) || entry.path == "/sign-in", "\(entry)")
                    #expect(answer.code.map { !Self.refusals.contains($0) } ?? true, "\(entry)")
                case .refused(let status, let code):
                    #expect(answer.status == status, "\(entry)")
                    if entry.path != Self.endless { #expect(answer.code == code, "\(entry)") }
                    #expect(answer.text.count < 800, "\(entry) shows something")
                }
            }
        }
    }

    /// How somebody with a role comes.
    enum Manner: CaseIterable {
        case key, expiredKey, keyElsewhere, session, sessionElsewhere

        var isSession: Bool { self == .session || self == .sessionElsewhere }
        var isElsewhere: Bool { self == .keyElsewhere || self == .sessionElsewhere }
    }

    /// What each role is granted, said once more and apart from the code.
    static func granted(_ scope: StoredKey.Scope) -> Set<Permission> {
        switch scope {
        case .collect: [.collect]
        case .decide: [.decide]
        case .viewer: [.view]
        case .marketer: [.view, .changeCatalog, .changeExperiments, .measure]
        case .analyst: [.view, .changeModels, .changeExperiments, .measure]
        case .finance: [.view, .changeCatalog, .measure]
        case .operator: [.view, .mendMessages, .operate]
        case .privacyOfficer: [.view, .viewPeople, .mendMessages, .audit]
        case .administrator, .manage: Set(Permission.allCases)
        }
    }

    static func expected(_ scope: StoredKey.Scope, _ manner: Manner, _ entry: Access.Entry) -> Expected {
        let isChange = entry.method != .get && entry.method != .head
        let isForMachines = entry.permission == .collect || entry.permission == .decide
        if manner.isElsewhere, isChange, !isForMachines { return .refused(403, code: "foreign_origin") }
        if entry.permission == .everyone { return .admitted }
        if manner == .expiredKey { return .refused(401, code: "key_expired") }
        // Machines' routes look at no cookie, and machines have none.
        if manner.isSession, isForMachines || !granted(scope).contains(.view) {
            return .refused(401, code: "unauthorized")
        }
        guard granted(scope).contains(entry.permission) else { return .refused(403, code: "scope_missing") }
        return manner.isSession && isChange ? .refused(403, code: "token_missing") : .admitted
    }

    @Test(
        "Each role gets in where the table says, with a key or signed in, from here or elsewhere, and ended nowhere",
        arguments: StoredKey.Scope.allCases, Manner.allCases)
    func walk(scope: StoredKey.Scope, manner: Manner) async throws {
        try await ServerUnderTest.run(keys: Self.keys, pages: Self.pages) { server in
            let headers = try await headers(scope, manner, server)
            for entry in try access(server.engine, pages: Self.pages(server.engine)).table {
                var entry = entry
                if entry.path == Self.endless { entry.method = .head }
                let answer = try await answer(server, entry, headers)
                switch Self.expected(scope, manner, entry) {
                case .admitted:
                    #expect(![401, 405].contains(answer.status) || entry.path == "/sign-in", "\(entry)")
                    #expect(answer.code.map { !Self.refusals.contains($0) } ?? true, "\(entry)")
                case .refused(let status, let code):
                    #expect(answer.status == status, "\(entry)")
                    if entry.path != Self.endless { #expect(answer.code == code, "\(entry)") }
                }
            }
        }
    }

    private func headers(
        _ scope: StoredKey.Scope, _ manner: Manner, _ server: ServerUnderTest
    ) async throws -> HTTPFields {
        let secret = Self.keys.first { $0.scopes == [scope] && $0.expiresTime == nil && $0.origins.isEmpty }?.name
            .rawValue
        var headers: HTTPFields = manner.isElsewhere ? [.origin: "https://evil.example"] : [:]
        if manner == .expiredKey {
            headers[.authorization] = "Bearer expired-\(scope.rawValue)"
        } else if manner.isSession {
            headers[.contentType] = "application/json"
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let answer = try await server.post("/sign-in", "name=&password=\(try #require(secret))", headers: form)
            let cookies = answer.headers[values: .setCookie].map { String($0.prefix { $0 != ";" }) }
            if !cookies.isEmpty { headers[.cookie] = cookies.joined(separator: "; ") }
        } else {
            headers[.authorization] = "Bearer \(try #require(secret))"
        }
        return headers
    }

    private static let refusals: Set = [
        "unauthorized", "scope_missing", "cross_site", "foreign_host", "foreign_origin", "origin_not_allowed",
        "token_missing", "key_expired", "not_found",
    ]

    @Test("Who may do what changes on purpose only")
    func table() async throws {
        try await ServerUnderTest.run { server in
            let table = try access(server.engine, pages: Self.pages(server.engine)).table
            let lines = table.map { "\($0.permission)\t\($0.method) \($0.path)\n" }.joined()
            try expectGolden(lines: lines, "access.txt")
            // Whatever is no part of the API shows customers and money, but for what a page is made of.
            for entry in table where !entry.path.hasPrefix("/v1/") {
                let isPublic = Self.open.contains(entry.path) || ConsoleAsset.all.contains { $0.path == entry.path }
                #expect((entry.permission == .everyone) == isPublic, "\(entry)")
            }
            // But for the settings of pages, which hold nothing but what the page sent.
            let openPaths = table.filter { $0.path.hasPrefix("/v1/") && $0.permission == .everyone }.map(\.path)
            #expect(openPaths == ["/v1/projects/{key}/settings"])
        }
    }

    @Test("The documentation's table of who may do what is this one")
    func documented() async throws {
        try await ServerUnderTest.run { server in
            let table = try access(server.engine, pages: Self.pages(server.engine)).table
            let columns: [StoredKey.Scope] = [.collect, .decide] + StoredKey.Scope.roles
            var lines = [
                "| route | permission | " + columns.map(\.rawValue).joined(separator: " | ") + " |",
                "|---|---|" + String(repeating: "---|", count: columns.count),
            ]
            for entry in table where !ConsoleAsset.all.contains(where: { $0.path == entry.path }) {
                let cells = columns.map { entry.permission.isGranted(by: [$0]) ? "✓" : "" }
                let permission = entry.permission.rawValue + (entry.isPage ? ", page" : "")
                lines.append("| `\(entry.method) \(entry.path)` | \(permission) | \(cells.joined(separator: " | ")) |")
            }
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/security.md")
            var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            let start = try #require(text.firstRange(of: "WEIR_RECORD_GOLDEN=1 -->\n")).upperBound
            let end = try #require(text.firstRange(of: "<!-- /access -->")).lowerBound
            let made = "\n" + lines.joined(separator: "\n") + "\n\n"
            if ProcessInfo.processInfo.environment["WEIR_RECORD_GOLDEN"] != nil {
                text.replaceSubrange(start..<end, with: made)
                try Data(text.utf8).write(to: file)
            } else {
                #expect(text[start..<end] == made)
            }
        }
    }

    @Test("The API's description asks for a key where the table does")
    func description() async throws {
        try await ServerUnderTest.run { server in
            let paths = try await server.get("/openapi.json").json["paths"]
            let table = try access(server.engine).table.filter { !$0.isPage }
            for entry in table {
                let operation = paths?[entry.path]?[entry.method.rawValue.lowercased()]
                #expect(
                    (operation?["security"]?.array?.isEmpty ?? false) == (entry.permission == .everyone), "\(entry)")
            }
            let described = paths?.members?.reduce(0) { $0 + ($1.value.members?.count ?? 0) }
            #expect(described == table.reduce(0) { $0 + 1 + $1.shortPaths.count })
        }
    }

    @Test("A path may have several arguments, each decoded")
    func arguments() async throws {
        let route = Route(.get, "/v1/customers/{id}/consents/{purpose}", .view) { call in
            .page("\(call.argument("id")) \(call.argument("purpose"))")
        }
        try await ServerUnderTest.run(pages: { _ in [route] }) { server in
            let found = try await server.get("/v1/customers/a%2Fb/consents/e%20mail?x=1")
            #expect(found.text == "a/b e mail")
            for path in ["/v1/customers/a/consents", "/v1/customers//consents/b", "/v1/customers/a/b"] {
                #expect(try await server.get(path).status == 404)
            }
        }
    }

    @Test("Two routes of one path and method are a mistake that stops the server's start")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            _ = Access([Route(.get, "/a", .everyone) { _ in .page("") }, Route(.get, "/a", .manage) { _ in .page("") }])
        }
    }

    // MARK: Parts

    @Sendable private static func pages(_ engine: Engine) throws -> [Route] {
        consoleRoutes(try ConsoleFeed(engine: engine, baseURL: "http://127.0.0.1", codeVersion: "test"))
    }

    private static let open = [
        "/healthz", "/readyz", "/openapi.json", "/sign-in", "/sign-in/oidc", "/sign-in/oidc/callback", "/weir.js",
    ]
    /// The live updates of the console, which do not end.
    private static let endless = "/console/events"

    private func answer(
        _ server: ServerUnderTest, _ entry: Access.Entry, _ headers: HTTPFields
    ) async throws -> Answer {
        let path = entry.path.replacing(/\{[a-z]+\}/, with: "x")
        let body = entry.method == .get || entry.method == .head ? nil : ByteBuffer(string: "{}")
        return try await server.send(entry.method, path, body, headers: headers)
    }
}
