import Foundation
import Testing

@Suite("Rules and catalogs that the fuzzer kept")
struct CatalogCorpusTests {
    @Test("A rule kept", arguments: corpus("rules"))
    func rule(file: String) throws { #expect(CatalogDecoding.ruleFault(try bytes(file)) == nil) }

    @Test("A rule that the fuzzer begins with", arguments: CatalogDecoding.ruleSeeds)
    func ruleSeed(bytes: [UInt8]) { #expect(CatalogDecoding.ruleFault(bytes) == nil) }

    @Test("A catalog kept", arguments: corpus("catalogs"))
    func catalog(file: String) throws { #expect(CatalogDecoding.catalogFault(try bytes(file)) == nil) }

    @Test("A catalog that the fuzzer begins with", arguments: CatalogDecoding.catalogSeeds)
    func catalogSeed(bytes: [UInt8]) { #expect(CatalogDecoding.catalogFault(bytes) == nil) }
}

/// The files that the fuzzer kept for a decoder, by path.
private func corpus(_ decoder: String) -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus/\(decoder)").path()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { "\(folder)/\($0)" }
}

private func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try #require(FileManager.default.contents(atPath: file)))
}
