import WeirFiles

extension Table {
    /// What was read as what, for the line at the top of a report: `numbers a, b; categories c (5 values); …`.
    ///
    /// - Parameter names: Columns of the table, in the order to tell them in; others are left out.
    package func kinds(of names: [String]) -> String {
        var numbers: [String] = []
        var categories: [String] = []
        for name in names {
            guard let place = self.names.firstIndex(of: name) else { continue }
            switch columns[place] {
            case .numbers: numbers.append(name)
            case .categories(_, let levels):
                categories.append("\(name) (\(levels.count) \(levels.count == 1 ? "value" : "values"))")
            }
        }
        let parts = [("numbers", numbers), ("categories", categories)].filter { !$0.1.isEmpty }
        return parts.map { "\($0.0) \(Self.list($0.1))" }.joined(separator: "; ")
    }

    /// How many rows were read and how many lines could not be: `45 rows, 2 lines left out`.
    package var rowsRead: String {
        let left = lineFaults.count
        return "\(rows) \(rows == 1 ? "row" : "rows"), \(left == 0 ? "none left out" : "\(left) left out")"
    }

    /// A dozen names, and how many more there are.
    private static func list(_ names: [String]) -> String {
        names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " and \(names.count - 12) more" : "")
    }
}
