import WeirResponseTime
import ArgumentParser
import WeirLogInsight
import WeirMeasuring
import WeirReporting
import WeirStorage
import WeirStores

struct ResponseTimeCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: ResponseTimeRequest.kind,
        abstract: "How long it took from signal to changed treatment, by trigger, and what the delay cost.",
        discussion: """
            Reads the decision log of a store, also beside a running server: a signal is an event that a declared feature or
            goal looks at, and it is answered by the next decision for that person. Or reads a file.

            The file has one row per signal: trigger, signal (its moment), treated (when the treatment changed; empty for not
            yet), and where known value (of an immediate response) and outcome (what came of it).

              weir measure response-time --store weir.db
              weir measure response-time --input log.csv
              weir measure response-time --input log.csv --value-half-life 6h --currency EUR
            """)

    @Option(help: "CSV with one row per signal (packed with gzip or not).") var input: String?
    @Option(help: "Reads the decision log of this store instead of a file; works beside a server.") var store: String?
    @Option(help: "When watching ended, such as 2025-03-01T00:00:00Z (default: the latest moment in the file).")
    var end: String?
    @Option(help: "Time in which a response loses half of its value, such as 90s, 15min, 6h or 2d.")
    var valueHalfLife: String?
    @Option(help: "Delay that could be reached, for the cost by outcomes (default: what a tenth stayed under).")
    var reachable: String?
    @Option(help: "Currency of value and outcome, where they are money.") var currency: String?
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard (input == nil) != (store == nil) else {
            throw ValidationError("Name a file with --input, or a store with --store.")
        }
        if store != nil, end != nil || valueHalfLife != nil || reachable != nil || currency != nil {
            throw ValidationError(
                "--end, --value-half-life, --reachable and --currency are for files: the log ends where it ends, and does not "
                    + "say what an answer is worth.")
        }
        try check()
    }

    func measured() throws -> Report {
        guard let path = store else { return try request.report() }
        let store = try StoreLocation(path).openForReading()
        let progress = ProgressLine("Reading decisions")
        let total = try store.counts().decisions
        defer { progress.finish() }
        return try responseReport(store: store) { progress.show($0, of: total) }
    }

    var request: ResponseTimeRequest {
        var request = ResponseTimeRequest()
        request.input = input.map { MeasuredFile(path: $0) }
        request.end = end
        request.valueHalfLife = valueHalfLife
        request.reachable = reachable
        request.currency = currency
        return request
    }
}
