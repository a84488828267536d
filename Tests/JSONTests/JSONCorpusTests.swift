import Foundation
import Testing

@Suite("JSON that the fuzzer kept")
struct JSONCorpusTests {
    @Test("A text kept", arguments: corpus("json"))
    func text(file: String) throws { #expect(JSONDecoding.fault(try bytes(file)) == nil) }

    @Test("A text that the fuzzer begins with", arguments: JSONDecoding.seeds)
    func textSeed(bytes: [UInt8]) { #expect(JSONDecoding.fault(bytes) == nil) }
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
