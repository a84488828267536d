import WeirMeasuring
import WeirReporting
import WeirStatistics
package import WeirTables

extension Panel {
    /// Takes a panel from a table with one row per unit and period.
    ///
    /// Units and periods may be numbers or text; how periods are written says `PeriodColumn`.
    /// Rows without an outcome count as not measured; whole periods that are missing and negative outcomes are warned of.
    ///
    /// - Throws: `TableError` where a column is missing, `MeasurementError` with all faults of the rows at once.
    package init(
        table: Table, unit: String, time: String, outcome: String, predictors: [String] = []
    ) throws {
        let (unitCodes, unitNames) = try table.categories(unit)
        let (timeCodes, timeNames) = try table.categories(time)
        let values = try table.numbers(outcome)
        let others = try predictors.map { ($0, try table.numbers($0)) }

        var warnings = table.faultMessages
        let column = try PeriodColumn(levels: timeNames, column: time)
        let periods = Self.periods(column)
        var faults: [String] = []
        let rowOf = column.places
        let unitOrder = unitNames.indices.sorted { unitNames[$0] < unitNames[$1] }
        let columnOf = Self.places(in: unitOrder)

        var matrix = Matrix(rows: periods.count, columns: unitOrder.count, repeating: .nan)
        var matrices = others.map { _ in matrix }
        var lineOf = [Int](repeating: 0, count: periods.count * unitOrder.count)
        var (repeated, empty, negative) = ([String](), 0, [Int]())
        for row in 0..<table.rows {
            let line = table.line(ofRow: row)
            guard unitCodes[row] >= 0, timeCodes[row] >= 0 else {
                faults.append(
                    "Line \(line): “\(unitCodes[row] < 0 ? unit : time)” is empty. Fill it or remove the line.")
                continue
            }
            let (place, period) = (columnOf[Int(unitCodes[row])], rowOf[Int(timeCodes[row])])
            let cell = place * periods.count + period
            if lineOf[cell] > 0 {
                repeated.append(
                    "Line \(line): “\(unitNames[Int(unitCodes[row])])” on \(timeNames[Int(timeCodes[row])]) was already given in line \(lineOf[cell]). Add the two up or remove one."
                )
                continue
            }
            lineOf[cell] = line
            matrix[period, place] = values[row]
            if values[row].isNaN { empty += 1 } else if values[row] < 0 { negative.append(line) }
            for (index, other) in others.enumerated() { matrices[index][period, place] = other.1[row] }
        }
        faults += repeated.prefix(5)
        if repeated.count > 5 { faults.append("\(repeated.count - 5) more lines repeat a unit and period.") }
        faults += Self.faults(inUnits: unitOrder.map { unitNames[$0] }, column: unit)
        guard faults.isEmpty else {
            throw MeasurementError(
                Array(faults.prefix(20)) + (faults.count > 20 ? ["\(faults.count - 20) more faults."] : []))
        }
        warnings += Self.doubts(ofOutcome: outcome, empty: empty, negative: negative)
        if let gap = Self.gaps(periods) { warnings.append(gap) }
        self.init(
            units: unitOrder.map { unitNames[$0] }, periods: periods, isDated: column.isDated, outcome: matrix,
            predictors: Dictionary(uniqueKeysWithValues: zip(predictors, matrices)), column: column, warnings: warnings)
    }

    /// Where each index stands in an order of all of them.
    private static func places(in order: [Int]) -> [Int] {
        var places = [Int](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = place }
        return places
    }

    /// In order; dates by the day on which they begin, so that pictures stand to scale.
    private static func periods(_ column: PeriodColumn) -> [Period] {
        column.periods.map { period in
            let isMoment = column.frequency == .moment
            let days = isMoment ? period.position : Double(period.firstDay)
            return Period(label: period.label, position: column.isDated ? days * 86_400 : period.position)
        }
    }

    private static func faults(inUnits names: [String], column: String) -> [String] {
        guard names.count < 2 else { return [] }
        return [
            "Column “\(column)” has \(names.count == 1 ? "one unit only, “\(names[0])”" : "no unit"): without others there is nothing to compare with. Add units that were not treated."
        ]
    }

    /// - Parameter negative: The lines.
    private static func doubts(ofOutcome name: String, empty: Int, negative: [Int]) -> [String] {
        var doubts: [String] = []
        if empty > 0 { doubts.append("\(empty) rows have no “\(name)”; they count as not measured.") }
        if let first = negative.first {
            doubts.append(
                "“\(name)” is negative in \(negative.count) rows, first in line \(first). Where it counts things, correct them; net sales after returns may be negative."
            )
        }
        return doubts
    }

    /// Says which stretches no unit reported, judged by the most common distance between periods.
    private static func gaps(_ periods: [Period]) -> String? {
        let steps = zip(periods, periods.dropFirst()).map { $1.position - $0.position }
        guard let usual = steps.sorted().dropFirst(steps.count / 2).first else { return nil }
        let wide = steps.indices.filter { steps[$0] > 1.5 * usual }
        guard !wide.isEmpty else { return nil }
        // Plain numbers may lie as far apart as numbers can.
        let missing = Int(min(wide.reduce(0.0) { $0 + (steps[$1] / usual).rounded() - 1 }, 1e9))
        let places = wide.prefix(3).map { "between \(periods[$0].label) and \(periods[$0 + 1].label)" }
        return
            "\(missing) periods are missing for all units, \(places.joined(separator: ", "))\(wide.count > 3 ? " and elsewhere" : ""). Their neighbours are taken as consecutive; add them if they were measured."
    }
}
