import Foundation
import Testing
import WeirAllocation
import WeirCommandLine
import WeirEngine
import WeirFiles
import WeirStorage
import WeirTables

/// Runs a command in this process and says what it would end with.
private func status(_ arguments: String...) async -> Int32 {
    do {
        try await Weir.run(arguments)
        return ExitStatus.done.rawValue
    } catch {
        return Weir.exitStatus(for: error)
    }
}

/// A folder that lives as long as the test.
private final class Folder {
    let path = NSTemporaryDirectory() + "weir-\(ProcessInfo.processInfo.globallyUniqueString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file; returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }
}

@Suite("ExitStatus")
struct ExitStatusTests {
    @Test("What is done ends with 0, also help and version")
    func done() async throws {
        let folder = try Folder()
        #expect(await status("init", folder.path + "/shop") == 0)
        #expect(await status("validate", folder.path + "/shop", "--json") == 0)
        #expect(await status("help", "validate") == 0)
        #expect(await status("--version") == 0)
    }

    @Test("Wrong options and arguments end with 64, found by the parser or by the command")
    func wrongUse() async throws {
        #expect(await status("validate", "shop", "--nope") == 64)
        #expect(await status("nonsense") == 64)
        #expect(await status("drift", "--live", "x.csv") == 64)
        #expect(await status("evaluate", "--store", "x.db") == 64)
        #expect(await status("audit", "replay", "d-1", "--all") == 64)
        #expect(await status("dataset", "--goal", "g", "--json") == 64)
        #expect(await status("simulate", "--format", "html") == 64)
        #expect(await status("keys", "list", "--store", "elsewhere://x") == 64)
    }

    @Test("A catalog with faults ends with 78, a second first catalog with 73")
    func catalogs() async throws {
        let folder = try Folder()
        #expect(await status("init", folder.path) == 0)
        #expect(await status("init", folder.path) == 73)
        _ = try folder.file("campaigns/welcome.yaml", "campaigns: [nonsense")
        #expect(await status("validate", folder.path) == 78)
        #expect(await status("apply", folder.path, "--dry-run", "--store", folder.path + "/x.db") == 78)
    }

    @Test("A file or store that is not there ends with 66, one that cannot be used with 65")
    func files() async throws {
        let folder = try Folder()
        let good = try folder.file("good.csv", "a,b\n1,2\n2,3\n3,4\n")
        let bad = try folder.file("bad.csv", "1,2\n3,4\n")
        #expect(await status("drift", "--reference", good, "--live", folder.path + "/none.csv") == 66)
        #expect(await status("keys", "list", "--store", folder.path + "/none.db") == 66)
        #expect(await status("models", "register", folder.path + "/none.json", "--goal", "g") == 66)
        #expect(await status("drift", "--reference", good, "--live", bad) == 65)
        #expect(await status("predict", "--model", good, "--input", good) == 65)
        #expect(await status("predict", "--model", folder.path + "/none.json", "--input", good) == 66)
        #expect(await status("drift", "--reference", folder.path + "/none.json", "--live", good) == 66)
        #expect(await status("drift", "--reference", good, "--live", good, "--columns", "nope") == 65)
        #expect(await status("ingest", good, "--mapping", folder.path + "/none.yaml") == 66)
        #expect(await status("allocate", "--input", good) == 65)
        #expect(await status("drift", "--reference", good, "--live", good) == 0)
    }

    @Test("A bad verdict ends with 1: drift, and a file of which no line was accepted")
    func verdicts() async throws {
        let folder = try Folder()
        let low = try folder.file("low.csv", "a\n" + (0..<400).map { "\($0 % 10)\n" }.joined())
        let high = try folder.file("high.csv", "a\n" + (0..<400).map { "\($0 % 10 + 50)\n" }.joined())
        #expect(await status("drift", "--reference", low, "--live", high) == 1)
        let events = try folder.file("events.ndjson", "{\n")
        #expect(await status("ingest", events, "--store", folder.path + "/x.db") == 1)
        let half = try folder.file("half.ndjson", "{\n{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u\"}\n")
        #expect(await status("ingest", half, "--store", folder.path + "/x.db") == 0)
    }

    @Test("No server, and what cannot be written, have a status of their own")
    func elsewhere() async throws {
        let folder = try Folder()
        #expect(await status("models", "list", "--url", "nowhere") == 69)
        let file = try folder.file("file", "")
        #expect(await status("init", file + "/shop") == 73)
        let offers = try folder.file("offers.csv", "# limits 10\ncustomer,offer,budget,value,cost\na,x,0,3,1\n")
        #expect(await status("allocate", "--input", offers, "--output", folder.path + "/none/chosen.csv") == 73)
    }

    @Test("Errors of the rooms below have their status, whichever command meets them")
    func errors() {
        #expect(Weir.exitStatus(for: StoreError.locked(path: "x.db")) == ExitStatus.busy.rawValue)
        #expect(Weir.exitStatus(for: StoreError.full(path: "x.db")) == ExitStatus.badStore.rawValue)
        #expect(Weir.exitStatus(for: EngineError.noCatalog) == ExitStatus.refused.rawValue)
        #expect(Weir.exitStatus(for: FileError.gzip(.damaged)) == ExitStatus.badInput.rawValue)
        #expect(Weir.exitStatus(for: TableError.empty(file: "x.csv")) == ExitStatus.badInput.rawValue)
        #expect(Weir.exitStatus(for: AllocationFault("x")) == ExitStatus.badInput.rawValue)
        #expect(Weir.exitStatus(for: CancellationError()) == ExitStatus.failed.rawValue)
    }

    @Test("The documentation's table has every status, and no other")
    func documented() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/operations.md"), encoding: .utf8)
        let section = try #require(text.split(separator: "| status | means |\n").dropFirst().first)
        let rows = section.split(separator: "\n").prefix { $0.hasPrefix("|") }.dropFirst()
        let documented = rows.compactMap { Int32($0.split(separator: "|")[0].filter(\.isNumber)) }
        #expect(documented == ExitStatus.allCases.map(\.rawValue))
    }
}
