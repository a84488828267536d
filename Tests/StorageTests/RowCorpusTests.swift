import Foundation
import Testing

@Suite("Rows that the fuzzer kept")
struct RowCorpusTests {
    @Test("A row kept", arguments: corpus("rows"))
    func row(file: String) throws { #expect(RowDecoding.fault(try bytes(file)) == nil) }

    @Test("A row that the fuzzer begins with", arguments: RowDecoding.seeds)
    func rowSeed(bytes: [UInt8]) { #expect(RowDecoding.fault(bytes) == nil) }

    @Test("A row overwritten at any place, or cut short there, is read or refused", arguments: RowDecoding.seeds)
    func damaged(bytes: [UInt8]) {
        // No number, the greatest numbers, and a length beyond all.
        let overwriting: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0xf8, 0x7f], [UInt8](repeating: 0xff, count: 8) + [1], [0xfe, 0xff, 0xff, 0xff, 0x0f],
            [0],
        ]
        for place in bytes.indices {
            #expect(RowDecoding.fault(Array(bytes[..<place])) == nil, "cut at \(place)")
            for other in overwriting {
                let damaged = Array((bytes[..<place] + other + bytes[place...].dropFirst(other.count)))
                #expect(RowDecoding.fault(damaged) == nil, "\(other) at \(place)")
            }
        }
    }
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
