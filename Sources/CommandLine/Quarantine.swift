import ArgumentParser
import WeirDomain
import WeirEngine
import WeirIngestion
import WeirJSON
import WeirReporting
import WeirStatistics
import WeirStorage
import WeirMeasuring

struct Quarantine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Messages that could not be accepted: list them, mend and resubmit them, or give them up.",
        discussion: """
            Example:
              weir quarantine list --store weir.db
            """,
        subcommands: [List.self, Resubmit.self, Discard.self, Purge.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what waits, why, and how to mend it.",
            discussion: """
                Works beside a running server.

                Examples:
                  weir quarantine list --store weir.db
                  weir quarantine list --url http://127.0.0.1:8080
                """)

        @Option(help: "At most so many.")
        var limit = 50

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func validate() throws { try refuse([limitFault("--limit", limit, 1...1_000_000, "messages")]) }

        func run() async throws {
            let waiting = try await waiting()
            let table = ReportTable(
                name: "messages",
                columns: ["number", "received", "source", "pointer", "reason", "message"].map { .init($0, $0) },
                rows: waiting.map { number, message in
                    [
                        .number(Double(number)), .text(message.receivedTime.iso8601), .text("\(message.source)"),
                        .text(message.pointer), .text(message.reason),
                        .text(String(decoding: message.raw, as: UTF8.self)),
                    ]
                })
            let lines = waiting.flatMap { number, message in
                [
                    "\(number)  \(message.receivedTime.iso8601)  \(message.source)  \(message.pointer)",
                    "    \(message.reason)", "    \(String(decoding: message.raw.prefix(400), as: UTF8.self))",
                ]
            }
            try result.give(Answer(table, empty: "The quarantine is empty.", lines: lines))
        }

        private func waiting() async throws -> [(number: Int64, message: QuarantinedMessage)] {
            guard let client = server.client else { return try store.openForReading().quarantine(limit: limit) }
            let answer = try await client.send("GET", "/v1/quarantine?limit=\(limit)")
            return (answer["messages"]?.array ?? []).map { entry in
                let message = entry["message"] ?? .null
                return (
                    entry["number"]?.integer ?? 0,
                    QuarantinedMessage(
                        source: SourceID(entry["source"]?.string ?? ""),
                        receivedTime: entry["received"]?.string.flatMap { Timestamp(iso8601: $0) }
                            ?? Timestamp(microseconds: 0),
                        pointer: entry["pointer"]?.string ?? "", reason: entry["detail"]?.string ?? "",
                        raw: message.string.map { Array($0.utf8) } ?? message.bytes)
                )
            }
        }
    }

    struct Resubmit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes messages in again, mended or as they are.",
            discussion: """
                Without --message the stored text is tried again, which helps after a rule has changed.

                Examples:
                  weir quarantine resubmit 17 --message '{"type": "track", "event": "Signed Up", "userId": "ada"}'
                  weir quarantine resubmit 17 18 19 --url http://127.0.0.1:8080
                """)

        @Argument(help: "Their numbers.")
        var numbers: [Int64]

        @Option(help: "The mended message, JSON; for a single number.")
        var message: String?

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func validate() throws {
            if message != nil, numbers.count != 1 {
                throw ValidationError("--message mends one message: name one number.")
            }
        }

        func run() async throws {
            if let client = server.client {
                var body: [JSON.Member] = [.init("numbers", .array(numbers.map { .integer($0) }))]
                if let message { body.append(.init("message", try JSON(parsing: message))) }
                let answer = try await client.send("POST", "/v1/quarantine/resubmit", .object(body))
                return try result.give(Answer([answer.text], json: answer))
            }
            let (numbers, mended, result) = (Set(numbers), message, result)
            try await withLocalEngine(store) { engine in
                let waiting = try engine.store.quarantined(Array(numbers))
                if waiting.isEmpty { throw CommandFault(.refused, "None of these numbers is in the quarantine.") }
                var rows: [[ReportTable.Cell]] = []
                var random = SplitMix64(seed: UInt64.random(in: .min ... .max))
                for (number, message) in waiting {
                    let raw = mended.map { Array($0.utf8) } ?? message.raw
                    let again = try Resubmission(raw, source: message.source, at: engine.clock.now, using: &random)
                    if let event = again.event {
                        _ = try await engine.collect([event.mergingUsers(true)])
                        try engine.store.removeFromQuarantine([number])
                        rows.append([.number(Double(number)), .text("accepted"), .empty])
                    } else {
                        rows.append([.number(Double(number)), .text("still refused"), .text(again.reason)])
                    }
                }
                let table = ReportTable(
                    name: "messages", columns: ["number", "outcome", "reason"].map { .init($0, $0) }, rows: rows)
                try result.give(
                    Answer(
                        table, empty: "",
                        lines: rows.map { row in
                            let reason = row[2].text.isEmpty ? "" : " " + row[2].text
                            return "\(row[0].text.replacing(",", with: "")): \(row[1].text).\(reason)"
                        }))
            }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives messages up.",
            discussion: """
                Examples:
                  weir quarantine discard 17 --store weir.db
                  weir quarantine discard 17 --url http://127.0.0.1:8080
                """)

        @Argument(help: "Their numbers.")
        var numbers: [Int64]

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func run() async throws {
            let count: Int64
            if let client = server.client {
                let body: JSON = ["numbers": .array(numbers.map { .integer($0) })]
                count = try await client.send("DELETE", "/v1/quarantine", body)["removed"]?.integer ?? 0
            } else {
                let store = try store.open()
                let waiting = try store.quarantined(numbers).map(\.number)
                count = Int64(waiting.count)
                try store.removeFromQuarantine(waiting)
                try store.close()
            }
            try result.give(Answer(["\(count) given up."], json: ["given_up": .integer(count)]))
        }
    }

    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives up many messages: of a source, of before a moment, or all.",
            discussion: """
                Examples:
                  weir quarantine purge --source webshop --store weir.db
                  weir quarantine purge --before 2026-03-01T00:00:00Z --url http://127.0.0.1:8080
                  weir quarantine purge --all
                """)

        @Option(help: "Only what came with this key.")
        var source: String?

        @Option(help: "Only what came before, ISO 8601.")
        var before: String?

        @Flag(help: "Everything; needed where neither a source nor a moment is given.")
        var all = false

        @OptionGroup var result: ResultOptions
        @OptionGroup var server: ServerOptions
        @OptionGroup var store: StoreOptions

        func validate() throws {
            if source == nil, before == nil, !all {
                throw ValidationError("Say which: --source NAME, --before MOMENT, or --all.")
            }
            if let before, Timestamp(iso8601: before) == nil {
                throw ValidationError(
                    "--before: “\(before)” is no moment; write ISO 8601, such as 2026-03-01T12:00:00Z.")
            }
        }

        func run() async throws {
            if let client = server.client {
                var body: [JSON.Member] = []
                if let source { body.append(.init("source", .string(source))) }
                if let before { body.append(.init("before", .string(before))) }
                if all { body.append(.init("all", true)) }
                return try result.giveGivenUp(try await client.send("DELETE", "/v1/quarantine", .object(body)))
            }
            let store = try store.open()
            let filter = QuarantineFilter(
                source: source.map { SourceID($0) }, before: before.flatMap { Timestamp(iso8601: $0) })
            let count = try store.purgeQuarantine(filter)
            try store.close()
            try result.giveGivenUp(["removed": .integer(Int64(count))])
        }
    }
}

extension ResultOptions {
    /// - Parameter answer: With `removed`, as the server gives it.
    fileprivate func giveGivenUp(_ answer: JSON) throws {
        let count = answer["removed"]?.integer ?? 0
        try give(Answer(["\(count) given up."], json: ["given_up": .integer(count)]))
    }
}

/// A message from the quarantine, decoded once more.
private struct Resubmission {
    var event: Event?
    var reason = ""

    init(
        _ raw: [UInt8], source: SourceID, at received: Timestamp, using random: inout SplitMix64
    ) throws {
        do {
            let body = try JSON(parsing: raw)
            let batch = JSON.object([.init("batch", .array([body]))])
            var generator = random
            let decoded = try MessageDecoder(source: source, rules: IngestionRules())
                .decode(batch, at: .batch, received: received) { Event.newMessageID(using: &generator) }
            random = generator
            event = decoded.events.first
            reason = decoded.rejected.first?.reason ?? ""
        } catch {
            reason = "\(error)"
        }
    }
}
