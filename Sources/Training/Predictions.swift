package import WeirJSON
package import WeirLearning
package import WeirReporting

/// What a model predicts for the rows of a file; worked out where it is asked for.
package struct Predictions: Presentable {
    private let model: BatchModel
    private let features: FeatureMatrix
    private let records: [Int]
    private let ids: [(name: String, values: [String])]
    private let rows: Range<Int>
    private let isExplained: Bool

    /// - Parameters:
    ///   - records: By row of `features`: its number in the file.
    ///   - ids: Columns that say what each row is about, a value for each row of `features`; they stand behind its number.
    ///   - rows: Those that are predicted for.
    ///   - explained: Whether to say also what each column adds to the score.
    package init(
        _ model: BatchModel, _ features: FeatureMatrix, records: [Int], ids: [(name: String, values: [String])] = [],
        rows: Range<Int>,
        explained: Bool
    ) {
        self.model = model
        self.features = features
        self.records = records
        self.ids = ids
        self.rows = rows
        isExplained = explained
    }

    /// Plain lines of CSV, each figure in full.
    package var text: String {
        var text = "row" + ids.map { "," + Self.cell($0.name) }.joined() + ",prediction"
        if isExplained { text += ",base" + model.columns.map { "," + Self.cell($0.name) }.joined() }
        text += "\n"
        forEachRow { row, figures in
            text +=
                "\(records[row])" + ids.map { "," + Self.cell($0.values[row]) }.joined()
                + figures.map { ",\($0)" }.joined() + "\n"
        }
        return text
    }

    package var json: JSON { .object([JSON.Member("predictions", predictionTable.json)]) }

    package var tables: [ReportTable] { [predictionTable] }

    private var predictionTable: ReportTable {
        let names =
            ["row"] + ids.map(\.name) + ["prediction"] + (isExplained ? ["base"] + model.columns.map(\.name) : [])
        var cells: [[ReportTable.Cell]] = []
        forEachRow { row, figures in
            let own = ids.map { ReportTable.Cell.text($0.values[row]) }
            cells.append([.count(records[row])] + own + figures.map { .number($0) })
        }
        return ReportTable(name: "predictions", columns: names.map { .init($0, $0) }, rows: cells)
    }

    /// The prediction, and where explained the base and each column's share.
    private func forEachRow(_ body: (_ row: Int, _ figures: [Double]) -> Void) {
        for row in rows {
            features.row(row) { values in
                var figures = [model.predict(values)]
                if isExplained {
                    let (base, shares) = model.contributions(values)
                    figures += [base] + shares
                }
                body(row, figures)
            }
        }
    }

    /// A cell of a CSV file.
    private static func cell(_ text: String) -> String {
        text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline })
            ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
