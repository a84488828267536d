import Foundation
import Testing

@Suite("Models that the fuzzer kept")
struct ModelCorpusTests {
    @Test("A file kept", arguments: corpus("models"))
    func model(file: String) throws { #expect(ModelDecoding.fileFault(try bytes(file)) == nil) }

    @Test("A file that the fuzzer begins with", arguments: ModelDecoding.fileSeeds)
    func modelSeed(bytes: [UInt8]) { #expect(ModelDecoding.fileFault(bytes) == nil) }

    @Test("A snapshot kept", arguments: corpus("snapshots"))
    func snapshot(file: String) throws { #expect(ModelDecoding.snapshotFault(try bytes(file)) == nil) }

    @Test("A snapshot that the fuzzer begins with", arguments: ModelDecoding.snapshotSeeds)
    func snapshotSeed(bytes: [UInt8]) { #expect(ModelDecoding.snapshotFault(bytes) == nil) }
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
