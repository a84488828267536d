/// Why a line of a table cannot be read.
package struct LineFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The first line of the record; the first of the file is 1.
    package var line: Int
    /// The column's name, or its number where it has none; nil where the whole line is meant.
    package var column: Column?
    /// What is wrong, the value where there is one, and the remedy.
    package var reason: String
    /// Whether more bytes are in the line than a line may have.
    package var isTooLong: Bool

    package enum Column: Sendable, Equatable, CustomStringConvertible {
        case name(String)
        /// Counted from 1.
        case number(Int)

        package var description: String {
            switch self {
            case .name(let name): "column “\(name)”"
            case .number(let number): "column \(number)"
            }
        }
    }

    package init(line: Int, column: Column? = nil, reason: String, isTooLong: Bool = false) {
        self.line = line
        self.column = column
        self.reason = reason
        self.isTooLong = isTooLong
    }

    /// Where it is: `Line 3, column “price”`.
    package var place: String { column.map { "Line \(line), \($0)" } ?? "Line \(line)" }

    package var description: String { "\(place): \(reason)" }
}
