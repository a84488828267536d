package import WeirTables

extension MeasuredFile {
    /// The largest amount, of either sign, that a measurement adds up: its fourth power, and sums of many such, are numbers
    /// yet.
    package static let largestNumber = 1e60

    /// Reads it as `Table` does; numbers beyond `largestNumber` are refused when their column is asked for.
    ///
    /// - Parameters:
    ///   - verbatim: Columns in which `None` and its like are values: those whose values the request names.
    ///   - mayBeEmpty: Whether a header alone says something: that there are none of what the rows would list. Who asks
    ///     for such a table refuses its faults.
    /// - Throws: `TableError`, also where no row can be read and the table may not be empty.
    package func table(
        mustBeNumbers: [String] = [], mustBeCategories: [String] = [], verbatim: [String] = [],
        mayBeEmpty: Bool = false
    ) throws -> Table {
        var table =
            try content.map {
                try Table(
                    bytes: $0, name: name, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories,
                    verbatim: verbatim)
            }
            ?? Table(
                path: name, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories, verbatim: verbatim)
        if !mayBeEmpty {
            try table.requireRows()
            guard table.rows > 0 else { throw TableError.onlyHeader(file: name) }
        }
        table.largestNumber = Self.largestNumber
        return table
    }
}
