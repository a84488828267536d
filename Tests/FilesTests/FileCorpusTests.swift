import Foundation
import Testing

@Suite("Files that the fuzzer kept")
struct FileCorpusTests {
    @Test("A table kept", arguments: corpus("csv"))
    func table(file: String) throws { #expect(FileDecoding.tableFault(try bytes(file)) == nil) }

    @Test("A table that the fuzzer begins with", arguments: FileDecoding.tableSeeds)
    func tableSeed(bytes: [UInt8]) { #expect(FileDecoding.tableFault(bytes) == nil) }

    @Test("Packed bytes kept", arguments: corpus("gzip"))
    func gzip(file: String) throws { #expect(FileDecoding.gzipFault(try bytes(file)) == nil) }

    @Test("Packed bytes that the fuzzer begins with", arguments: FileDecoding.gzipSeeds)
    func gzipSeed(bytes: [UInt8]) { #expect(FileDecoding.gzipFault(bytes) == nil) }
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
