package import WeirMeasuring
package import WeirReporting
import WeirTables

/// What a treatment changed in some units against others over the same time, by a file with one row per unit and time.
package struct DifferenceInDifferencesRequest: MeasurementRequest {
    package static let kind = "difference-in-differences"

    package var input: MeasuredFile?
    /// Columns with the unit, the time and the outcome.
    package var unit = "unit"
    package var time = "time"
    package var outcome = "outcome"
    /// Column of the unit's first treated time, empty for never.
    package var treatedFrom: String?
    /// Column with 1 where the unit was treated, else 0.
    package var treated: String?
    /// Column of groups of units whose errors go together.
    package var cluster: String?
    /// Nil for never-treated where there are any.
    package var controls: GroupTimeEffects.Controls?
    package var confidence = 0.95
    /// Of the bootstrap for few clusters; in 99 ... 1,000,000.
    package var draws = 1999
    package var seed: UInt64 = 1
    /// Of the outcome, where it is money.
    package var currency: String?

    package init() {}

    package func check() throws {
        guard (treatedFrom == nil) != (treated == nil) else {
            throw MeasurementError("Give either --treated-from COLUMN or --treated COLUMN.")
        }
        guard confidence > 0.5, confidence < 1 else { throw MeasurementError("--confidence lies between 0.5 and 1.") }
        guard (99...1_000_000).contains(draws) else { throw MeasurementError("--draws lies between 99 and 1000000.") }
    }

    package func report() throws -> Report {
        let input = try required(input)
        let treatment: TreatmentPanel.Treatment = treatedFrom.map { .from(column: $0) } ?? .flag(column: treated ?? "")
        let texts = [unit, time, cluster, treatedFrom].compactMap { $0 }
        let table = try input.table(
            mustBeNumbers: [outcome] + [treated].compactMap { $0 }, mustBeCategories: texts)
        let panel = try TreatmentPanel(
            table, unit: unit, time: time, outcome: outcome, treatment: treatment, cluster: cluster)
        let result = try DifferenceInDifferences(
            panel, .init(controls: controls, confidence: confidence, draws: draws, seed: seed))
        var made = result.report(
            outcome: outcome, unit: currency.map { .money($0) } ?? .number(),
            data: ["\(input.name): \(table.rows) rows."])
        made.warnings = table.faultMessages + made.warnings
        return made
    }
}
