package import WeirReporting
package import WeirTables

/// What a unit of running costs, such as a message sent, an hour of compute or a gigabyte that leaves.
package struct RunningCost: Sendable, Equatable {
    /// The column that counts the units.
    package var column: String
    /// Per unit; ≥ 0.
    package var rate: Double

    package init(column: String, rate: Double) {
        self.column = column
        self.rate = rate
    }

    /// Reads `messages=0.004`.
    ///
    /// - Throws: `MeasurementError`, where it is not of that form.
    package init(_ text: String) throws(MeasurementError) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, let rate = Double(parts[1]), (0...1e12).contains(rate) else {
            throw MeasurementError(
                "“\(text)” is no rate. Name the column that counts the units and the cost of one: messages=0.004.")
        }
        self.init(column: String(parts[0]), rate: rate)
    }

    /// Reads a file with the columns `unit` and `rate`.
    ///
    /// - Throws: `MeasurementError` with all lines that are wrong, or `TableError`.
    package static func list(_ table: Table) throws -> [RunningCost] {
        let (codes, levels) = try table.categories("unit")
        let rates = try table.numbers("rate")
        var costs: [RunningCost] = []
        var faults = table.faults
        for row in 0..<table.rows {
            let line = "Costs, line \(table.line(ofRow: row))"
            let unit = codes[row] < 0 ? "" : levels[Int(codes[row])]
            if unit.isEmpty {
                faults.append("\(line), column “unit”: it is empty. Name the column that counts the units.")
            } else if costs.contains(where: { $0.column == unit }) {
                faults.append("\(line): “\(unit)” has a rate already. Keep one.")
            } else if !(rates[row] >= 0 && rates[row].isFinite) {
                faults.append("\(line), column “rate”: \(rates[row]) is no cost. Write a number from 0.")
            } else {
                costs.append(RunningCost(column: unit, rate: rates[row]))
            }
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        return costs
    }
}
