public import WeirDomain
package import WeirFiles
import WeirJSON

/// Reads a file of events in chunks: Segment messages line by line, or a table; either may be packed with gzip.
///
/// Memory is bounded, whatever the file holds. A bad line rejects itself only; the good ones beside it land.
public struct EventFileReader {
    public enum Format: Sendable, Equatable {
        /// Newline-delimited JSON; a line is a message or a batch.
        case messages
        /// CSV whose first record names the columns.
        case table(CSVMapping)
    }

    /// Some lines of the file.
    public struct Chunk: Sendable, Equatable {
        public var events: [Event] = []
        /// Each with its line.
        public var rejected: [RejectedMessage] = []
        /// The last line that was read, counted from 1.
        public var lastLine = 0

        public init() {}
    }

    private let decoder: MessageDecoder
    private let received: Timestamp
    private let window: ByteWindow
    private let format: Format
    /// The line after the last record read, counted from 1.
    private var line = 1
    private var parser = CSVParser(delimiter: UInt8(ascii: ","))
    private var rows: CSVRowReader?
    /// Why reading ended, to be told after the messages before it were handed out.
    private var failure: EventFileError?

    /// - Parameters:
    ///   - received: What counts as the events' arrival; an event without a timestamp happened then.
    package init(
        _ feed: ByteFeed, as format: Format, source: SourceID, rules: IngestionRules = IngestionRules(),
        received: Timestamp
    ) {
        var rules = rules
        rules.correctsClocks = false
        decoder = MessageDecoder(source: source, rules: rules)
        window = ByteWindow(feed, limit: rules.maximalBatchBytes + 2)
        self.format = format
        self.received = received
        if case .table(let mapping) = format, let delimiter = mapping.delimiter.utf8.first {
            parser = CSVParser(delimiter: delimiter)
        }
    }

    /// Reads about that many messages; a line that holds a batch is read whole.
    ///
    /// - Returns: Nil at the end.
    /// - Throws: `EventFileError`; all that could be read before has then been handed out.
    package mutating func next(_ count: Int = 500) throws(EventFileError) -> Chunk? {
        if line == 1 { try begin() }
        var decoded = DecodedMessages()
        decoded.events.reserveCapacity(count)
        do throws(EventFileError) {
            if let failure { throw failure }
            while decoded.events.count + decoded.rejected.count < count {
                let isMore = rows == nil ? try readLine(into: &decoded) : try readRow(into: &decoded)
                guard isMore else { break }
            }
        } catch {
            guard !decoded.events.isEmpty || !decoded.rejected.isEmpty else { throw error }
            failure = error
        }
        guard !decoded.events.isEmpty || !decoded.rejected.isEmpty else { return nil }
        var chunk = Chunk()
        chunk.events = decoded.events
        chunk.rejected = decoded.rejected
        chunk.lastLine = line - 1
        return chunk
    }

    /// Skips a byte order mark and reads the header.
    private mutating func begin() throws(EventFileError) {
        while window.unread.count < 3, try window.fetch() {}
        if window.unread.starts(with: [0xef, 0xbb, 0xbf]) { window.skip(3) }
        guard case .table(let mapping) = format, rows == nil else { return }
        switch try parseRecord() {
        case .record(let length, let lines) where length > 0:
            let names = parser.fields.map { parser.text($0, in: window.unread) }
            let header = names.compactMap { $0 }
            guard header.count == names.count else {
                throw .badHeader(reason: "it is not UTF-8; save the table as UTF-8.")
            }
            rows = try CSVRowReader(mapping, header: header)
            window.skip(length)
            line += lines
        case .fault(let reason, let column): throw .badHeader(reason: "column \(column): \(reason)")
        default: throw .badHeader(reason: "the file is empty.")
        }
    }

    // MARK: Lines

    /// Reads one line; returns false at the end.
    private mutating func readLine(into decoded: inout DecodedMessages) throws(EventFileError) -> Bool {
        guard let length = try findLineEnd() else { return try skipLongLine(into: &decoded) }
        guard length > 0 else { return false }
        let text = UnsafeRawBufferPointer(rebasing: window.unread[..<length].trimmingLineEnd)
        guard text.count <= decoder.rules.maximalBatchBytes else { return try skipLongLine(into: &decoded) }
        defer {
            window.skip(length)
            line += 1
        }
        guard text.contains(where: { $0 > 0x20 }) else { return true }

        let firstRejected = decoded.rejected.count
        do throws(JSONParsingError) {
            try decode(JSON(parsing: text), from: text, into: &decoded)
        } catch {
            reject(.malformed, "#", "Column \(error.column): \(error.message)", text, into: &decoded)
        }
        for index in firstRejected..<decoded.rejected.count { decoded.rejected[index].line = line }
        return true
    }

    private func decode(_ body: JSON, from text: UnsafeRawBufferPointer, into decoded: inout DecodedMessages) {
        var count: UInt64 = 0
        let line = UInt64(line)
        func newMessageID() -> String {
            // Equal lines are equal events that happened twice, so the line's number counts too.
            count += 1
            return Event.derivedMessageID(from: text, salt: line << 16 | count)
        }
        guard body["batch"] == nil else {
            do throws(IngestionError) {
                let batch = try decoder.decode(body, at: .batch, received: received, newMessageID: newMessageID)
                decoded.events += batch.events
                decoded.rejected += batch.rejected
            } catch {
                reject(.malformed, "#/batch", error.description, text, into: &decoded)
            }
            return
        }
        let batch = MessageDecoder.Batch(received: received, pointer: "#")
        decoder.decode(body, as: nil, of: batch, newMessageID: newMessageID, into: &decoded)
    }

    /// The length of the next line with its line end; 0 at the end, nil where it is too long.
    private func findLineEnd() throws(EventFileError) -> Int? {
        var searched = 0
        while true {
            let unread = window.unread
            if let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) { return end + 1 }
            searched = unread.count
            guard try window.fetch() else { return window.isAtEnd ? searched : nil }
        }
    }

    private mutating func skipLongLine(into decoded: inout DecodedMessages) throws(EventFileError) -> Bool {
        let reason =
            "The line is longer than \(decoder.rules.maximalBatchBytes) bytes; "
            + "put each message on a line of its own."
        let beginning = window.unread.prefix(min(1024, decoder.rules.maximalBatchBytes))
        reject(.tooLarge, "#", reason, UnsafeRawBufferPointer(rebasing: beginning), into: &decoded)
        while !window.unread.contains(UInt8(ascii: "\n")) {
            window.skip(window.unread.count)
            guard try window.fetch() else { break }
        }
        if let end = window.unread.firstIndex(of: UInt8(ascii: "\n")) { window.skip(end + 1) }
        line += 1
        return true
    }

    // MARK: Rows

    /// Reads one row; returns false at the end.
    private mutating func readRow(into decoded: inout DecodedMessages) throws(EventFileError) -> Bool {
        guard let rows else { return false }
        switch try parseRecord() {
        case .record(length: 0, _): return false
        case .record(let length, let lines):
            let bytes = UnsafeRawBufferPointer(rebasing: window.unread[..<length].trimmingLineEnd)
            defer {
                window.skip(length)
                line += lines
            }
            guard !bytes.isEmpty else { return true }
            do throws(MessageFault) {
                let message = try rows.message(parser, in: bytes)
                let firstRejected = decoded.rejected.count
                decode(message, from: bytes, into: &decoded)
                for index in firstRejected..<decoded.rejected.count {
                    name(column: rows, of: &decoded.rejected[index], bytes)
                }
            } catch {
                let pointer = error.field.isEmpty ? "#" : "#/\(error.field.escapedForPointer)"
                reject(error.code, pointer, error.reason, bytes, into: &decoded)
            }
        case .fault(let reason, let column):
            // The record cannot be trusted beyond its first line, so reading goes on behind that.
            guard let length = try findLineEnd() else { return try skipLongLine(into: &decoded) }
            let bytes = UnsafeRawBufferPointer(rebasing: window.unread[..<length].trimmingLineEnd)
            reject(.malformed, "#", "Column \(column): \(reason)", bytes, into: &decoded)
            window.skip(length)
            line += 1
        case .needsMore:
            return try skipLongLine(into: &decoded)
        }
        return true
    }

    private mutating func parseRecord() throws(EventFileError) -> CSVParser.Outcome {
        while true {
            let outcome = parser.parse(window.unread, isWhole: window.isAtEnd)
            guard outcome == .needsMore else { return outcome }
            let isMore = try window.fetch()
            guard isMore || window.isAtEnd else { break }
        }
        // The window is full: either one line is too long, or a forgotten quote swallows line after line.
        guard window.unread.contains(UInt8(ascii: "\n")) else { return .needsMore }
        let reason = "a quote is opened and not closed within \(window.limit) bytes; close it, or double it."
        return .fault(reason, column: parser.fields.count + 1)
    }

    // MARK: Rejections

    /// Says which column a rejected field came from.
    private func name(column rows: CSVRowReader, of rejected: inout RejectedMessage, _ bytes: UnsafeRawBufferPointer) {
        rejected.line = line
        rejected.message = [UInt8](bytes)
        let field = String(rejected.pointer.dropFirst(2))
        guard let column = rows.column(of: field) else { return }
        rejected.pointer = "#/\(column.escapedForPointer)"
        if column != field { rejected.reason += " It is read from the column “\(column)”." }
    }

    private func reject(
        _ code: RejectedMessage.Code, _ pointer: String, _ reason: String, _ bytes: UnsafeRawBufferPointer,
        into decoded: inout DecodedMessages
    ) {
        decoded.rejected.append(
            RejectedMessage(
                code: code, pointer: pointer, reason: reason, message: [UInt8](bytes), line: line))
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var trimmingLineEnd: Slice<UnsafeRawBufferPointer> {
        let end = lastIndex { !$0.isLineEnd }.map { $0 + 1 } ?? startIndex
        return self[startIndex..<end]
    }
}

extension String {
    /// As JSON Pointers (RFC 6901) write a name.
    fileprivate var escapedForPointer: String {
        guard contains("~") || contains("/") else { return self }
        return split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}
