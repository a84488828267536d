public import ArgumentParser
import WeirAccess
import WeirDomain
import WeirJSON
import WeirReporting
import WeirServer
public import WeirStorage

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "API keys: only their hashes are kept.",
        discussion: """
            Example:
              weir keys add webshop --scope collect --store weir.db
            """,
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and shows it once.",
            discussion: """
                Events that come with a key have its name as their source, or the first --source. With --origin it may
                stand in a page. Scopes and roles: docs/security.md says what each may do.

                Examples:
                  weir keys add webshop --scope collect --scope decide --store weir.db
                  weir keys add page --scope collect --origin https://shop.example --url http://127.0.0.1:8080
                  weir keys add ops --scope administrator --expires 2027-01-01T00:00:00Z
                """)

        @Argument(help: "What to call it.")
        var name: String

        @Option(
            name: [.customLong("scope"), .customLong("role")], help: "What it lets in at; may be repeated.")
        var scopes: [StoredKey.Scope]

        @Option(name: .customLong("origin"), help: "A page's origin that may send with it; may be repeated.")
        var origins: [String] = []

        @Option(name: .customLong("source"), help: "A source that its events may bear; may be repeated.")
        var sources: [String] = []

        @Option(name: .customLong("placement"), help: "A placement that it may ask for; may be repeated.")
        var placements: [String] = []

        @Option(help: "From when on it lets nobody in, ISO 8601.")
        var expires: String?

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func validate() throws {
            for origin in origins where BrowserOrigin.canonical(origin) == nil {
                throw ValidationError(
                    "--origin: “\(origin)” is no origin. Give scheme, name and port alone, such as https://shop.example."
                )
            }
            if let expires, Timestamp(iso8601: expires) == nil {
                throw ValidationError(
                    "--expires: “\(expires)” is no moment. Give ISO 8601, such as 2027-01-01T00:00:00Z.")
            }
        }

        func run() async throws {
            func list(_ name: String, _ texts: [String]) -> [JSON.Member] {
                texts.isEmpty ? [] : [.init(name, .array(texts.map { .string($0) }))]
            }
            if let client = server.client {
                let body =
                    [.init("name", .string(name))] + list("scopes", scopes.map(\.rawValue)) + list("origins", origins)
                    + list("sources", sources) + list("placements", placements)
                    + (expires.map { [.init("expires", .string($0))] } ?? [])
                let answer = try await client.send("POST", "/v1/keys", .object(body))
                return try give(answer["key"]?.string ?? answer.text)
            }
            let store = try store.open()
            let new = StoredKey(
                name: SourceID(name), hash: [], scopes: Set(scopes), createdTime: Timestamp(microseconds: 0),
                expiresTime: expires.flatMap { Timestamp(iso8601: $0) },
                origins: origins.compactMap { BrowserOrigin.canonical($0) }, sources: sources.map { SourceID($0) },
                placements: placements.map { PlacementID($0) })
            try give(try makeKey(new, in: store))
            try store.close()
        }

        private func give(_ key: String) throws {
            try result.give(Answer([key], json: ["name": .string(name), "key": .string(key)]))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the keys' names, scopes and limits.",
            discussion: """
                Example:
                  weir keys list --store weir.db
                """)

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            var rows: [[String]] = []
            if let client = server.client {
                for key in try await client.send("GET", "/v1/keys")["keys"]?.array ?? [] {
                    func list(_ name: String) -> [String] { (key[name]?.array ?? []).compactMap(\.string) }
                    rows.append(
                        row(
                            key["name"]?.string ?? "", list("scopes"), key["created"]?.string ?? "",
                            key["expires"]?.string, list("origins") + list("sources") + list("placements")))
                }
            } else {
                for key in try store.openForReading().keys() {
                    rows.append(
                        row(
                            key.name.rawValue, key.scopes.map(\.rawValue), key.createdTime.iso8601,
                            key.expiresTime?.iso8601,
                            key.origins + key.sources.map(\.rawValue) + key.placements.map(\.rawValue)))
                }
            }
            let table = ReportTable(
                name: "keys", columns: ["name", "scopes", "created", "expires", "limits"].map { .init($0, $0) },
                rows: rows.map { $0.map { .text($0) } })
            try result.give(
                Answer(
                    table, empty: "There are no keys. Make one: weir keys add webshop --scope collect",
                    lines: rows.map { $0.filter { !$0.isEmpty }.joined(separator: "  ") }))
        }

        private func row(
            _ name: String, _ scopes: [String], _ created: String, _ expires: String?, _ limits: [String]
        ) -> [String] {
            [name, scopes.sorted().joined(separator: ","), created, expires ?? "", limits.joined(separator: " ")]
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a key; who uses it is turned away from then on.",
            discussion: """
                Examples:
                  weir keys remove webshop --store weir.db
                  weir keys remove webshop --url http://127.0.0.1:8080
                """)

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            if let client = server.client {
                _ = try await client.send("DELETE", "/v1/keys", ["name": .string(name)])
                return
            }
            let store = try store.open()
            guard let key = try store.keys().first(where: { $0.name == SourceID(name) }) else {
                throw CommandFault(.refused, "There is no key “\(name)”. See them: weir keys list")
            }
            try checkAdministratorRemains(in: store, without: key)
            try store.removeKey(named: key.name)
            try logOffline("key-removed", name, in: store)
            try store.close()
        }
    }
}

extension StoredKey.Scope: ExpressibleByArgument {}
