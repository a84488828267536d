import ArgumentParser
import NIOCore
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirReporting
import WeirServer
import WeirStorage

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks a catalog and says what is wrong, where, and what to do.",
        discussion: """
            Example:
              weir validate shop
            """)

    @Argument(help: "The folder with weir.yaml and campaigns/.")
    var folder: String

    @OptionGroup var result: ResultOptions

    func run() throws {
        let catalog = try CatalogFolder(folder).catalog()
        let counts = [
            ("campaigns", catalog.campaigns.count), ("offers", catalog.campaigns.reduce(0) { $0 + $1.offers.count }),
            ("placements", catalog.placements.count), ("budgets", catalog.budgets.count),
            ("features", catalog.features.count),
        ]
        let words = counts.map { "\($1) \($0)" }.joined(separator: ", ")
        let terms = catalog.campaigns.flatMap(\.offers).compactMap { offer in
            offer.discount.map { "  \(offer.id): \($0); holds back \(offer.cost)" }
        }
        let members = counts.map { JSON.Member($0, .integer(Int64($1))) }
        try result.give(
            Answer(
                ["\(folder) is valid: \(words)."] + terms,
                json: .object([.init("folder", .string(folder)), .init("is_valid", true)] + members)))
    }
}

struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows what a catalog would change, then puts it in force while traffic flows.",
        discussion: """
            Examples:
              weir apply shop --url http://127.0.0.1:8080
              weir apply shop --store weir.db
              weir apply shop --dry-run --store weir.db
            """)

    @Argument(help: "The folder with weir.yaml and campaigns/.")
    var folder: String

    @Flag(name: .long, help: "Only show the difference.")
    var dryRun = false

    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        let folder = CatalogFolder(folder)
        let catalog = try folder.catalog()
        if let client = server.client {
            let files = try folder.files().map {
                JSON.object([.init("name", .string($0.name)), .init("text", .string($0.text))])
            }
            let path = "/v1/catalog\(dryRun ? "?dry_run=true" : "")"
            let answer = try await showingProgress(from: client) {
                // Answered when it is in force: with features declared anew, after a reading of the whole log.
                try await client.send("POST", path, .object([.init("files", .array(files))]), timeout: .hours(12))
            }
            return try give(
                (answer["differences"]?.array ?? []).compactMap(\.string),
                version: dryRun ? nil : answer["version"]?.integer ?? 0)
        }
        let files = try folder.files().map { StoredCatalog.File(name: $0.name, text: $0.text) }
        let isDryRun = dryRun
        try await withLocalEngine(store) { engine in
            let found = differences(from: engine.plan?.catalog, to: catalog)
            let changes = found.map(\.description)
            if let plan = engine.plan, changes.isEmpty {
                return try give([], version: isDryRun ? nil : Int64(plan.version))
            }
            if isDryRun {
                try engine.check(files)
                return try give(changes, version: nil)
            }
            let version = try await engine.apply(files).version
            try logOffline(found, version: version, in: engine.store)
            try give(changes, version: Int64(version))
        }
    }

    /// Shows how far the server has come with a catalog while `body` waits for it.
    private func showingProgress(
        from client: ServerClient, _ body: () async throws -> JSON
    ) async throws -> JSON {
        let line = ProgressLine("reading the log")
        let watch = Task {
            while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                // A server that cannot say how far it is still says when it is done.
                guard let applying = try? await client.send("GET", "/v1/catalog/progress")["applying"],
                    let position = applying["position"]?.integer, let end = applying["end"]?.integer
                else { continue }
                line.show(Int(position), of: Int(end))
            }
        }
        defer {
            watch.cancel()
            line.finish()
        }
        return try await body()
    }

    /// - Parameter version: That is in force now; nil where it was only asked for.
    private func give(_ differences: [String], version: Int64?) throws {
        let lines = differences.isEmpty ? ["Nothing changes."] : differences
        try result.give(
            Answer(
                lines + (version.map { ["In force: version \($0)."] } ?? []),
                json: [
                    "differences": .array(differences.map { .string($0) }),
                    "version": version.map { .integer($0) } ?? .null,
                ],
                tables: [
                    ReportTable(
                        name: "differences", columns: [.init("difference", "difference")],
                        rows: differences.map { [.text($0)] })
                ]))
    }
}

/// A catalog on disk; its faults are printed as they are.
struct CatalogFolder {
    let path: String

    init(_ path: String) { self.path = path }

    func files() throws -> [CatalogFile] { try reportingFaults { try CatalogFile.files(in: path) } }

    func catalog() throws -> Catalog {
        let files = try files()
        return try reportingFaults { try readCatalog(files) }
    }

    private func reportingFaults<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let faults as CatalogFaults {
            throw CommandFault(.badCatalog, faults.description)
        }
    }
}
