import HTTPTypes
import Hummingbird
import WeirBudgeting
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirJSON
import WeirStorage

extension API {
    func catalog(_ call: Call) async throws -> Response {
        guard let stored = try engine.store.catalog(version: nil) else {
            throw Problem(.notFound, "no_catalog", EngineError.noCatalog.description)
        }
        return .json(reserving: 8_192) { writer in
            writer.member("version", stored.version)
            writer.member("applied", stored.appliedTime.iso8601)
            writer.name("files")
            writer.array { writer in
                for file in stored.files {
                    writer.object {
                        $0.member("name", file.name)
                        $0.member("text", file.text)
                    }
                }
            }
        }
    }

    /// How far the catalog on its way into force has come.
    func catalogProgress(_ call: Call) -> Response {
        .json(reserving: 128) { writer in
            guard let progress = engine.catalogProgress else { return writer.member("applying", JSON.null) }
            writer.name("applying")
            writer.object { writer in
                writer.member("version", progress.version)
                writer.member("position", Int(progress.position))
                writer.member("end", Int(progress.end))
                writer.member("waiting", progress.waiting)
            }
        }
    }

    /// Applies the posted files, or with `dry_run` only says what they would change.
    func applyCatalog(_ call: Call) async throws -> Response {
        let isDryRun = try call.flag("dry_run", default: false)
        let files = try files(of: try call.json())
        let before = engine.plan
        do {
            let catalog = try readCatalog(files.map { CatalogFile(name: $0.name, text: $0.text) })
            let differences = differences(from: before?.catalog, to: catalog)
            try check(differences, call)
            var version = before?.version ?? 0
            // The same once more is no new version, so that a deployment can be repeated.
            if before?.catalog != catalog {
                if isDryRun {
                    try engine.check(files)
                } else {
                    version = try await engine.apply(files).version
                    try log(differences, version: version, call)
                }
            }
            return .json(reserving: 1_024) { writer in
                writer.member("version", version)
                writer.member("applied", !isDryRun)
                writer.name("differences")
                writer.array { for difference in differences { $0.string(difference.description) } }
            }
        } catch let error as CatalogFaults {
            throw Problem(error, files: files.map(\.name))
        } catch let error as LedgerError {
            throw Problem(error)
        }
    }

    /// Whose role is the money changes the budgets, whose role is the offers changes the rest.
    private func check(_ differences: [CatalogDifference], _ call: Call) throws(Problem) {
        let scopes = call.caller.scopes
        guard !scopes.contains(where: \.isAdministrator) else { return }
        let refused = differences.filter { !scopes.contains($0.isOfMoney ? .finance : .marketer) }
        guard let first = refused.first else { return }
        let more = refused.count == 1 ? "" : ", and \(refused.count - 1) more"
        throw Problem(
            .forbidden, "scope_missing",
            "“\(call.caller.name)” may not change “\(first.path)”\(more). Budgets are for: finance, administrator; the rest "
                + "of the catalog is for: marketer, administrator. Nothing was changed.")
    }

    private func log(_ differences: [CatalogDifference], version: Int, _ call: Call) throws {
        try doors.log.record(
            call, "catalog-applied", "version \(version)", "\(differences.count) differences")
        for difference in differences where difference.isOfMoney {
            try doors.log.record(call, "budget-changed", difference.path, difference.description)
        }
    }

    private func files(of body: JSON) throws(Problem) -> [StoredCatalog.File] {
        let remedy = "Send an array of {\"name\": \"weir.yaml\", \"text\": \"…\"}."
        var fields = FieldReader(body)
        let items = fields.requiredArray("files", remedy, atMost: 1_000)
        try fields.check()
        var files: [StoredCatalog.File] = []
        var faults: [Problem.Fault] = []
        for (index, item) in items.enumerated() {
            var fields = FieldReader(item, at: "#/files/\(index)")
            let name = fields.requiredText("name", "Name the file, such as \"campaigns/spring.yaml\".")
            let text = fields.requiredText("text", "Send what stands in the file.")
            faults += fields.faults
            if let name, let text { files.append(StoredCatalog.File(name: name, text: text)) }
        }
        if !faults.isEmpty { throw Problem(faults: faults) }
        return files
    }
}

extension CatalogDifference {
    /// Whether it is in a budget itself, not only in what draws on it.
    var isOfMoney: Bool { path == "budgets" || path.hasPrefix("budgets.") }
}
