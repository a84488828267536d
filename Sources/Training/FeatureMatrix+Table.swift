package import WeirLearning
package import WeirTables

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
