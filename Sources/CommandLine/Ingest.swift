import ArgumentParser
import Foundation
import WeirAccess
import WeirDecisioning
import WeirDomain
import WeirEngine
import WeirIngestion
import WeirJSON
import WeirReporting
import WeirStorage

struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads events from files: NDJSON or CSV, plain or gzip.",
        discussion: """
            A bad line goes into the quarantine and the good ones beside it land. Reading a file twice counts it once.
            Where not one line of a file can be accepted, the exit status is 1.

            Examples:
              weir ingest events.ndjson.gz --store weir.db
              weir ingest orders.csv --mapping orders.yaml --source till
            """)

    @OptionGroup var input: EventFileOptions
    @OptionGroup var result: ResultOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
        let format = try input.format()
        let source = SourceID(input.source)
        let (counts, failure) = try await withLocalEngine(store) { engine -> ([FileCount], (any Error)?) in
            var counts: [FileCount] = []
            for file in input.files {
                do { counts.append(try await read(file, format, source, into: engine)) } catch {
                    // What the files before it held has landed and is told.
                    return (counts, error)
                }
            }
            return (counts, nil)
        }
        if failure == nil || !counts.isEmpty { try give(counts) }
        if let failure { throw failure }
        let isRefused = { (count: FileCount) in
            count.total.quarantined > 0 && count.total.accepted + count.total.duplicates == 0
        }
        if counts.contains(where: isRefused) { throw ExitCode(ExitStatus.badVerdict.rawValue) }
    }

    /// What came of a file.
    private struct FileCount: Sendable {
        var file: String
        var total: Engine.Collected
        var rate: Int
    }

    private func give(_ read: [FileCount]) throws {
        var lines = read.map {
            "\($0.file): \($0.total.accepted) events, \($0.total.duplicates) known already, "
                + "\($0.total.quarantined) in quarantine; \($0.rate) a second."
        }
        if read.contains(where: { $0.total.quarantined > 0 }) {
            lines.append("See them: weir quarantine list --store \(store.store)")
        }
        let table = ReportTable(
            name: "files",
            columns: ["file", "accepted", "known_already", "quarantined", "a_second"].map { .init($0, $0) },
            rows: read.map {
                [
                    .text($0.file), .count($0.total.accepted), .count($0.total.duplicates),
                    .count($0.total.quarantined), .count($0.rate),
                ]
            })
        try result.give(Answer(table, empty: "", lines: lines))
    }

    private func read(
        _ file: String, _ format: EventFileReader.Format, _ source: SourceID, into engine: Engine
    ) async throws -> FileCount {
        let start = ContinuousClock.now
        let bar = ProgressLine(file)
        var rules = IngestionRules()
        if let plan = engine.plan { rules.amounts = AmountFields(of: plan.catalog) }
        var reader = EventFileReader(
            try input.feed(file), as: format, source: source, rules: rules, received: engine.clock.now)
        // A few chunks are under way at once, so that reading goes on while the last ones are committed.
        let total = try await withThrowingTaskGroup(of: Engine.Collected.self) { group in
            var total = Engine.Collected()
            var underWay = 0
            while let chunk = try reader.next(2_000) {
                let received = engine.clock.now
                let quarantined = chunk.rejected.map { QuarantinedMessage($0, source: source, received) }
                let events = chunk.events
                group.addTask { try await engine.collect(events, quarantined: quarantined) }
                underWay += 1
                if underWay >= 6, let collected = try await group.next() {
                    total.add(collected)
                    underWay -= 1
                }
                bar.show(total.accepted + total.duplicates, of: 0, "events")
            }
            for try await collected in group { total.add(collected) }
            return total
        }
        bar.finish()
        let seconds = start.duration(to: .now) / .seconds(1)
        let rate = Int(Double(total.accepted + total.duplicates) / max(seconds, 1e-6))
        return FileCount(file: file, total: total, rate: rate)
    }
}

extension Engine.Collected {
    fileprivate mutating func add(_ other: Engine.Collected) {
        accepted += other.accepted
        duplicates += other.duplicates
        quarantined += other.quarantined
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
