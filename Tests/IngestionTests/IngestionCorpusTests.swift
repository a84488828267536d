import Foundation
import Testing

@Suite("Messages and tables that the fuzzer kept")
struct IngestionCorpusTests {
    @Test("A body kept", arguments: corpus("messages"))
    func body(file: String) throws { #expect(MessageDecoding.fault(try bytes(file)) == nil) }

    @Test("A body that the fuzzer begins with", arguments: MessageDecoding.seeds)
    func bodySeed(bytes: [UInt8]) { #expect(MessageDecoding.fault(bytes) == nil) }

    @Test("A file kept", arguments: corpus("tables"))
    func table(file: String) throws { #expect(TableDecoding.fault(try bytes(file)) == nil) }

    @Test("A file that the fuzzer begins with", arguments: TableDecoding.seeds)
    func tableSeed(bytes: [UInt8]) { #expect(TableDecoding.fault(bytes) == nil) }
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
