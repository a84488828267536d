package import WeirMeasuring
package import WeirReporting

/// One treated unit against a weighted mix of others, by a file with one row per unit and period.
package struct SyntheticControlRequest: MeasurementRequest {
    package static let kind = "synthetic-control"

    package var input: MeasuredFile?
    /// Columns with the unit, the period, and what is compared.
    package var unit = "unit"
    package var time = "time"
    package var outcome = ""
    /// The treated unit and the first period of its treatment.
    package var treated = ""
    package var start = ""
    package var method = SyntheticMethodOption.classic
    /// Whether movements about each unit's mean are matched rather than levels.
    package var demeaned = false
    /// Units that must not serve as donors, each by itself or several by commas.
    package var exclude: [String] = []
    /// `column@periods`, each by itself or several by commas; those of training choose the importances.
    package var predictors: [String] = []
    package var trainingPredictors: [String] = []
    /// Periods whose error the importances minimise; empty for all before the start.
    package var window = ""
    /// Further searches for importances, from random starts; in 0 ... 1000. Nil for as many as the study's size allows.
    package var starts: Int?
    package var sharedImportances = false
    package var noPlacebos = false

    package init() {}

    package func check() throws {
        try refuse([starts.flatMap { limitFault("--starts", $0, 0...1_000) }])
        _ = try required(outcome, "--outcome", "the column with what is compared")
        _ = try required(treated, "--treated", "the treated unit")
        _ = try required(start, "--start", "the first period of the treatment")
        _ = (try Predictor.list(predictors), try Predictor.list(trainingPredictors), try Predictor.periods(window))
    }

    package func report() throws -> Report {
        let input = try required(input)
        let (own, training) = (try Predictor.list(predictors), try Predictor.list(trainingPredictors))
        var columns: [String] = []
        for column in (own + training).map(\.column) where column != outcome && !columns.contains(column) {
            columns.append(column)
        }
        let table = try input.table(mustBeNumbers: [outcome] + columns, mustBeCategories: [unit, time])
        let panel = try Panel(table: table, unit: unit, time: time, outcome: outcome, predictors: columns)
        var study = SyntheticControlStudy(panel: panel, outcome: outcome, treated: treated, start: start)
        study.method = method.method
        study.isDemeaned = demeaned
        study.excluded = try NameList(exclude).names(among: panel.units)
        study.predictors = own
        study.trainingPredictors = training
        study.window = try Predictor.periods(window)
        study.starts = starts ?? study.standardStarts
        study.sharesImportances = sharedImportances
        study.hasPlacebos = !noPlacebos
        return try study.report(source: input.name)
    }
}
