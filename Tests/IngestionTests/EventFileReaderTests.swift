import Testing
import WeirDomain
import WeirFiles
import WeirIngestion
import WeirJSON

/// Feeds bytes in pieces of that size, so that records and gzip members break anywhere.
func feed(_ bytes: [UInt8], pieces: Int = .max) -> ByteFeed {
    var rest = bytes[...]
    return ByteFeed { buffer in
        let piece = rest.prefix(min(pieces, buffer.count))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}

let received = Timestamp(iso8601: "2026-03-01T12:00:00Z")!

func readAll(
    _ bytes: [UInt8], as format: EventFileReader.Format = .messages, rules: IngestionRules = IngestionRules(),
    pieces: Int = .max, count: Int = 500
) throws -> [EventFileReader.Chunk] {
    var reader = EventFileReader(
        feed(bytes, pieces: pieces), as: format, source: "file", rules: rules, received: received)
    var chunks: [EventFileReader.Chunk] = []
    while let chunk = try reader.next(count) { chunks.append(chunk) }
    return chunks
}

@Suite struct EventFileReaderTests {
    static let line = #"{"type":"track","event":"e","userId":"u"}"#

    @Test("Good lines land beside bad ones, which know their line", arguments: [1, 2, 7, 1_000_000])
    func goodBesideBad(pieces: Int) throws {
        let text = """
            \u{feff}{"type":"track","event":"a","userId":"1"}\r
            {"type":"track","event":"b","userId":true}

            {"type":"track",
            {"batch":[{"type":"page","anonymousId":"3"},{"type":"page"}]}
            "text"
            {"batch":7}
            {"type":"identify","userId":"4"}
            """
        let chunks = try readAll(Array(text.utf8), pieces: pieces)
        let chunk = try #require(chunks.first)
        #expect(chunks.count == 1)
        #expect(chunk.events.map { $0.userID ?? $0.anonymousID } == ["1", "3", "4"])
        #expect(chunk.rejected.map(\.line) == [2, 4, 5, 6, 7])
        #expect(chunk.rejected.map(\.pointer) == ["#/userId", "#", "#/batch/1/userId", "#", "#/batch"])
        #expect(chunk.rejected[1].code == .malformed)
        #expect(chunk.rejected[1].reason.hasPrefix("Column 17: The text ends inside an object"))
        #expect(chunk.rejected[1].message == Array(#"{"type":"track","#.utf8))
        #expect(chunk.lastLine == 8)
    }

    @Test("Chunks hold as many messages as asked, a batch whole")
    func chunks() throws {
        let text = Array(repeating: Self.line, count: 25).joined(separator: "\n")
        let chunks = try readAll(Array(text.utf8), count: 10)
        #expect(chunks.map(\.events.count) == [10, 10, 5])
        #expect(chunks.map(\.lastLine) == [10, 20, 25])

        let batch = "{\"batch\":[\(Array(repeating: Self.line, count: 8).joined(separator: ","))]}\n"
        #expect(try readAll(Array((batch + batch + batch).utf8), count: 10).map(\.events.count) == [16, 8])
    }

    @Test("An empty file holds nothing", arguments: ["", "\n", "\u{feff}", " \n\n "])
    func empty(text: String) throws {
        #expect(try readAll(Array(text.utf8)).isEmpty)
    }

    @Test(
        "A line may be as long as a batch; a longer one is rejected, the next one lands", arguments: [0, 1],
        [100, 1_000])
    func longLine(excess: Int, pieces: Int) throws {
        var rules = IngestionRules()
        rules.maximalBatchBytes = 300
        let long = Self.line + String(repeating: " ", count: 300 - Self.line.utf8.count + excess)
        let text = [Self.line, long, Self.line, long].joined(separator: "\n")
        let chunk = try #require(try readAll(Array(text.utf8), rules: rules, pieces: pieces).first)
        #expect(chunk.events.count == (excess == 0 ? 4 : 2))
        #expect(chunk.rejected.map(\.line) == (excess == 0 ? [] : [2, 4]))
        #expect(chunk.rejected.allSatisfy { $0.code == .tooLarge })
        #expect(chunk.lastLine == 4)
    }

    @Test("A line without an id gets the same one each time, equal lines different ones")
    func derivedIDs() throws {
        let text = [Self.line, Self.line, "{\"batch\":[\(Self.line),\(Self.line)]}"].joined(separator: "\n")
        let first = try readAll(Array(text.utf8)).flatMap(\.events).map(\.messageID)
        let second = try readAll(Array((text + "\r\n").utf8)).flatMap(\.events).map(\.messageID)
        #expect(first == second)
        #expect(Set(first).count == 4)
        #expect(first.allSatisfy { $0.utf8.count == 32 })
    }

    @Test("What a file's messages say of their sending does not move them")
    func noClockCorrection() throws {
        let text =
            #"{"type":"track","event":"e","userId":"u","timestamp":"2020-01-01T00:00:00Z","sentAt":"2020-01-01T00:00:05Z"}"#
        #expect(try readAll(Array(text.utf8)).first?.events.first?.eventTime == Timestamp(iso8601: "2020-01-01"))
    }

    @Test("A packed file reads as a plain one", arguments: [1, 13, 1_000_000], [1, 3])
    func gzip(pieces: Int, members: Int) throws {
        let lines = (1...300).map { "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"\($0)\"}\n" }
        let share = lines.count / members
        let bytes = (0..<members).flatMap { packed(lines[$0 * share..<($0 + 1) * share].joined()) }
        let events = try readAll(bytes, pieces: pieces).flatMap(\.events)
        #expect(events.map(\.userID) == (1...300).map { "\($0)" })
    }

    @Test("A packed file that is cut short hands out what it held, then says so")
    func truncatedGzip() throws {
        let text = (1...20_000).map { "{\"type\":\"track\",\"event\":\"e\",\"userId\":\"\($0)\"}\n" }.joined()
        let bytes = packed(text)
        var reader = EventFileReader(
            feed(Array(bytes[..<(bytes.count - 9)])), as: .messages, source: "file", received: received)
        #expect(try reader.next()?.events.count == 500)
        #expect(throws: EventFileError.file(.gzip(.cutShort))) { while try reader.next() != nil {} }
    }

    @Test("What was read before a failure lands", arguments: [1, 3, 500])
    func failure(count: Int) throws {
        let lines = Array((Self.line + "\n" + Self.line + "\n" + Self.line + "\n{\"type\"").utf8)
        var isRead = false
        let feed = ByteFeed { buffer throws(FileError) in
            guard !isRead else { throw .cannotRead(reason: "Input/output error") }
            isRead = true
            buffer.copyBytes(from: lines)
            return lines.count
        }
        var reader = EventFileReader(feed, as: .messages, source: "file", received: received)
        var events = 0
        #expect(throws: EventFileError.file(.cannotRead(reason: "Input/output error"))) {
            while let chunk = try reader.next(count) { events += chunk.events.count }
        }
        #expect(events == 3)
    }

    @Test("A file that is not there is an error that says why")
    func missingFile() {
        let error = #expect(throws: FileError.self) { try ByteFeed(path: "no-such-folder/events.ndjson") }
        #expect(error?.description == "The file cannot be read: No such file or directory.")
    }
}
