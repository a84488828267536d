public import WeirExperiments
public import ArgumentParser
import Foundation
import WeirDomain
import WeirJSON
import WeirLogInsight
import WeirReporting
import WeirStorage
import WeirStores
import WeirTables

struct ExperimentCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Reads an A/B/n or switchback test: effects with ranges, guardrails, segments, and what to do.",
        discussion: """
            The input is a CSV file with a row per unit that was assigned (also those who did nothing), or with a row per arm \
            (--trials). Metrics that hold only 0 and 1 are shares, others amounts; NAME/OTHER is the ratio of two columns' sums. \
            The first metric decides; the others' p-values are adjusted for being many.

            Examples:
              weir measure experiment --input units.csv --arm arm --unit customer --metric converted --metric revenue \
            --covariate revenue=pre_revenue --segment tier --control A
              weir measure experiment --input units.csv --arm arm --metric revenue/orders --sequential --guardrail \
            returned=2% --lower-is-better returned --metric returned
              weir measure experiment --input counts.csv --arm arm --trials visitors --metric buyers --bayes
              weir measure experiment --input hours.csv --arm arm --period hour --metric revenue --output report.html
              weir measure experiment --cases reference.json --json
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "CSV file (packed with gzip or not; - is the standard input).")
    var input: String?
    @Option(help: "The column that names the arm.")
    var arm: String?
    @Option(help: "Which arm is the control (default: the first by name).")
    var control: String?
    @Option(help: "The column with the unit's id; finds units that come twice or in two arms.")
    var unit: String?
    @Option(help: "A column to compare, or two as NUMERATOR/DENOMINATOR; may be repeated, the first decides.")
    var metric: [String] = []
    @Option(help: "With a row per arm: the column with the number of units; metrics are then numbers of successes.")
    var trials: String?

    @Option(
        help: "METRIC=COLUMN with its value before the test, which takes noise away; just COLUMN for the first amount.")
    var covariate: [String] = []
    @Option(help: "A column known before the test; the arms are weighted to one mix of its values.")
    var stratum: String?
    @Option(help: "A column in whose values the effect is looked at too; may be repeated.")
    var segment: [String] = []
    @Option(help: "Of a switchback test: the column that names the period, which has one arm as a whole.")
    var period: String?
    @Option(
        help:
            "A column with the time of the first exposure: seconds since 1970, or 2026-03-01, or 2026-03-01T08:00:00Z.")
    var time: String?
    @Option(help: "Planned shares as A=0.5,B=0.5 (default: the same for each arm).")
    var shares: String?

    @Option(
        help: "METRIC=MARGIN that may not be lost, such as returned=2%; just METRIC tolerates nothing. May be repeated."
    )
    var guardrail: [String] = []
    @Option(help: "A metric of which less is better; may be repeated.")
    var lowerIsBetter: [String] = []
    @Option(help: "METRIC=SHARE to compare a quantile, such as revenue=0.9; may be repeated.")
    var quantile: [String] = []
    @Option(help: "Amounts are in this currency, such as EUR.")
    var currency: String?

    @Flag(help: "Ranges that hold at every look: the test may be read and stopped at any time.")
    var sequential = false
    @Option(help: "With --sequential: the number of units at which the range is to be tightest.")
    var tuning = 5_000.0
    @Option(help: "Group-sequential: which look this is and of how many, as 2/5, at equal distances.")
    var look: String?
    @Option(help: "With --look: obrien-fleming, pocock, classic-obrien-fleming or classic-pocock.")
    var shape = GroupSequentialDesign.Shape.obrienFleming
    @Flag(help: "Bayes' reading too.")
    var bayes = false
    @Option(
        help: "With --bayes: the standard deviation of relative effects believed in beforehand; 0 believes nothing.")
    var prior = 0.3
    @Option(help: "both, greater or less.")
    var side = Side.both
    @Option(help: "holm, benjamini-hochberg or none.")
    var correction = Correction.holm
    @Option(help: "Of all ranges.")
    var confidence = 0.95
    @Option(help: "The smallest relative effect that would matter, such as 5%.")
    var relevant: RelativeShare?
    @Option(help: "What the report calls the test (default: the file's name).")
    var name: String?

    @Option(help: "Reads the decision log of this store instead of a file; works beside a server.")
    var store: String?
    @Option(help: "With --store: the experiment of the catalog.")
    var id: String?

    @Option(help: "Computes the cases of a JSON file (id, kind, inputs) instead, and gives their outputs by id.")
    var cases: String?

    func run() throws {
        guard let cases else { return try report.give(try measured()) }
        guard let content = FileManager.default.contents(atPath: cases) else {
            throw ValidationError("“\(cases)” cannot be read. Name a JSON file with a list “cases”.")
        }
        print(try experimentCases(JSON(parsing: Array(content))).text)
    }

    func measured() throws -> Report {
        if let store { return try measured(in: store) }
        guard let input, let arm, !metric.isEmpty else {
            throw ValidationError("Name the file with --input, the arms' column with --arm and at least one --metric.")
        }
        let table = try Table(
            path: input, mustBeCategories: [arm, unit, stratum, period].compactMap { $0 } + segment)
        let source = ExperimentSource(table: table, command: self)
        let settings = try source.settings()
        let (result, data) =
            try trials.map { try source.aggregated(trials: $0, settings) } ?? source.perUnit(settings)
        return experimentReport(
            result,
            data: ["\(URL(fileURLWithPath: input).lastPathComponent): \(data)"] + table.faults.map { "Left out: \($0)" }
        )
    }
}

extension ExperimentCommand {
    /// From the log; how it is read and what its guardrails are says the catalog, unless --sequential says more.
    private func measured(in path: String) throws -> Report {
        guard let id, input == nil else {
            throw ValidationError("Name the experiment with --id; --store takes the place of --input.")
        }
        let store = try StoreLocation(path).openForReading()
        var settings = ExperimentSettings()
        settings.confidence = confidence
        settings.side = side
        settings.correction = correction
        if sequential { settings.reading = .alwaysValid(tuning: tuning) }
        let progress = ProgressLine("Reading the log")
        defer { progress.finish() }
        return try WeirLogInsight.experimentReport(store: store, id: ExperimentID(id), settings: settings) {
            progress.show($0, of: 0)
        }
    }
}

/// A share of one, as 0.05 or 5%.
struct RelativeShare: ExpressibleByArgument {
    var value: Double

    init?(argument: String) {
        let isPercent = argument.hasSuffix("%")
        guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else { return nil }
        value = isPercent ? number / 100 : number
    }
}

extension Side: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}
extension GroupSequentialDesign.Shape: ExpressibleByArgument {}
