import Foundation
import WeirDomain
import WeirTables

/// A file of a recipe's folder, of which every line must be readable.
struct RecipeTable {
    let path: String
    private let table: Table

    var rows: Int { table.rows }

    init(folder: String, name: String, identifiers: [String]) throws {
        guard let path = Self.path(folder: folder, name: name) else {
            throw RecipeError.missingFile(folder: folder, name: name)
        }
        self.path = path
        table = try Table(path: path, mustBeCategories: identifiers)
        if let first = table.faults.first {
            throw RecipeError.faults(file: path, count: table.faultCount, first: first)
        }
    }

    static func exists(folder: String, name: String) -> Bool { path(folder: folder, name: name) != nil }

    private static func path(folder: String, name: String) -> String? {
        ["\(folder)/\(name).csv.gz", "\(folder)/\(name).csv"].first(where: FileManager.default.fileExists(atPath:))
    }

    /// Finite numbers, one per row.
    func numbers(_ column: String) throws -> ContiguousArray<Double> {
        let numbers = try table.numbers(column)
        if let row = numbers.firstIndex(where: { !$0.isFinite }) {
            throw invalid(row, column, "\(numbers[row])", "finite number")
        }
        return numbers
    }

    func texts(_ column: String) throws -> (codes: ContiguousArray<Int32>, levels: [String]) {
        let texts = try table.categories(column)
        if let row = texts.codes.firstIndex(of: -1) { throw invalid(row, column, "", "value: the cell is empty") }
        return texts
    }

    /// Moments in days since 1970, one per row.
    func days(_ column: String) throws -> [Double] {
        let (codes, levels) = try texts(column)
        let days = levels.map { Timestamp(iso8601: $0).map { Double($0.microseconds) / 86_400e6 } }
        return try codes.indices.map { row in
            guard let day = days[Int(codes[row])] else {
                throw invalid(row, column, levels[Int(codes[row])], "date or time such as 2017-08-01T12:00:00")
            }
            return day
        }
    }

    /// The position of each row's text in `index`.
    ///
    /// - Parameter other: The file that defines what is known.
    func references(_ column: String, to index: [String: Int], in other: String) throws -> [Int] {
        let (codes, levels) = try texts(column)
        let found = levels.map { index[$0] ?? -1 }
        return try codes.indices.map { row in
            let position = found[Int(codes[row])]
            guard position >= 0 else {
                throw RecipeError.unknownReference(
                    file: path, line: table.line(ofRow: row), column: column, value: levels[Int(codes[row])],
                    other: other)
            }
            return position
        }
    }

    private func invalid(_ row: Int, _ column: String, _ value: String, _ expected: String) -> RecipeError {
        .invalidValue(file: path, line: table.line(ofRow: row), column: column, value: value, expected: expected)
    }
}
