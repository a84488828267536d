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
            left out and told on the standard error. Text is CSV as well: plain lines.

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
    @Option(help: "This row only; the first is 0.")
    var row: Int?
    @OptionGroup var result: ResultOptions

    func run() throws {
        let trained = try TrainedModel(path: model)
        let (features, records) = try rows(trained.model)
        var wanted = 0..<features.rows
        if let row {
            guard let place = records.firstIndex(of: row) else {
                throw ValidationError("--row \(row) is none of the \(features.rows) rows; the first is 0.")
            }
            wanted = place..<place + 1
        }
        let predictions = Predictions(trained.model, features, records: records, rows: wanted, explained: explain)
        guard let output else { return try result.give(predictions) }
        try ResultFile.write(result.content(of: predictions).utf8, to: output)
    }

    /// What to predict from, and the number of each row in the file.
    private func rows(_ model: BatchModel) throws -> (FeatureMatrix, records: [Int]) {
        guard input.hasSuffix(".npy") else {
            // What was a number or a code in training is one here, however this file looks by itself.
            let table = try Table(
                path: input, mustBeNumbers: model.columns.filter { $0.levels == nil }.map(\.name),
                mustBeCategories: model.columns.filter { $0.levels != nil }.map(\.name))
            try table.requireRows()
            sayAside(table.faultMessages)
            return (
                try FeatureMatrix(table, columns: model.columns), (0..<table.rows).map(table.record(ofRow:))
            )
        }
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
        return (FeatureMatrix(columns: model.columns, values: values), Array(0..<matrix.rows))
    }
}
