import ArgumentParser
import WeirDomain
import WeirMeasurement
import WeirReporting
import WeirTables

struct ResponseTimeCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "response-time",
        abstract: "How long it took from signal to changed treatment, by trigger, and what the delay cost.",
        discussion: """
            The file has one row per signal: trigger, signal (its moment), treated (when the treatment changed; empty for not
            yet), and where known value (of an immediate response) and outcome (what came of it).

              weir measure response-time --input log.csv
              weir measure response-time --input log.csv --value-half-life 6h --currency EUR
            """)

    @Option(help: "CSV with one row per signal (packed with gzip or not).") var input: String
    @Option(help: "When watching ended, such as 2025-03-01T00:00:00Z (default: the latest moment in the file).")
    var end: String?
    @Option(help: "Time in which a response loses half of its value, such as 90s, 15min, 6h or 2d.")
    var valueHalfLife: String?
    @Option(help: "Delay that could be reached, for the cost by outcomes (default: what a tenth stayed under).")
    var reachable: String?
    @Option(help: "Currency of value and outcome, where they are money.") var currency: String?
    @OptionGroup var report: ReportOptions

    func measured() throws -> Report {
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

    private func seconds(_ text: String, _ option: String) throws -> Double {
        let units: [(String, Double)] = [("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            if let number = Double(text.dropLast(unit.count)), number > 0, number.isFinite { return number * factor }
        }
        throw ValidationError("\(option) “\(text)” is no length of time. Write 90s, 15min, 6h or 2d.")
    }
}
