package import WeirLearning
package import WeirTables

extension Table {
    /// Reads a file as a model's training file was read: what was a number or a code there is one here, however this file
    /// looks by itself.
    ///
    /// - Parameters:
    ///   - path: `-` is the standard input.
    ///   - columns: The model's.
    ///   - numbers: Further columns of numbers.
    ///   - texts: Further columns of texts.
    /// - Throws: `TableError`, also where too many lines cannot be read.
    package init(
        path: String, as columns: [BatchModel.Column], numbers: [String] = [], texts: [String] = []
    ) throws(TableError) {
        // A model of old may have learned “None” as a level of its own.
        let verbatim = columns.filter { $0.levels?.contains { MissingText.isMeant(by: $0) } ?? false }
        try self.init(
            path: path, mustBeNumbers: numbers + columns.filter { $0.levels == nil }.map(\.name),
            mustBeCategories: texts + columns.filter { $0.levels != nil }.map(\.name), verbatim: verbatim.map(\.name))
        try requireReadable()
    }
}

extension FeatureMatrix {
    /// Takes columns from a table by name.
    ///
    /// - Parameter columns: What a row is to hold. Of a category, a level that is not listed counts as missing, as an empty
    ///   cell does.
    /// - Throws: `TableError` where a column is not there, or holds text and should hold numbers.
    package init(_ table: Table, columns: [BatchModel.Column]) throws(TableError) {
        let width = columns.count
        var values = ContiguousArray<Float>(repeating: .nan, count: table.rows * width)
        for (position, column) in columns.enumerated() {
            if let levels = column.levels {
                let found = try table.categories(column.name)
                let indices = Dictionary(uniqueKeysWithValues: zip(levels, levels.indices))
                let codes = found.levels.map { indices[$0].map(Float.init) ?? .nan }
                for row in 0..<table.rows where found.codes[row] >= 0 {
                    values[row * width + position] = codes[Int(found.codes[row])]
                }
            } else {
                let numbers = try table.numbers(column.name)
                for row in 0..<table.rows { values[row * width + position] = Float(numbers[row]) }
            }
        }
        self.init(columns: columns, values: values)
    }
}
