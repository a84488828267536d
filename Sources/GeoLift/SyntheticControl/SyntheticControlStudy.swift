import WeirReporting
import WeirStatistics

/// One treated unit against a weighted mix of others, with a placebo test: each donor in turn is treated as if it were the
/// treated one.
package struct SyntheticControlStudy: Sendable {
    package var panel: Panel
    /// Name of the outcome column.
    package var outcome: String
    package var treated: String
    /// First period of the treatment, as the file writes it.
    package var start: String
    package var method: SyntheticMethod = .classic
    /// Whether each unit's mean before the treatment is taken out; not with predictors.
    package var isDemeaned = false
    /// Units that are no donors, such as neighbours that felt the treatment too.
    package var excluded: [String] = []
    /// Empty: donors are matched on the outcome in each period before the treatment.
    package var predictors: [Predictor] = []
    /// With which the importances are chosen, in the order of `predictors`; empty: those themselves.
    package var trainingPredictors: [Predictor] = []
    /// The periods whose gap the importances minimise; empty: all before the treatment.
    package var window: [Double] = []
    /// Searches for importances from random starts, besides the one from equal importances; those of placebos are as many.
    package var starts = 0
    package var hasPlacebos = true
    /// Whether placebos keep the treated unit's importances rather than search for their own.
    package var sharesImportances = false

    package init(panel: Panel, outcome: String, treated: String, start: String) {
        self.panel = panel
        self.outcome = outcome
        self.treated = treated
        self.start = start
    }

    package struct Result: Sendable {
        package var treated: Int
        package var donors: [Int]
        package var fit: SyntheticFit
        /// One per predictor; empty without.
        package var importances: [Double]
        /// Mean squared gap over the search's window; NaN without predictors.
        package var searchLoss: Double
        /// One per donor, in their order; empty where not asked for.
        package var placebos: [SyntheticFit]
        package var warnings: [String]

        /// Mean squared gap from the treatment on over that before; 0 where both are 0.
        package func ratio(of fit: SyntheticFit) -> Double {
            let after = fit.gap[fit.before...]
            let mean = after.reduce(0) { $0 + $1 * $1 } / Double(after.count)
            return mean > 0 ? mean / fit.errorBefore : 0
        }

        /// The treated unit's place by its ratio, 1 for the largest.
        package var rank: Int { 1 + placebos.count { ratio(of: $0) >= ratio(of: fit) } }
        /// The chance of so high a place were the treatment given at random; NaN without placebos.
        package var pValue: Double { placebos.isEmpty ? .nan : Double(rank) / Double(placebos.count + 1) }
    }

    /// So many searches from random starts as find the same importances from one machine to the next within a minute: 8, fewer
    /// where units, predictors and placebos are many.
    ///
    /// One start alone ends in a local minimum: of a held-out study 8 found a loss 21 % lower.
    package var standardStarts: Int {
        let (donors, count) = (max(1, panel.units.count - 1), max(1, predictors.count))
        // What one search costs: a solve per step and gradient, of which there are some for each predictor.
        let search = Double(donors * donors * count) * Double(20 * count)
        let searches = hasPlacebos && !sharesImportances ? Double(donors + 1) : 1
        return max(1, min(8, Int(6e10 / (search * searches))))
    }

    /// Fits the treated unit and, where asked for, each donor.
    ///
    /// - Throws: `MeasurementError` where a name or period is unknown, the treated unit is incomplete, too few donors or
    ///   periods remain.
    package func run() throws -> Result {
        let unit = try panel.indices(of: [treated], role: "treated")[0]
        let before = try panel.index(from: start, role: "start")
        let left = try Set(panel.indices(of: excluded, role: "exclude"))
        var warnings = panel.warnings
        guard before >= 2 else {
            throw MeasurementError(
                "start: only \(before) period lies before “\(start)”; donors cannot be matched. Add earlier periods.")
        }
        if before < 8 {
            warnings.append(
                "Only \(before) periods lie before the treatment; a match on so few may be chance. Add earlier ones.")
        }
        try checkTreated(unit)
        let values = try (predictors + trainingPredictors).map { try $0.values(in: panel, outcomeName: outcome) }
        try checkPredictors(values, treated: unit)
        var donors: [Int] = []
        for other in panel.units.indices where other != unit && !left.contains(other) {
            let gaps = panel.outcome.column(other).count { $0.isNaN }
            let unknown = values.indices.filter { values[$0][other].isNaN }
            if gaps > 0 {
                warnings.append(
                    "“\(panel.units[other])” is no donor: \(gaps) of \(panel.periods.count) periods are missing.")
            } else if let first = unknown.first {
                warnings.append(
                    "“\(panel.units[other])” is no donor: it has no “\((predictors + trainingPredictors)[first].column)”."
                )
            } else {
                donors.append(other)
            }
        }
        guard donors.count >= 2 else {
            throw MeasurementError(
                "\(donors.count) donors remain besides “\(treated)”; a synthetic control needs at least 2. Add complete, untreated units."
            )
        }
        if donors.count < 9, hasPlacebos {
            warnings.append(
                "With \(donors.count) donors the placebo test cannot say less than p = \(1 / Double(donors.count + 1)); add donors."
            )
        }
        let main = fit(unit, donors: donors, before: before, values: values)
        if let search = main.search, search.loss < 0.99 * search.firstLoss {
            let lower = ((1 - search.loss / search.firstLoss) * 100).rounded()
            warnings.append(
                "The best of \(starts + 1) searches for importances ended with a loss \(Int(lower)) % lower than that from equal ones, so the data do not settle the importances: effect and placebo rank depend on where a search begins. Compare with more --starts, or use fewer predictors."
            )
        }
        let placebos =
            hasPlacebos
            ? donors.map { donor in
                fit(
                    donor, donors: donors.filter { $0 != donor }, before: before, values: values,
                    importances: sharesImportances ? main.search?.importances ?? [] : []
                ).fit
            } : []
        return Result(
            treated: unit, donors: donors, fit: main.fit, importances: main.search?.importances ?? [],
            searchLoss: main.search?.loss ?? .nan,
            placebos: placebos, warnings: warnings)
    }

    private func fit(
        _ unit: Int, donors: [Int], before: Int, values: [[Double]], importances: [Double] = []
    ) -> (fit: SyntheticFit, search: ImportanceSearch.Result?) {
        let observed = panel.outcome.column(unit)
        let others = panel.outcome.selecting(columns: donors)
        guard !predictors.isEmpty else {
            let fit = SyntheticFit(
                treated: observed, donors: others, before: before, method: method, demeaned: isDemeaned)
            return (fit, nil)
        }
        let rows = panel.periods.indices.filter {
            window.isEmpty ? $0 < before : window.contains(panel.periods[$0].position)
        }
        var outcomes = others.selecting(rows: rows)
        for column in 0..<outcomes.columns { for row in rows.indices { outcomes[row, column] -= observed[rows[row]] } }
        let own = PredictorTable(values: Array(values[..<predictors.count]), treated: unit, donors: donors).differences
        let training =
            trainingPredictors.isEmpty
            ? own
            : PredictorTable(values: Array(values[predictors.count...]), treated: unit, donors: donors).differences
        var search = ImportanceSearch(predictors: training, outcomes: outcomes)
        var best =
            importances.isEmpty
            ? search.best(starts: starts)
            : ImportanceSearch.Result(
                importances: importances, weights: [], loss: .nan, firstLoss: .nan)
        if !trainingPredictors.isEmpty || !importances.isEmpty {
            var second = ImportanceSearch(predictors: own, outcomes: outcomes)
            best.weights = second.weights(importances: best.importances)
        }
        let fit = SyntheticFit(
            treated: observed, level: 0, y: observed, x: others, before: before, weights: best.weights, tuning: nil)
        return (fit, best)
    }

    private func checkTreated(_ unit: Int) throws {
        let missing = panel.periods.indices.filter { panel.outcome[$0, unit].isNaN }
        guard let first = missing.first else { return }
        throw MeasurementError(
            "“\(treated)” has no “\(outcome)” in \(missing.count) periods, first \(panel.periods[first].label). Add them, or leave those periods out for all."
        )
    }

    private func checkPredictors(_ values: [[Double]], treated unit: Int) throws {
        var faults: [String] = []
        if !predictors.isEmpty, method != .classic || isDemeaned {
            faults.append("Predictors go with the classic method only. Leave them out, or the method and demeaning.")
        }
        if !trainingPredictors.isEmpty, trainingPredictors.count != predictors.count {
            faults.append(
                "There are \(predictors.count) predictors but \(trainingPredictors.count) for training; give as many, in the same order."
            )
        }
        for (index, predictor) in (predictors + trainingPredictors).enumerated() where values[index][unit].isNaN {
            faults.append(
                "Predictor “\(predictor.column)” was not measured for “\(treated)” in these periods. Choose others.")
        }
        if !window.isEmpty, !panel.periods.contains(where: { window.contains($0.position) }) {
            faults.append(
                "The window holds none of the periods, \(panel.periods[0].label) to \(panel.periods.last!.label).")
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
    }
}
