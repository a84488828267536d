package import WeirMeasuring
package import WeirReporting
import WeirTables

/// An A/B/n or switchback test, by a file with a row per unit or per arm.
package struct ExperimentRequest: MeasurementRequest {
    package static let kind = "experiment"

    package var input: MeasuredFile?
    /// The column that names the arm; must be given.
    package var arm: String?
    /// Nil for the first arm by name.
    package var control: String?
    /// The column with the unit's id.
    package var unit: String?
    /// Columns to compare, or two as `NUMERATOR/DENOMINATOR`; the first decides.
    package var metric: [String] = []
    /// With a row per arm: the column with the number of units; metrics are then numbers of successes.
    package var trials: String?
    /// `METRIC=COLUMN` with its value before the test; just `COLUMN` for the first amount.
    package var covariate: [String] = []
    /// A column known before the test, to one mix of whose values the arms are weighted.
    package var stratum: String?
    /// Columns in whose values the effect is looked at too.
    package var segment: [String] = []
    /// Of a switchback test: the column that names the period.
    package var period: String?
    /// A column with the time of the first exposure.
    package var time: String?
    /// Planned shares as `A=0.5,B=0.5`.
    package var shares: String?
    /// `METRIC=MARGIN` that may not be lost.
    package var guardrail: [String] = []
    package var lowerIsBetter: [String] = []
    /// `METRIC=SHARE` to compare a quantile.
    package var quantile: [String] = []
    package var currency: String?
    /// Whether ranges hold at every look, tightest at so many units.
    package var sequential = false
    package var tuning = 5_000.0
    /// Group-sequential: which look this is and of how many, as `2/5`.
    package var look: String?
    package var shape = GroupSequentialDesign.Shape.obrienFleming
    package var bayes = false
    /// The standard deviation of relative effects believed in beforehand; 0 believes nothing.
    package var prior = 0.3
    package var side = Side.both
    package var correction = Correction.holm
    package var confidence = 0.95
    /// The smallest relative effect that would matter.
    package var relevant: RelativeShare?
    /// What the report calls the test; nil for the file's name.
    package var name: String?

    package init() {}

    package func check() throws {
        guard input != nil, arm != nil, !metric.isEmpty else {
            throw MeasurementError("Name the file with --input, the arms' column with --arm and at least one --metric.")
        }
        try refuse([
            limitFault("--tuning", tuning, 1...1e12, "units"), limitFault("--prior", prior, 0...1_000),
            relevant.flatMap { limitFault("--relevant", $0.value, -1_000...1_000) },
        ])
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(mustBeCategories: [arm, unit, stratum, period].compactMap { $0 } + segment)
        try Self.refuseGaps(table, of: input)
        let source = ExperimentSource(table: table, request: self)
        let settings = try source.settings()
        let (result, data) =
            try trials.map { try source.aggregated(trials: $0, settings) } ?? source.perUnit(settings)
        var report = experimentReport(result, data: ["\(input.lastComponent): \(data)"])
        report.warnings = table.faultMessages + report.warnings
        return report
    }

    /// The share of the rows that may be left out. Often few units buy, and what cannot be read of a row is mostly what they
    /// paid: more such rows could be all that one arm sold.
    static let tolerableGap = 0.001

    /// - Throws: `MeasurementError`, where so many rows cannot be read that the others would give a false verdict.
    private static func refuseGaps(_ table: Table, of input: MeasuredFile) throws(MeasurementError) {
        let all = table.rows + table.faultCount
        guard Double(table.faultCount) > tolerableGap * Double(all) else { return }
        throw MeasurementError(
            [
                "\(table.faultCount) of \(all) rows of “\(input.lastComponent)” cannot be read. Without them the arms cannot be compared: they may be those that bought. Mend them, or remove them if they mean nothing."
            ] + table.faults.prefix(5))
    }
}
