import Foundation
import NIOCore
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirServer

/// Sends a file to a running server, in pieces that it can take, each with the header of its table.
struct FileForwarding {
    private let client: ServerClient
    private let source: String
    /// Whether the server hands back what it refuses, in place of keeping it in its quarantine.
    private let wantsRefused: Bool

    /// Told of refused rows, with the line that names their columns.
    typealias Refused = ([[UInt8]], [UInt8]?) throws -> Void

    private static let pieceBytes = 4 << 20
    /// Of so many rows the server hands all back where it refuses all.
    private static let pieceRows = 40_000

    init(_ client: ServerClient, source: String, refused wantsRefused: Bool) {
        self.client = client
        self.source = source
        self.wantsRefused = wantsRefused
    }

    func send(
        _ feed: ByteFeed, _ format: EventFileReader.Format, refused: Refused
    ) async throws -> FileIntake.Count {
        switch format {
        case .messages: try await sendLines(LineReader(ByteFeed(feed, decoding: nil), limit: 1 << 20), refused: refused)
        case .table(let mapping): try await sendTable(feed, mapping, refused: refused)
        }
    }

    /// Some lines of a file, so far.
    private struct Piece {
        var bytes: [UInt8] = []
        /// Of the file: where the piece begins, and the one after its last.
        var firstLine = 0
        var nextLine = 0
        let header: [UInt8]?

        init(header: [UInt8]?) { self.header = header }

        private var rows = 0

        var isEmpty: Bool { bytes.isEmpty }
        var isFull: Bool { bytes.count >= FileForwarding.pieceBytes || rows >= FileForwarding.pieceRows }

        /// Appends a row that begins at a line of the file, behind as many empty lines as are missing before it.
        mutating func append(_ row: UnsafeRawBufferPointer, at line: Int, next: Int) {
            if bytes.isEmpty {
                firstLine = line
                nextLine = line
                if let header {
                    bytes = header + [UInt8(ascii: "\n")]
                    firstLine -= 1
                }
            }
            while nextLine < line {
                bytes.append(UInt8(ascii: "\n"))
                nextLine += 1
            }
            bytes += row
            bytes.append(UInt8(ascii: "\n"))
            rows += 1
            nextLine = next
        }
    }

    private func sendLines(_ reader: LineReader, refused: Refused) async throws -> FileIntake.Count {
        var total = FileIntake.Count()
        var piece = Piece(header: nil)
        while let step = try reader.next() {
            switch step {
            case .line(let text): piece.append(text, at: reader.line, next: reader.line + 1)
            case .tooLong(let beginning): piece.append(beginning, at: reader.line, next: reader.line + 1)
            }
            if piece.isFull { try await send(&piece, nil, &total, refused) }
        }
        try await send(&piece, nil, &total, refused)
        return total
    }

    private func sendTable(
        _ feed: ByteFeed, _ mapping: CSVMapping, refused: Refused
    ) async throws -> FileIntake.Count {
        let opening = try TableOpening(feed, mapping)
        let table = try CSVReader(opening.feed, separator: opening.separator, longestRow: 1 << 20)
        let missing = mapping.columns.filter { !table.names.contains($0) }
        guard missing.isEmpty else { throw EventFileError.missingColumns(missing, header: table.names) }
        // What is sent has neither titles nor another encoding.
        var sent = mapping
        (sent.skip, sent.encoding) = (0, .utf8)
        sent.delimiter = String(UnicodeScalar(table.separator))
        let mappingText = try JSONEncoder().encode(sent).base64EncodedString()
        var total = FileIntake.Count()
        var piece = Piece(header: table.header)
        while let step = try table.next() {
            switch step {
            case .row(let row): piece.append(row.raw, at: table.line, next: table.nextLine)
            case .fault: piece.append(table.faultyLine, at: table.line, next: table.nextLine)
            }
            if piece.isFull { try await send(&piece, mappingText, &total, refused) }
        }
        try await send(&piece, mappingText, &total, refused)
        return total
    }

    private func send(
        _ piece: inout Piece, _ mapping: String?, _ total: inout FileIntake.Count, _ refused: Refused
    ) async throws {
        guard !piece.isEmpty else { return }
        let name = source.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? source
        let path =
            "/v1/ingest/\(mapping == nil ? "messages" : "own")?source=\(name)&line=\(piece.firstLine)"
            + "&quarantine=\(wantsRefused ? "false" : "true")"
        let answer = try await client.send(
            "POST", path, bytes: piece.bytes, mapping == nil ? "application/x-ndjson" : "text/csv; charset=utf-8",
            headers: mapping.map { [("Weir-Mapping", $0)] } ?? [], timeout: .minutes(10))
        var count = FileIntake.Count()
        count.accepted = Int(answer["accepted"]?.integer ?? 0)
        count.duplicates = Int(answer["duplicates"]?.integer ?? 0)
        count.refused = Int(answer["refused"]?.integer ?? 0)
        count.leftOut = Int(answer["left_out"]?.integer ?? 0)
        for member in answer["left_out_by"]?.members ?? [] {
            count.leftOutBy[member.name] = Int(member.value.integer ?? 0)
        }
        count.notKept = Int(answer["notKept"]?.integer ?? 0)
        total.include(count)
        if wantsRefused {
            let rows = (answer["rejected"]?.array ?? []).compactMap { $0["message"]?.string.map { Array($0.utf8) } }
            try refused(rows, piece.header)
        }
        piece = Piece(header: piece.header)
    }
}
