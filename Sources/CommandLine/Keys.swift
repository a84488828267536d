public import ArgumentParser
import WeirDomain
import WeirJSON
import WeirReporting
import WeirServer
public import WeirStorage

struct Keys: ParsableCommand {
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
                Events that come with a key have its name as their source.

                Examples:
                  weir keys add webshop --scope collect --scope decide --store weir.db
                  weir keys add ops --scope manage --url http://127.0.0.1:8080
                """)

        @Argument(help: "What to call it.")
        var name: String

        @Option(name: .customLong("scope"), help: "What it lets in at; may be repeated.")
        var scopes: [StoredKey.Scope]

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            if let client = server.client {
                let scopes = scopes.map { JSON.string($0.rawValue) }
                let answer = try await client.send(
                    "POST", "/v1/keys", ["name": .string(name), "scopes": .array(scopes)])
                return try give(answer["key"]?.string ?? answer.text)
            }
            let store = try store.open()
            try give(try makeKey(named: name, scopes: Set(scopes), in: store))
            try store.close()
        }

        private func give(_ key: String) throws {
            try result.give(Answer([key], json: ["name": .string(name), "key": .string(key)]))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the keys' names and scopes.",
            discussion: """
                Example:
                  weir keys list --store weir.db
                """)

        @OptionGroup var result: ResultOptions
        @OptionGroup var store: StoreOptions

        func run() throws {
            let rows = try store.openForReading().keys().map { key in
                ["\(key.name)", key.scopes.map(\.rawValue).sorted().joined(separator: ","), key.createdTime.iso8601]
            }
            let table = ReportTable(
                name: "keys", columns: ["name", "scopes", "created"].map { .init($0, $0) },
                rows: rows.map { $0.map { .text($0) } })
            try result.give(
                Answer(
                    table, empty: "There are no keys. Make one: weir keys add webshop --scope collect",
                    lines: rows.map { $0.joined(separator: "  ") }))
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a key; who uses it is turned away from then on.",
            discussion: """
                Example:
                  weir keys remove webshop --store weir.db
                """)

        @Argument(help: "Its name.")
        var name: String

        @OptionGroup var store: StoreOptions

        func run() throws {
            let store = try store.open()
            try store.removeKey(named: SourceID(name))
            try store.close()
        }
    }
}

extension StoredKey.Scope: ExpressibleByArgument {}
