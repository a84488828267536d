import WeirResponseTime
import ArgumentParser
import WeirDomain
import WeirLogInsight
import WeirReporting
import WeirStorage
import WeirStores
import WeirTables

struct ResponseTimeCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "response-time",
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
    }

    func measured() throws -> Report {
        guard let input else { return try measured(in: store ?? "") }
        let table = try Table(
            path: input, mustBeNumbers: ["value", "outcome"], mustBeCategories: ["trigger", "signal", "treated"])
        let last = try end.map { text in
            guard let moment = Timestamp(iso8601: text) else {
                throw ValidationError("--end “\(text)” is no moment. Write 2025-03-01T00:00:00Z.")
            }
            return Double(moment.microseconds) / 1e6
        }
        var log = try ResponseLog(table, end: last)
        log.warnings += table.faults
        return log.report(
            .init(
                halfLifeSeconds: try valueHalfLife.map { try seconds($0, "--value-half-life") },
                referenceSeconds: try reachable.map { try seconds($0, "--reachable") },
                unit: currency.map { .money($0) } ?? .number()),
            data: ["\(input): \(table.rows) rows."])
    }

    private func measured(in path: String) throws -> Report {
        let store = try StoreLocation(path).openForReading()
        let progress = ProgressLine("Reading decisions")
        let total = try store.counts().decisions
        defer { progress.finish() }
        return try responseReport(store: store) { progress.show($0, of: total) }
    }

    private func seconds(_ text: String, _ option: String) throws -> Double {
        let units: [(String, Double)] = [("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            if let number = Double(text.dropLast(unit.count)), number > 0, number.isFinite { return number * factor }
        }
        throw ValidationError("\(option) “\(text)” is no length of time. Write 90s, 15min, 6h or 2d.")
    }
}
