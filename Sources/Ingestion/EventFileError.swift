package import WeirFiles

/// Why a file of events cannot be read any further.
package enum EventFileError: Error, Equatable, CustomStringConvertible {
    case file(FileError)
    /// The mapping names columns that the table has not.
    case missingColumns([String], header: [String])
    /// The mapping names a column that the table has twice.
    case repeatedColumn(String)
    /// A report of spend has neither a day nor an amount among its columns.
    case notOfSpend([String])

    package var description: String {
        switch self {
        case .file(let error):
            error.description
        case .missingColumns(let columns, let header):
            "The table has no column \(Self.list(columns)). Correct the mapping; the columns are \(Self.list(header))."
        case .repeatedColumn(let column):
            "The table has the column “\(column)” more than once; rename all but one."
        case .notOfSpend(let header):
            "No line names a column of days (Day, Date, Reporting starts) and one of what was spent (Cost, Amount spent, Spend); "
                + "the columns are \(Self.list(header)). Have the report broken down by day and export it with its amounts."
        }
    }

    private static func list(_ columns: [String]) -> String { columns.map { "“\($0)”" }.joined(separator: ", ") }
}
