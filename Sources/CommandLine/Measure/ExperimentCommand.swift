public import WeirExperiments
import ArgumentParser
import WeirDomain
import WeirLogInsight
import WeirMeasuring
import WeirReporting
import WeirStorage
import WeirStores

struct ExperimentCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: ExperimentRequest.kind,
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
              weir measure experiment --input customers.csv --arm arm --cluster store --metric spend
              weir measure experiment --input counts.csv --arm arm --trials visitors --metric buyers --bayes
              weir measure experiment --input hours.csv --arm arm --period hour --metric revenue --output report.html
            """)

    @OptionGroup var report: ReportOptions

    @Option(help: "CSV file (packed with gzip or not; - is the standard input).")
    var input: String?
    @Option(help: "The column that names the arm.")
    var arm: String?
    @Option(help: "Which arm is the control (default: the first by name).")
    var control: String?
    @Option(
        help:
            "The column with the unit's id: a unit's rows are brought together, amounts added up; units in two arms are left out."
    )
    var unit: String?
    @Option(help: "The column with those who were assigned as one, such as stores of customers: errors go by it.")
    var cluster: String?
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
    @Option(
        help: "Planned shares as A=0.5,B=0.5; without them only nearly equal arms are checked, against equal shares.")
    var shares: String?

    @Option(
        help: "METRIC=MARGIN that may not be lost, such as returned=2%; just METRIC tolerates nothing. May be repeated."
    )
    var guardrail: [String] = []
    @Option(help: "A metric of which less is better; may be repeated.")
    var lowerIsBetter: [String] = []
    @Option(help: "METRIC=SHARE to compare a quantile, such as revenue=0.9; may be repeated.")
    var quantile: [String] = []
    @Option(
        help: "Amounts beyond this quantile of those other than 0 are set to it, such as 0.99; what that cuts is shown."
    )
    var winsorize: RelativeShare?
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
    @Option(parsing: .unconditional, help: "The smallest relative effect that would matter, such as 5%.")
    var relevant: RelativeShare?
    @Option(help: "What the report calls the test (default: the file's name).")
    var name: String?

    @Option(help: "Reads the decision log of this store instead of a file; works beside a server.")
    var store: String?
    @Option(help: "With --store: the experiment of the catalog.")
    var id: String?

    func validate() throws {
        guard store == nil || id != nil && input == nil else {
            throw ValidationError("Name the experiment with --id; --store takes the place of --input.")
        }
        if store == nil { try check() }
    }

    func measured() throws -> Report {
        guard let store, let id else { return try request.report() }
        return try measured(id, in: store)
    }

    var request: ExperimentRequest {
        var request = ExperimentRequest()
        request.input = input.map { MeasuredFile(path: $0) }
        request.arm = arm
        request.control = control
        request.unit = unit
        request.cluster = cluster
        request.winsorize = winsorize
        request.metric = metric
        request.trials = trials
        request.covariate = covariate
        request.stratum = stratum
        request.segment = segment
        request.period = period
        request.time = time
        request.shares = shares
        request.guardrail = guardrail
        request.lowerIsBetter = lowerIsBetter
        request.quantile = quantile
        request.currency = currency
        request.sequential = sequential
        request.tuning = tuning
        request.look = look
        request.shape = shape
        request.bayes = bayes
        request.prior = prior
        request.side = side
        request.correction = correction
        request.confidence = confidence
        request.relevant = relevant
        request.name = name
        return request
    }
}

extension ExperimentCommand {
    /// From the log; how it is read and what its guardrails are says the catalog, unless --sequential says more.
    private func measured(_ id: String, in path: String) throws -> Report {
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

extension Side: ExpressibleByArgument {}
extension Correction: ExpressibleByArgument {}
extension GroupSequentialDesign.Shape: ExpressibleByArgument {}
