import WeirGeoLift
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct SyntheticControlCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: SyntheticControlRequest.kind,
        abstract: "Compares one treated unit with a weighted mix of others, with a placebo test.",
        discussion: """
            The file has one row per unit and period. Predictors are means of columns over periods. Examples:

              weir measure synthetic-control --input sales.csv --unit region --time week --outcome sales --treated north \\
                --start 2024-03-04 --demeaned
              weir measure synthetic-control --input gdp.csv --unit country --time year --outcome gdp --treated "West Germany" \\
                --start 1990 --predictors "gdp@1981-1990,schooling@1980+1985" --window 1981-1990
            """)

    @Option(help: "CSV file with one row per unit and period.") var input: String
    @Option(help: "Column with the unit.") var unit = "unit"
    @Option(help: "Column with the date or number of the period.") var time = "time"
    @Option(help: "Column with what is compared.") var outcome: String
    @Option(help: "The treated unit.") var treated: String
    @Option(help: "First period of the treatment.") var start: String
    @Option(help: "classic, ridge or robust.") var method = SyntheticMethodOption.classic
    @Flag(help: "Match movements about each unit's mean rather than levels.") var demeaned = false
    @Option(help: "Units that must not serve as donors, by commas; may be repeated.") var exclude: [String] = []
    @Option(
        help:
            "column@periods, by commas; periods as 1971-1980, 1970+1975 or 1961-1969/2. None: every period before the start."
    )
    var predictors: [String] = []
    @Option(help: "Predictors with which to choose their importances, in the same order.")
    var trainingPredictors: [String] = []
    @Option(help: "Periods whose error the importances minimise (default: all before the start).") var window = ""
    @Option(help: "Further searches for importances, from random starts (default: 8, fewer for large studies).")
    var starts: Int?
    @Flag(help: "Placebos keep the treated unit's importances rather than search for their own.")
    var sharedImportances = false
    @Flag(help: "Leave the placebo test out.") var noPlacebos = false
    @OptionGroup var report: ReportOptions

    var request: SyntheticControlRequest {
        var request = SyntheticControlRequest()
        request.input = MeasuredFile(path: input)
        request.unit = unit
        request.time = time
        request.outcome = outcome
        request.treated = treated
        request.start = start
        request.method = method
        request.demeaned = demeaned
        request.exclude = exclude
        request.predictors = predictors
        request.trainingPredictors = trainingPredictors
        request.window = window
        request.starts = starts
        request.sharedImportances = sharedImportances
        request.noPlacebos = noPlacebos
        return request
    }
}
