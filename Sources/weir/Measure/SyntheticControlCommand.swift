import WeirGeoLift
import ArgumentParser
import WeirReporting
import WeirTables

struct SyntheticControlCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic-control",
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
    @Option(help: "Units that must not serve as donors, by commas.") var exclude = ""
    @Option(
        help:
            "column@periods, by commas; periods as 1971-1980, 1970+1975 or 1961-1969/2. None: every period before the start."
    )
    var predictors = ""
    @Option(help: "Predictors with which to choose their importances, in the same order.") var trainingPredictors = ""
    @Option(help: "Periods whose error the importances minimise (default: all before the start).") var window = ""
    @Option(help: "Further searches for importances, from random starts.") var starts = 0
    @Flag(help: "Placebos keep the treated unit's importances rather than search for their own.")
    var sharedImportances = false
    @Flag(help: "Leave the placebo test out.") var noPlacebos = false
    @OptionGroup var report: ReportOptions

    func measured() throws -> Report {
        guard starts >= 0, starts <= 1_000 else { throw ValidationError("--starts lies in 0 ... 1000.") }
        let (own, training) = (try Predictor.list(predictors), try Predictor.list(trainingPredictors))
        var columns: [String] = []
        for column in (own + training).map(\.column) where column != outcome && !columns.contains(column) {
            columns.append(column)
        }
        let table = try Table(path: input, mustBeNumbers: [outcome] + columns, mustBeCategories: [unit, time])
        let panel = try Panel(table: table, unit: unit, time: time, outcome: outcome, predictors: columns)
        var study = SyntheticControlStudy(panel: panel, outcome: outcome, treated: treated, start: start)
        study.method = method.method
        study.isDemeaned = demeaned
        study.excluded = marketNames(exclude)
        study.predictors = own
        study.trainingPredictors = training
        study.window = try Predictor.periods(window)
        study.starts = starts
        study.sharesImportances = sharedImportances
        study.hasPlacebos = !noPlacebos
        return try study.report(source: input)
    }
}
