import HTTPTypes
import NIOCore
import Testing
import WeirConsole
import WeirEngine
import WeirJSON
import WeirServer
import WeirStorage

/// Walks the whole table: a route that is declared is walked, whoever declares it.
@Suite("Every route and every kind of caller")
struct AccessTableTests {
    enum Caller: CaseIterable {
        case noKey, wrongKey, collectKey, decideKey, manageKey
        /// A browser that sends what its user typed in, and one whose page comes from elsewhere.
        case browser, browserElsewhere
        /// At a server that needs no key.
        case openServer, openServerFromElsewhere

        var isServerOpen: Bool { self == .openServer || self == .openServerFromElsewhere }

        var headers: HTTPFields {
            switch self {
            case .noKey, .openServer: [:]
            case .wrongKey: [.authorization: "Bearer nobody"]
            case .collectKey: [.authorization: "Bearer collector"]
            case .decideKey: [.authorization: "Bearer decider"]
            case .manageKey: [.authorization: "Bearer admin"]
            case .browser: [.authorization: "Basic YW5uOmFkbWlu", site: "same-origin"]  // ann:admin
            case .browserElsewhere: [.authorization: "Basic YW5uOmFkbWlu", site: "cross-site"]
            case .openServerFromElsewhere: [site: "cross-site"]
            }
        }

        private var site: HTTPField.Name { HTTPField.Name("Sec-Fetch-Site")! }
    }

    enum Expected: Equatable {
        case admitted
        case refused(Int, code: String)
    }

    /// What each permission means to each caller, said once more and apart from the code.
    static func expected(_ caller: Caller, _ entry: Access.Entry) -> Expected {
        if entry.permission == .everyone { return .admitted }
        switch caller {
        case .noKey, .wrongKey: return .refused(401, code: "unauthorized")
        case .collectKey: return entry.permission == .collect ? .admitted : .refused(403, code: "scope_missing")
        case .decideKey: return entry.permission == .decide ? .admitted : .refused(403, code: "scope_missing")
        case .manageKey, .browser, .openServer: return .admitted
        case .browserElsewhere, .openServerFromElsewhere:
            let isManaging = entry.permission == .manage || entry.permission == .console
            return isManaging && entry.method != .get ? .refused(403, code: "cross_site") : .admitted
        }
    }

    @Test("Each caller gets in where the table says and nowhere else", arguments: Caller.allCases)
    func walk(caller: Caller) async throws {
        let keys = caller.isServerOpen ? [] : AccessTests.keys
        try await ServerUnderTest.run(keys: keys, pages: Self.pages) { server in
            for entry in try access(server.engine, pages: Self.pages(server.engine)).table {
                var entry = entry
                // Without its body an answer that does not end ends at once.
                if entry.path == Self.endless { entry.method = .head }
                let answer = try await answer(server, entry, caller.headers)
                switch Self.expected(caller, entry) {
                case .admitted:
                    // Let in, whatever the route then makes of an empty request.
                    #expect(![401, 405].contains(answer.status), "\(entry)")
                    let codes = ["unauthorized", "scope_missing", "cross_site", "foreign_host", "not_found"]
                    #expect(answer.code.map { !codes.contains($0) } ?? true, "\(entry)")
                case .refused(let status, let code):
                    #expect(answer.status == status, "\(entry)")
                    if entry.path != Self.endless { #expect(answer.code == code, "\(entry)") }
                    #expect(answer.text.count < 600, "\(entry) shows something")
                }
            }
        }
    }

    @Test("Who may do what changes on purpose only")
    func table() async throws {
        try await ServerUnderTest.run { server in
            let table = try access(server.engine, pages: Self.pages(server.engine)).table
            let lines = table.map { "\($0.permission)\t\($0.method) \($0.path)\n" }.joined()
            try expectGolden(lines: lines, "access.txt")
            // Whatever is no part of the API shows customers and money, but for what a page is made of.
            for entry in table where !entry.path.hasPrefix("/v1/") && entry.permission != .console {
                let isPublic = Self.open.contains(entry.path) || ConsoleAsset.all.contains { $0.path == entry.path }
                #expect(entry.permission == (isPublic ? .everyone : .manage), "\(entry)")
            }
            #expect(!table.contains { $0.path.hasPrefix("/v1/") && $0.permission == .everyone })
        }
    }

    @Test("The API's description asks for a key where the table does")
    func description() async throws {
        try await ServerUnderTest.run { server in
            let paths = try await server.get("/openapi.json").json["paths"]
            let table = try access(server.engine).table
            for entry in table {
                let operation = paths?[entry.path]?[entry.method.rawValue.lowercased()]
                #expect(
                    (operation?["security"]?.array?.isEmpty ?? false) == (entry.permission == .everyone), "\(entry)")
            }
            let described = paths?.members?.reduce(0) { $0 + ($1.value.members?.count ?? 0) }
            #expect(described == table.count)
        }
    }

    @Test("A path may have several arguments, each decoded")
    func arguments() async throws {
        let route = Route(.get, "/v1/customers/{id}/consents/{purpose}", .manage) { call in
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

    private static let open = ["/healthz", "/readyz", "/openapi.json"]
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
