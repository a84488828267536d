package import WeirTables

extension MeasuredFile {
    /// Reads it as `Table` does.
    ///
    /// - Throws: `TableError`.
    package func table(mustBeNumbers: [String] = [], mustBeCategories: [String] = []) throws -> Table {
        guard let content else {
            return try Table(path: name, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories)
        }
        return try Table(
            bytes: content, name: name, mustBeNumbers: mustBeNumbers, mustBeCategories: mustBeCategories)
    }
}
