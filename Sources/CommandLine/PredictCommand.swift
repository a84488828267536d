import ArgumentParser
import Foundation
import WeirLearning
import WeirTables
import WeirTraining

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Predicts for each row of a file with a model that `weir train` wrote.",
        discussion: """
            With --explain, each row also says how much each column added to its score (log odds of a probability, before
            calibration); `base` is the score of a mean row. Rows are numbered as in the file; one that cannot be read is
            left out and told on the standard error. Text is CSV as well: plain lines. What a column was in training, numbers
            or codes, it is here, however the file looks by itself. Columns that say whom a row is about (--id, else those
            named id, …_id, customer or user that the model does not use) stand beside the prediction.

            Examples:
              weir predict --model model.json --input new.csv --output scored.csv
              weir predict --model model.json --input new.csv --explain --row 3
            """)

    @Option(help: "The model's JSON file.")
    var model: String
    @Option(help: "A file with the model's columns: CSV (packed or not; - is the standard input) or .npy.")
    var input: String
    @Option(help: "Write to this file (default: the standard output).")
    var output: String?
    @Flag(help: "Add what each column adds to the score.")
    var explain = false
    @Option(help: "Columns to carry into the result, separated by commas; adds up (default: those named like ids).")
    var id: [ColumnList] = []
    @Option(help: "This row only; the first is 0.")
    var row: Int?
    @OptionGroup var result: ResultOptions

    func run() throws {
        let trained = try TrainedModel(path: model)
        let (features, records, ids) = try rows(trained.model)
        var wanted = 0..<features.rows
        if let row {
            guard let place = records.firstIndex(of: row) else {
                throw ValidationError("--row \(row) is none of the \(features.rows) rows; the first is 0.")
            }
            wanted = place..<place + 1
        }
        let predictions = Predictions(
            trained.model, features, records: records, ids: ids, rows: wanted, explained: explain)
        guard let output else { return try result.give(predictions) }
        try ResultFile.write(result.content(of: predictions).utf8, to: output)
    }

    /// What to predict from, the number of each row in the file, and what names it there.
    private func rows(
        _ model: BatchModel
    ) throws -> (FeatureMatrix, records: [Int], ids: [(name: String, values: [String])]) {
        guard input.hasSuffix(".npy") else {
            let used = model.columns.map(\.name)
            let codes = Self.usualIds.filter { !used.contains($0) }
            let table = try Table(path: input, as: model.columns, texts: id.names + codes)
            sayAside(table.faultMessages + [understood(table, model)] + unknownLevels(table, model))
            let names =
                id.isEmpty ? table.names.filter { Self.isUsualId($0) && !used.contains($0) } : id.names
            let ids = try names.map { name in
                let (codes, levels) = try table.categories(name)
                return (name, codes.map { $0 < 0 ? "" : levels[Int($0)] })
            }
            return (
                try FeatureMatrix(table, columns: model.columns), (0..<table.rows).map(table.record(ofRow:)), ids
            )
        }
        guard id.isEmpty else { throw ValidationError("--id needs a CSV file: an array holds numbers only.") }
        let matrix = try FeatureMatrix(npy: URL(fileURLWithPath: input))
        let names = matrix.columns.map(\.name)
        let places = try model.columns.map { column in
            guard let place = names.firstIndex(of: column.name) else {
                throw TableError.unknownColumn(file: input, column.name, known: names)
            }
            return place
        }
        var values = ContiguousArray<Float>()
        values.reserveCapacity(matrix.rows * places.count)
        for row in 0..<matrix.rows { matrix.row(row) { cells in for place in places { values.append(cells[place]) } } }
        return (FeatureMatrix(columns: model.columns, values: values), Array(0..<matrix.rows), [])
    }

    /// What was read as what, in one line.
    private func understood(_ table: Table, _ model: BatchModel) -> String {
        "Understood: \(table.kinds(of: model.columns.map(\.name))); \(table.rowsRead)."
    }

    /// A category that the model has never seen counts as missing, which should not pass for a prediction like others.
    private func unknownLevels(_ table: Table, _ model: BatchModel) -> [String] {
        model.columns.compactMap { column in
            guard let levels = column.levels, let (codes, found) = try? table.categories(column.name) else {
                return nil
            }
            let known = Set(levels)
            let isNew = found.map { !known.contains($0) }
            let rows = codes.count { $0 >= 0 && isNew[Int($0)] }
            guard rows > 0 else { return nil }
            let names = zip(found, isNew).filter(\.1).prefix(3).map { "“\($0.0)”" }.joined(separator: ", ")
            return "Column “\(column.name)”: \(rows) rows have a value that the model has not learned from (\(names)"
                + "\(isNew.count(where: { $0 }) > 3 ? ", …" : "")); it counts as missing."
        }
    }

    private static let usualIds = [
        "id", "ID", "Id", "customer", "customer_id", "user", "user_id", "household_id", "row_id", "uuid", "email",
    ]

    private static func isUsualId(_ name: String) -> Bool {
        usualIds.contains(name) || name.lowercased().hasSuffix("_id") || name.hasSuffix("Id")
    }
}
