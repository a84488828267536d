/// Why nothing could be learned from these examples with these settings; each text names what is wrong and the remedy.
package enum TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
    case noExamples
    /// All targets that count are the same.
    case oneClass(target: Double)
    case invalidTarget(row: Int, value: Double, output: String)
    case invalidWeight(row: Int, value: Double)
    case noWeight
    /// There are as many targets, and weights if any, as rows.
    case mismatchedCount(field: String, count: Int, rows: Int)
    /// The validation examples have other columns than those to learn from.
    case mismatchedColumns(expected: [String], found: [String])
    /// Infinite; a missing value is NaN.
    case invalidValue(row: Int, column: String, value: Float)
    /// A category's value is no index of its levels.
    case unknownLevel(row: Int, column: String, value: Float, levels: Int)
    case invalidSetting(name: String, value: String, remedy: String)
    /// What the library of a method said.
    case library(name: String, message: String)

    /// Whether another method may well learn from the same examples.
    package var isOfTheMethod: Bool {
        switch self {
        case .invalidSetting, .library: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .noExamples:
            "There are no examples to learn from. Give at least one row of each kind."
        case .oneClass(let target):
            "Every target is \(target): there is nothing to tell apart. Give examples of both 0 and 1."
        case .invalidTarget(let row, let value, let output):
            "The target of row \(row) is \(value); a \(output) needs \(output == "probability" ? "0 or 1" : "number within ±1e60"). "
                + "Correct the row or leave it out."
        case .invalidWeight(let row, let value):
            "The weight of row \(row) is \(value); a weight is a finite number of at least 0. Correct the row or leave it out."
        case .noWeight:
            "All weights are 0, so no row counts. Give at least one row a weight above 0."
        case .mismatchedCount(let field, let count, let rows):
            "There are \(count) \(field) for \(rows) rows. Give one per row."
        case .mismatchedColumns(let expected, let found):
            "Validation examples have the columns \(found.joined(separator: ", ")); those to learn from have "
                + "\(expected.joined(separator: ", ")). Give both the same, in the same order, with the same levels."
        case .invalidValue(let row, let column, let value):
            "Column “\(column)” is \(value) in row \(row). Give a finite number, or leave it empty where it is missing."
        case .unknownLevel(let row, let column, let value, let levels):
            "Column “\(column)” is \(value) in row \(row), which is none of its \(levels) levels. "
                + "Give an index from 0 to \(levels - 1), or NaN where the level is not known."
        case .invalidSetting(let name, let value, let remedy):
            "The setting “\(name)” is \(value). \(remedy)"
        case .library(let name, let message):
            "\(name) could not learn: \(message)"
        }
    }
}
