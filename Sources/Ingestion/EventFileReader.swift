package import WeirDomain
package import WeirFiles
import WeirJSON
import WeirLimits

/// Reads a file of events in chunks: Segment messages line by line, or a table; either may be packed with gzip.
///
/// Memory is bounded, whatever the file holds. A bad line rejects itself only; the good ones beside it land.
package struct EventFileReader {
    package enum Format: Sendable, Equatable {
        /// Newline-delimited JSON; a line is a message or a batch.
        case messages
        /// CSV whose first record names the columns.
        case table(CSVMapping)
    }

    /// Some lines of the file.
    package struct Chunk: Sendable, Equatable {
        package var events: [Event] = []
        /// Each with its line.
        package var rejected: [RejectedMessage] = []
        /// The last line that was read, counted from 1.
        package var lastLine = 0
        /// Rows that add others up or do not meet the mapping's condition.
        package var leftOut = 0
        /// Those rows by what says that they do not count.
        package var leftOutBy: [String: Int] = [:]
        /// Messages that were refused beyond those of their line that are kept.
        package var notKept = 0
        /// Of the lines that were read.
        package var bytes = 0
        /// The line that names a table's columns; nil where there is no table.
        package var header: [UInt8]?

        package init() {}
    }

    private let decoder: MessageDecoder
    private let received: Timestamp
    private var records: Records
    /// The line after the last record read, counted from 1.
    private var nextLine = 1
    /// Why reading ended, to be told after the messages before it were handed out.
    private var failure: EventFileError?
    private var leftOut = 0
    private var leftOutBy: [String: Int] = [:]
    /// How many ways to be left out are told apart.
    private static let reasons = 12
    private var header: [UInt8]?
    private let lineOffset: Int
    /// Of the lines of the chunk that is being read.
    private var bytes = 0
    private static let bytesPerChunk = 1 << 20

    /// What the file is made of.
    private enum Records {
        case lines(LineReader)
        case rows(CSVReader, CSVRowReader)
        /// The header has not been read.
        case table(ByteFeed, CSVMapping)
    }

    /// - Parameters:
    ///   - received: What counts as the events' arrival; an event without a timestamp happened then.
    ///   - firstLine: Of the feed, in the file of which it is a piece.
    ///   - refusedPerLine: How many messages of one line, which may be a batch, are handed out where they are refused; the
    ///     others are counted. Without a limit for whoever has the file in their own hands.
    package init(
        _ feed: ByteFeed, as format: Format, source: SourceID, rules: IngestionRules = IngestionRules(),
        received: Timestamp, firstLine: Int = 1, refusedPerLine: Int = .max
    ) {
        lineOffset = firstLine - 1
        nextLine = firstLine
        var rules = rules
        rules.correctsClocks = false
        rules.limits.refusedPerBody = refusedPerLine
        decoder = MessageDecoder(source: source, rules: rules)
        self.received = received
        records =
            switch format {
            case .messages: .lines(LineReader(ByteFeed(feed, decoding: nil), limit: rules.maximalBatchBytes))
            case .table(let mapping): .table(feed, mapping)
            }
    }

    /// Reads about that many messages, or as many as a megabyte holds; a line that holds a batch is read whole.
    ///
    /// - Returns: Nil at the end.
    /// - Throws: `EventFileError`; all that could be read before has then been handed out.
    package mutating func next(_ count: Int = 500) throws(EventFileError) -> Chunk? {
        var decoded = DecodedMessages()
        decoded.events.reserveCapacity(count)
        do throws(EventFileError) {
            if let failure { throw failure }
            bytes = 0
            while decoded.events.count + decoded.rejected.count < count,
                bytes < Self.bytesPerChunk || (decoded.events.isEmpty && decoded.rejected.isEmpty)
            {
                guard try readRecord(into: &decoded) else { break }
            }
        } catch {
            failure = error
            guard !decoded.events.isEmpty || !decoded.rejected.isEmpty else { throw error }
        }
        guard !decoded.events.isEmpty || !decoded.rejected.isEmpty || leftOut > 0 else { return nil }
        var chunk = Chunk()
        (chunk.leftOut, leftOut) = (leftOut, 0)
        (chunk.leftOutBy, leftOutBy) = (leftOutBy, [:])
        chunk.events = decoded.events
        chunk.rejected = decoded.rejected
        chunk.notKept = decoded.notKept
        chunk.bytes = bytes
        chunk.lastLine = nextLine - 1
        chunk.header = header
        return chunk
    }

    /// Reads one line or row; returns false at the end.
    private mutating func readRecord(into decoded: inout DecodedMessages) throws(EventFileError) -> Bool {
        switch records {
        case .lines(let lines):
            guard let step = try next(lines) else { return false }
            if case .line(let text) = step { bytes += text.count + 1 } else { bytes += 1_024 }
            read(step, line: lines.line + lineOffset, into: &decoded)
            nextLine = lines.line + lineOffset + 1
        case .rows(let table, let rows):
            guard let step = try next(table) else { return false }
            if case .row(let row) = step { bytes += row.raw.count + 1 } else { bytes += table.faultyLine.count + 1 }
            read(step, of: table, by: rows, into: &decoded)
            nextLine = table.nextLine + lineOffset
        case .table(let feed, let mapping):
            try begin(header(feed, mapping), mapping)
        }
        return true
    }

    private func next(_ lines: LineReader) throws(EventFileError) -> LineReader.Step? {
        do throws(FileError) { return try lines.next() } catch { throw .file(error) }
    }

    private func next(_ table: CSVReader) throws(EventFileError) -> CSVReader.Step? {
        do throws(FileError) { return try table.next() } catch { throw .file(error) }
    }

    private func header(_ feed: ByteFeed, _ mapping: CSVMapping) throws(EventFileError) -> CSVReader {
        do throws(FileError) {
            let opening = try TableOpening(feed, mapping)
            return try CSVReader(
                opening.feed, separator: opening.separator, longestRow: decoder.rules.maximalBatchBytes)
        } catch { throw .file(error) }
    }

    // MARK: Lines

    private func read(_ step: LineReader.Step, line: Int, into decoded: inout DecodedMessages) {
        guard case .line(let text) = step else {
            if case .tooLong(let beginning) = step { rejectLongLine(beginning, line: line, into: &decoded) }
            return
        }
        guard text.contains(where: { $0 > 0x20 }) else { return }
        let firstRejected = decoded.rejected.count
        do throws(JSONParsingError) {
            decode(try JSON(parsing: text), from: text, line: line, into: &decoded)
        } catch {
            // Of a batch that stands in a line the good messages land beside the broken one.
            if let (body, broken) = BrokenParts.salvage(text, at: .batch), body["batch"] != nil {
                decode(body, broken, from: text, line: line, into: &decoded)
            } else {
                reject(.malformed, "#", "Column \(error.column): \(error.message)", text, line: line, into: &decoded)
            }
        }
        for index in firstRejected..<decoded.rejected.count { decoded.rejected[index].line = line }
    }

    private func decode(
        _ body: JSON, _ broken: BrokenParts = BrokenParts(), from text: UnsafeRawBufferPointer, line: Int,
        into decoded: inout DecodedMessages
    ) {
        var count: UInt64 = 0
        let salt = UInt64(line) << 16
        func newMessageID() -> String {
            // Equal lines are equal events that happened twice, so the line's number counts too.
            count += 1
            return Event.derivedMessageID(from: text, salt: salt | count)
        }
        guard body["batch"] == nil else {
            do throws(IngestionError) {
                let batch = try decoder.decode(
                    body, broken: broken, at: .batch, received: received, newMessageID: newMessageID)
                decoded.events += batch.events
                decoded.rejected += batch.rejected
                decoded.notKept += batch.notKept
            } catch {
                reject(.malformed, "#/batch", error.description, text, line: line, into: &decoded)
            }
            return
        }
        let batch = MessageDecoder.Batch(received: received, pointer: "#")
        decoder.decode(body, as: nil, of: batch, newMessageID: newMessageID, into: &decoded)
    }

    // MARK: Rows

    private mutating func begin(_ table: CSVReader, _ mapping: CSVMapping) throws(EventFileError) {
        records = .rows(table, try CSVRowReader(mapping, header: table.names))
        nextLine = table.nextLine + lineOffset
        header = table.header
    }

    private mutating func read(
        _ step: CSVReader.Step, of table: CSVReader, by rows: CSVRowReader, into decoded: inout DecodedMessages
    ) {
        let line = table.line + lineOffset
        switch step {
        case .row(let row):
            do throws(MessageFault) {
                let message: JSON
                switch try rows.message(row) {
                case .message(let read): message = read
                case .leftOut(let reason):
                    leftOut += 1
                    let isTold = leftOutBy[reason] != nil || leftOutBy.count < Self.reasons
                    leftOutBy[isTold ? reason : "are left out for other values", default: 0] += 1
                    return
                }
                let firstRejected = decoded.rejected.count
                decode(message, from: row.raw, line: line, into: &decoded)
                for index in firstRejected..<decoded.rejected.count {
                    decoded.rejected[index].line = line
                    decoded.rejected[index].message = [UInt8](row.raw)
                    rows.nameColumn(of: &decoded.rejected[index])
                }
            } catch {
                let pointer = error.field.isEmpty ? "#" : "#/\(error.field.escapedForPointer)"
                reject(error.code, pointer, error.reason, row.raw, line: line, into: &decoded)
            }
        case .fault(let fault) where fault.isTooLong:
            rejectLongLine(table.faultyLine, line: line, into: &decoded)
        case .fault(let fault):
            let place = fault.column.map { "In \($0): " } ?? ""
            reject(.malformed, "#", place + fault.reason, table.faultyLine, line: line, into: &decoded)
        }
    }

    // MARK: Rejections

    private func rejectLongLine(_ line: UnsafeRawBufferPointer, line number: Int, into decoded: inout DecodedMessages) {
        let reason =
            "The line is longer than \(decoder.rules.maximalBatchBytes) bytes; put each message on a line of its own."
        let beginning = UnsafeRawBufferPointer(rebasing: line.prefix(min(1024, decoder.rules.maximalBatchBytes)))
        reject(.tooLarge, "#", reason, beginning, line: number, into: &decoded)
    }

    private func reject(
        _ code: RejectedMessage.Code, _ pointer: String, _ reason: String, _ bytes: UnsafeRawBufferPointer, line: Int,
        into decoded: inout DecodedMessages
    ) {
        decoded.rejected.append(
            RejectedMessage(
                code: code, pointer: pointer, reason: reason, message: [UInt8](bytes), line: line))
    }
}

extension CSVRowReader {
    /// Says which column a rejected field came from.
    fileprivate func nameColumn(of rejected: inout RejectedMessage) {
        let field = String(rejected.pointer.dropFirst(2))
        guard let column = column(of: field) else { return }
        rejected.pointer = "#/\(column.escapedForPointer)"
        if column != field { rejected.reason += " It is read from the column “\(column)”." }
    }
}

extension String {
    /// As JSON Pointers (RFC 6901) write a name.
    var escapedForPointer: String {
        guard contains("~") || contains("/") else { return self }
        return split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}
