import WeirMeasuring
import WeirReporting
import WeirStatistics

/// A characteristic that donors should share with the treated unit: a column's mean over some periods.
package struct Predictor: Sendable, Equatable {
    /// A column of the file, which may be the outcome.
    package var column: String
    /// Numbers of periods, such as years; those the file has not are passed over.
    package var periods: [Double]

    package init(column: String, periods: [Double]) {
        self.column = column
        self.periods = periods
    }

    /// Reads `gdp@1971-1980`, `schooling@1970+1975` and `industry@1961-1969/2` (every second), several apart by commas.
    ///
    /// - Parameter texts: The option's values; a column with a comma may stand in double quotes.
    package static func list(_ texts: [String]) throws -> [Predictor] {
        var faults: [String] = []
        let predictors = parts(texts).compactMap { trimmed -> Predictor? in
            guard let at = trimmed.lastIndex(of: "@"), at > trimmed.startIndex,
                let periods = try? periods(String(trimmed[trimmed.index(after: at)...])), !periods.isEmpty
            else {
                faults.append(
                    "Predictor “\(trimmed)”: write it as column@1971-1980, column@1970+1975 or column@1961-1969/2.")
                return nil
            }
            return Predictor(column: String(trimmed[..<at]).unquoted, periods: periods)
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return predictors
    }

    /// Each predictor's text; what has no periods of its own is the beginning of the next one's name.
    private static func parts(_ texts: [String]) -> [String] {
        var parts: [String] = []
        var begun = ""
        for piece in texts.flatMap({ $0.splitOutsideQuotes(at: ",") }) where !NameList(piece).isEmpty {
            begun += begun.isEmpty ? String(piece.drop { $0.isWhitespace }) : "," + piece
            guard begun.contains("@") else { continue }
            parts.append(begun)
            begun = ""
        }
        return begun.isEmpty ? parts : parts + [begun]
    }

    /// Reads `1971-1980`, `1970+1975` or `1961-1969/2`.
    package static func periods(_ text: String) throws -> [Double] {
        let wrong = MeasurementError("Periods “\(text)”: write them as 1971-1980, 1970+1975 or 1961-1969/2.")
        return try text.split(separator: "+").flatMap { part -> [Double] in
            let halves = part.split(separator: "/")
            let ends = (halves.first ?? "").split(separator: "-").compactMap { Double($0.filter { !$0.isWhitespace }) }
            let step = halves.count == 2 ? Double(halves[1]) : 1
            guard let step, step > 0, halves.count <= 2, let first = ends.first, ends.count <= 2, ends.last! >= first
            else {
                throw wrong
            }
            return Array(stride(from: first, through: ends.last!, by: step))
        }
    }

    /// The mean of what was measured, by unit; NaN for a unit without any.
    func values(in panel: Panel, outcomeName: String) throws -> [Double] {
        guard let matrix = column == outcomeName ? panel.outcome : panel.predictors[column] else {
            throw MeasurementError("Predictor “\(column)” was not read from the file.")
        }
        let rows = panel.periods.indices.filter { periods.contains(panel.periods[$0].position) }
        return panel.units.indices.map { unit in
            let known = rows.map { matrix[$0, unit] }.filter { !$0.isNaN }
            return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
        }
    }
}

/// Predictors of the treated unit against its donors, each scaled to standard deviation 1 over all of them.
struct PredictorTable {
    /// Donor minus treated: one row per predictor, one column per donor.
    let differences: Matrix

    /// - Parameter values: By predictor, by unit.
    init(values: [[Double]], treated: Int, donors: [Int]) {
        var matrix = Matrix(rows: values.count, columns: donors.count)
        for (row, numbers) in values.enumerated() {
            let all = donors.map { numbers[$0] } + [numbers[treated]]
            let mean = all.reduce(0, +) / Double(all.count)
            let spread = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count - 1)).squareRoot()
            for (column, donor) in donors.enumerated() {
                matrix[row, column] = spread > 0 ? (numbers[donor] - numbers[treated]) / spread : 0
            }
        }
        differences = matrix
    }
}
