/// Why a file of events cannot be read any further.
package enum EventFileError: Error, Equatable, CustomStringConvertible {
    case cannotRead(reason: String)
    case gzip(GzipError)
    /// The first row of a table is no header; `reason` says why.
    case badHeader(reason: String)
    /// The mapping names columns that the table has not.
    case missingColumns([String], header: [String])
    /// The mapping names a column that the table has twice.
    case repeatedColumn(String)

    package var description: String {
        switch self {
        case .cannotRead(let reason):
            "The file cannot be read: \(reason)."
        case .gzip(let error):
            error.description
        case .badHeader(let reason):
            "The first line must name the columns: \(reason)"
        case .missingColumns(let columns, let header):
            "The table has no column \(Self.list(columns)). Correct the mapping; the columns are \(Self.list(header))."
        case .repeatedColumn(let column):
            "The table has the column “\(column)” more than once; rename all but one."
        }
    }

    private static func list(_ columns: [String]) -> String { columns.map { "“\($0)”" }.joined(separator: ", ") }
}
