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
    /// The column with the unit's id; a unit's rows are brought together.
    package var unit: String?
    /// The column with those who were assigned as one, such as stores of customers.
    package var cluster: String?
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
    /// The quantile to which larger amounts are set, such as 0.99.
    package var winsorize: RelativeShare?
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
            winsorize.flatMap {
                $0.value > 0.5 && $0.value < 1
                    ? nil : "--winsorize is \($0.value); it lies above 0.5 and below 1, such as 0.99."
            },
        ])
        try refuse(ignored)
    }

    /// Options that would be passed over beside others.
    private var ignored: [String?] {
        func alone(_ isGiven: Bool, _ option: String, without other: String) -> String? {
            isGiven ? "\(option) says nothing without \(other). Leave it out, or add \(other)." : nil
        }
        func against(_ isGiven: Bool, _ option: String, _ other: String) -> String? {
            isGiven ? "\(option) does not go with \(other). Leave one of the two out." : nil
        }
        let standard = ExperimentRequest()
        var faults = [
            alone(!sequential && tuning != standard.tuning, "--tuning", without: "--sequential"),
            alone(look == nil && shape != standard.shape, "--shape", without: "--look"),
            alone(!bayes && prior != standard.prior, "--prior", without: "--bayes"),
        ]
        if trials != nil {
            let perUnit: [(Bool, String)] = [
                (unit != nil, "--unit"), (cluster != nil, "--cluster"), (!covariate.isEmpty, "--covariate"),
                (stratum != nil, "--stratum"), (!segment.isEmpty, "--segment"), (period != nil, "--period"),
                (time != nil, "--time"), (!quantile.isEmpty, "--quantile"), (winsorize != nil, "--winsorize"),
                (currency != nil, "--currency"),
            ]
            faults += perUnit.map { against($0.0, $0.1, "--trials, which has a row per arm") }
        }
        if period != nil {
            faults += [
                against(unit != nil, "--unit", "--period"), against(!segment.isEmpty, "--segment", "--period"),
                against(stratum != nil, "--stratum", "--period"), against(time != nil, "--time", "--period"),
            ]
        }
        if cluster != nil {
            faults += [
                against(period != nil, "--period", "--cluster"), against(stratum != nil, "--stratum", "--cluster"),
                against(!covariate.isEmpty, "--covariate", "--cluster"),
                against(!quantile.isEmpty, "--quantile", "--cluster"),
            ]
        }
        return faults
    }

    package func report() throws -> Report {
        let input = try required(input)
        let table = try input.table(
            mustBeCategories: [arm, unit, cluster, stratum, period].compactMap { $0 } + segment,
            verbatim: [arm].compactMap { $0 })
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
