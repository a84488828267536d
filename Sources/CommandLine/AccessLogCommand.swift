import ArgumentParser
import Foundation
import WeirAccess
import WeirJSON
import WeirReporting
import WeirServer
import WeirStorage

/// `weir audit access`
struct AccessLogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Shows who did what: sign-ins, refusals, changes, looks at customers.",
        discussion: """
            With --checkpoint it says where the log stands: keep that line outside the store and verify against it. Works
            beside a running server.

            Examples:
              weir audit access --store weir.db
              weir audit access --checkpoint --store weir.db >> checkpoints.txt
            """)

    @Option(help: "Only entries with a greater number.")
    var after: Int64 = 0

    @Option(help: "At most so many, in 1...1000.")
    var limit = 100

    @Flag(help: "Only say where the log stands.")
    var checkpoint = false

    @OptionGroup var result: ResultOptions
    @OptionGroup var server: ServerOptions
    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard after >= 0 else { throw ValidationError("--after: “\(after)” is no entry's number; give 0 or more.") }
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit: “\(limit)” is not in 1...1000.") }
    }

    func run() async throws {
        if checkpoint {
            let text: String
            if let client = server.client {
                text = try await client.send("GET", "/v1/access-log/checkpoint")["checkpoint"]?.string ?? ""
            } else {
                text = try AccessChain.checkpoint(of: try store.openForReading()).description
            }
            return try result.give(Answer([text], json: ["checkpoint": .string(text)]))
        }
        let entries: [JSON]
        if let client = server.client {
            entries =
                try await client.send("GET", "/v1/access-log?after=\(after)&limit=\(limit)")["entries"]?.array ?? []
        } else {
            entries = try store.openForReading().accessLog(after: after, limit: limit).map { entry in
                var writer = JSONWriter()
                writer.object { entry.write(into: &$0) }
                return try JSON(parsing: writer.bytes)
            }
        }
        let columns = ["number", "time", "actor", "action", "subject", "detail", "address", "count"]
        let table = ReportTable(name: "entries", columns: columns.map { .init($0, $0) }, of: entries)
        let lines = entries.map { entry in
            let texts = columns[1..<7].map { Redaction.onOneLine(entry[$0]?.string ?? "") }.filter { !$0.isEmpty }
            let count = entry["count"]?.integer ?? 1
            return "\(entry["number"]?.integer ?? 0)  \(texts.joined(separator: "  "))"
                + (count > 1 ? "  × \(count)" : "")
        }
        try result.give(Answer(table, empty: "The access log is empty.", lines: lines))
    }
}

/// `weir audit verify`
struct VerifyAccessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Says whether the access log is as it was written, and where not.",
        discussion: """
            Without a checkpoint it finds what was changed by hand; with one, kept outside the store, also a log that was
            written anew or cut short. Works beside a running server.

            Examples:
              weir audit verify --store weir.db
              weir audit verify --against checkpoints.txt --store weir.db
            """)

    @Option(help: "A checkpoint, or a file with one on each line.")
    var against: [String] = []

    @OptionGroup var result: ResultOptions
    @OptionGroup var store: StoreOptions

    func run() throws {
        let checkpoints = try against.flatMap { try Self.checkpoints($0) }
        let verdict = try AccessChain.verify(try store.openForReading(), against: checkpoints)
        let (text, isSound) = Self.words(verdict, checkpoints: checkpoints.count)
        try result.give(Answer([text], json: ["is_sound": .bool(isSound), "verdict": .string(text)]))
        if !isSound { throw ExitCode(ExitStatus.badVerdict.rawValue) }
    }

    private static func checkpoints(_ text: String) throws -> [AccessChain.Checkpoint] {
        if let checkpoint = AccessChain.Checkpoint(text) { return [checkpoint] }
        guard let data = FileManager.default.contents(atPath: text) else {
            throw CommandFault(
                .noInput,
                "--against: “\(text)” is neither a checkpoint nor a file. Make one: weir audit access --checkpoint")
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard !lines.isEmpty else {
            // Whoever keeps none there believes that the log was checked against something.
            throw CommandFault(
                .badInput, "\(text) holds no checkpoint. Make one: weir audit access --checkpoint >> \(text)")
        }
        return try lines.enumerated().map { index, line in
            guard let checkpoint = AccessChain.Checkpoint(String(line)) else {
                throw CommandFault(
                    .badInput,
                    "\(text), line \(index + 1): “\(line.prefix(80))” is no checkpoint. It looks like: 17 5f2c…")
            }
            return checkpoint
        }
    }

    private static func words(_ verdict: AccessChain.Verdict, checkpoints: Int) -> (String, isSound: Bool) {
        switch verdict {
        case .sound(let entries):
            let how = checkpoints == 0 ? "; without a checkpoint from outside a log written anew would pass too" : ""
            return ("\(entries) entries are as they were written\(how).", true)
        case .changed(let number):
            return ("Entry \(number) was changed, moved or taken out, or its seal was.", false)
        case .shortened(let entries, let known):
            return ("The log ends with entry \(entries), but had \(known): its end was cut off.", false)
        case .rewritten(let after, let number):
            return ("Between entry \(after) and entry \(number) the log was written anew.", false)
        }
    }
}
