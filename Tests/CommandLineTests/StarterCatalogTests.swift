import Foundation
import Testing
import WeirCommandLine

@Suite("The starter catalog")
struct StarterCatalogTests {
    @Test("What weir init writes is the catalog of Examples/minimal, but for its salt and dates")
    func example() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Weir.run(["init", folder.path])
        let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Examples/minimal")
        for file in ["weir.yaml", "campaigns/welcome.yaml"] {
            func lines(_ folder: URL) throws -> [String] {
                try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                    .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                    .filter { line in
                        let words = line.split(separator: " ")
                        return !["salt:", "from:", "to:"].contains(words.first.map(String.init) ?? "")
                    }
            }
            #expect(try lines(folder) == lines(example))
        }
    }
}
