public import WeirDifferenceInDifferences
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct DifferenceInDifferencesCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: DifferenceInDifferencesRequest.kind,
        abstract: "What a treatment changed in some units, against others over the same time.",
        discussion: """
            The file has one row per unit and time, with the outcome, and says who was treated when: by a column with the first
            treated time of the unit (empty for never), or by one with 1 in the rows in which it was treated.

              weir measure difference-in-differences --input stores.csv --unit store --time week --outcome sales \\
                  --treated-from rollout
              weir measure difference-in-differences --input stores.csv --unit store --time week --outcome sales \\
                  --treated discount --cluster region --format html --output report.html
            """)

    @Option(help: "CSV with one row per unit and time (packed with gzip or not).") var input: String
    @Option(help: "Column of the units.") var unit = "unit"
    @Option(help: "Column of the times: dates or whole numbers.") var time = "time"
    @Option(help: "Column of the outcome.") var outcome = "outcome"
    @Option(help: "Column of the unit's first treated time, empty for never.") var treatedFrom: String?
    @Option(help: "Column with 1 where the unit was treated, else 0.") var treated: String?
    @Option(help: "Column of groups of units whose errors go together (default: each unit by itself).")
    var cluster: String?
    @Option(help: "never-treated or not-yet-treated (default: never-treated where there are any).")
    var controls: GroupTimeEffects.Controls?
    @Option(help: "Share of cases in which the range holds the truth.") var confidence = 0.95
    @Option(help: "Draws of the bootstrap for few clusters.") var draws = 1999
    @Option(help: "Seed of the bootstrap.") var seed: UInt64 = 1
    @Option(help: "Currency of the outcome, where it is money.") var currency: String?
    @OptionGroup var report: ReportOptions

    var request: DifferenceInDifferencesRequest {
        var request = DifferenceInDifferencesRequest()
        request.input = MeasuredFile(path: input)
        request.unit = unit
        request.time = time
        request.outcome = outcome
        request.treatedFrom = treatedFrom
        request.treated = treated
        request.cluster = cluster
        request.controls = controls
        request.confidence = confidence
        request.draws = draws
        request.seed = seed
        request.currency = currency
        return request
    }
}

extension GroupTimeEffects.Controls: ExpressibleByArgument {}
