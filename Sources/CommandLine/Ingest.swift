import ArgumentParser
import Foundation
import WeirAccess
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirIngestion
import WeirJSON
import WeirReporting
import WeirServer
import WeirStorage

struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads events from files: NDJSON or CSV, plain or gzip.",
        discussion: """
            A bad line goes into the quarantine and the good ones beside it land. Reading a file twice counts it once.
            Where more lines of a file are refused than land, the exit status is 1.

            Examples:
              weir ingest events.ndjson.gz --store weir.db
              weir ingest orders.csv --mapping orders.yaml --source till
              weir ingest orders_export.csv --mapping shopify-orders --url http://127.0.0.1:8080
              weir ingest --try orders.csv
            """)

    @Flag(name: .customLong("try"), help: "Only show what the first rows would become; without --mapping, propose one.")
    var isTrial = false

    @Option(help: "A file for what is refused, to be mended and read again; it then does not go into the quarantine.")
    var refused: String?

    @OptionGroup var input: EventFileOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        if isTrial {
            for file in input.files { try result.give(try FileTrial(file, input).answer()) }
            return
        }
        let format = try input.format()
        let (counts, failure) = try await count(format)
        if failure == nil || !counts.isEmpty { try give(counts) }
        if let failure { throw failure }
        if counts.contains(where: \.isMostlyRefused) { throw ExitCode(ExitStatus.badVerdict.rawValue) }
    }

    /// What came of a file.
    private struct FileCount: Sendable {
        var file: String
        var total: FileIntake.Count
        var rate: Int

        /// Whether more was refused than landed.
        var isMostlyRefused: Bool { total.refused > total.accepted + total.duplicates }
    }

    private func count(_ format: EventFileReader.Format) async throws -> ([FileCount], (any Error)?) {
        let refusedRows = try refused.map { try RefusedRows($0, format) }
        if let client = server.client {
            return await count { file in
                try await FileForwarding(client, source: input.source, refused: refusedRows != nil)
                    .send(try input.feed(file), format) { try refusedRows?.append($0, header: $1) }
            }
        }
        return try await withLocalEngine(store) { engine in
            await count { file in
                var rules = IngestionRules()
                if let plan = engine.plan { rules.amounts = AmountFields(of: plan.catalog) }
                let source = SourceID(input.source)
                var reader = EventFileReader(
                    try input.feed(file), as: format, source: source, rules: rules, received: engine.clock.now)
                let bar = ProgressLine(file)
                defer { bar.finish() }
                var intake = FileIntake(into: engine, from: source, keepsRefused: refusedRows == nil)
                return try await intake.read(
                    &reader, refused: { try refusedRows?.append($0.rejected.map(\.message), header: $0.header) },
                    progress: { bar.show($0.accepted + $0.duplicates, of: 0, "events") })
            }
        }
    }

    /// Reads the files in turn; where one fails, what the files before it held has landed and is told.
    private func count(_ read: (String) async throws -> FileIntake.Count) async -> ([FileCount], (any Error)?) {
        var counts: [FileCount] = []
        for file in input.files {
            let start = ContinuousClock.now
            do {
                let total = try await read(file)
                let seconds = start.duration(to: .now) / .seconds(1)
                let rate = Int(Double(total.accepted + total.duplicates) / max(seconds, 1e-6))
                counts.append(FileCount(file: file, total: total, rate: rate))
            } catch {
                return (counts, error)
            }
        }
        return (counts, nil)
    }

    private func give(_ read: [FileCount]) throws {
        let place = refused == nil ? "in quarantine" : "refused"
        var lines = read.map { count in
            let reasons = count.total.leftOutBy.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            let leftOut = count.total.leftOut > 0 ? " \(count.total.leftOut) rows left out: \(reasons)." : ""
            return "\(count.file): \(count.total.accepted) events, \(count.total.duplicates) known already, "
                + "\(count.total.refused) \(place); \(count.rate) a second." + leftOut
        }
        for count in read where count.isMostlyRefused {
            lines.append(
                "\(count.file): \(count.total.accepted + count.total.duplicates == 0 ? "nothing" : "little") landed. "
                    + "See what the first rows would become: weir ingest --try \(count.file)")
        }
        for count in read where count.total.notKept > 0 {
            lines.append(
                "\(count.file): \(count.total.notKept) of them are only counted, since there were so many. Mend the file and "
                    + "read it again.")
        }
        if read.contains(where: { $0.total.refused > 0 }) {
            if let refused {
                lines.append("They are in \(refused): mend them there and read it as you read the file.")
            } else {
                let beside = server.url.map { "GET \($0)/v1/quarantine" }
                lines.append("See them: \(beside ?? "weir quarantine list --store \(store.store)")")
            }
        }
        let table = ReportTable(
            name: "files",
            columns: ["file", "accepted", "known_already", "quarantined", "a_second"].map { .init($0, $0) },
            rows: read.map {
                [
                    .text($0.file), .count($0.total.accepted), .count($0.total.duplicates), .count($0.total.refused),
                    .count($0.rate),
                ]
            })
        try result.give(Answer(table, empty: "", lines: lines))
    }
}

/// Writes refused rows into a file that can be read like the one they come from.
private final class RefusedRows {
    private let file: FileHandle
    private let skippedLines: Int
    private var hasHeader = false

    init(_ path: String, _ format: EventFileReader.Format) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else { throw CommandFault(.cannotWrite, "--refused: “\(path)” cannot be written. Name another file.") }
        self.file = file
        if case .table(let mapping) = format { skippedLines = mapping.skip } else { skippedLines = 0 }
    }

    /// - Parameter header: The line that names a table's columns; nil where the rows are messages.
    func append(_ rows: [[UInt8]], header: [UInt8]?) throws {
        guard !rows.isEmpty else { return }
        var bytes: [UInt8] = []
        if !hasHeader, let header {
            // The mark says that this is UTF-8, whatever the mapping says of the file it comes from.
            bytes += [0xef, 0xbb, 0xbf] + [UInt8](repeating: UInt8(ascii: "\n"), count: skippedLines)
            bytes += header + [UInt8(ascii: "\n")]
        }
        hasHeader = true
        for row in rows { bytes += row + [UInt8(ascii: "\n")] }
        try file.write(contentsOf: Data(bytes))
    }
}

extension QuarantinedMessage {
    init(_ rejected: RejectedMessage, source: SourceID, _ received: Timestamp) {
        let line = rejected.line.map { "line \($0): " } ?? ""
        self.init(
            source: source, receivedTime: received, pointer: rejected.pointer,
            reason: line + Redaction.withoutKeys(rejected.reason),
            raw: Redaction.withoutKeys(rejected.message))
    }
}
