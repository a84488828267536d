import Testing
import WeirFiles

@Suite("LineReader")
struct LineReaderTests {
    private func lines(_ text: String, limit: Int = 1000, pieces: Int) throws -> [String] {
        var rest = Array(text.utf8)[...]
        let reader = LineReader(
            ByteFeed { buffer in
                let piece = rest.prefix(min(pieces, buffer.count))
                buffer.copyBytes(from: piece)
                rest = rest.dropFirst(piece.count)
                return piece.count
            }, limit: limit)
        var lines: [String] = []
        while let step = try reader.next() {
            switch step {
            case .line(let text): lines.append("\(reader.line) " + String(decoding: text, as: UTF8.self))
            case .tooLong(let beginning):
                lines.append("\(reader.line) too long " + String(decoding: beginning, as: UTF8.self))
            }
        }
        return lines
    }

    @Test("Lines end with LF, CRLF or the file; empty ones are lines too", arguments: [1, 2, 3, 100])
    func ends(pieces: Int) throws {
        #expect(try lines("\u{feff}a\r\n\nb\rc\n\r\nd", pieces: pieces) == ["1 a", "2 ", "3 b\rc", "4 ", "5 d"])
        #expect(try lines("a\n", pieces: pieces) == ["1 a"])
        #expect(try lines("", pieces: pieces) == [])
    }

    @Test("A line that is too long is told by its beginning, the next one lands", arguments: [1, 2, 3, 100])
    func tooLong(pieces: Int) throws {
        #expect(
            try lines("abc\r\nabcd\nab\nabcdefghi", limit: 3, pieces: pieces)
                == ["1 abc", "2 too long abc", "3 ab", "4 too long abc"])
    }
}
