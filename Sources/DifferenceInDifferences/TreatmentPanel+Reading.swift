import WeirMeasuring
import WeirReporting
package import WeirTables

extension TreatmentPanel {
    /// How a file says who was treated when.
    package enum Treatment: Sendable, Equatable {
        /// A column with the first treated time, the same in all rows of a unit; empty for never, or one of the codes that
        /// `NeverTreated` knows.
        case from(column: String)
        /// A column with 1 in the rows in which the unit was treated, else 0.
        case flag(column: String)
    }

    /// Reads one row per unit and time.
    ///
    /// - Parameters:
    ///   - time: Column of periods, as `PeriodColumn` reads them.
    ///   - cluster: Column of a group of units whose errors go together; nil: each unit by itself.
    /// - Throws: `MeasurementError` with all that is wrong, or `TableError`.
    package init(
        _ table: Table, unit: String, time: String, outcome: String, treatment: Treatment, cluster: String? = nil
    ) throws {
        var rows = try TreatmentRows(table, unit: unit, time: time, outcome: outcome)
        let adoption =
            switch treatment {
            case .flag(let column): try rows.adoption(byFlag: column)
            case .from(let column): try rows.adoption(from: column)
            }
        let clusters = try cluster.map { try rows.clusters($0) }
        guard rows.faults.isEmpty else { throw MeasurementError(rows.faults) }
        self.init(
            units: rows.units, times: rows.times, outcomes: rows.outcomes, adoption: adoption, clusters: clusters)
        understood = rows.understood(adoption, cluster: clusters.map { Set($0).count })
        warnings = rows.warnings
    }
}

/// The rows of a file, each with its place among units and times; the faults that are met on the way.
private struct TreatmentRows {
    let table: Table
    let units: [String]
    let column: PeriodColumn
    /// In their order.
    let times: [String]
    /// The texts that say that a unit was never treated.
    private(set) var neverCodes: [String] = []
    private(set) var warnings: [String] = []
    /// By unit and time; NaN where there is none.
    private(set) var outcomes: [[Double]]
    /// By row; nil where it cannot be used.
    private var places: [(unit: Int, time: Int)?] = []
    private(set) var faults: [String] = []

    init(_ table: Table, unit: String, time: String, outcome: String) throws {
        self.table = table
        let (unitCodes, unitLevels) = try table.categories(unit)
        let (timeCodes, timeLevels) = try table.categories(time)
        let outcomeColumn = try table.numbers(outcome)
        column = try PeriodColumn(levels: timeLevels, column: time)
        times = column.periods.map(\.label)
        let order = column.places
        let unitOrder = unitLevels.indices.sorted { unitLevels[$0] < unitLevels[$1] }
        var unitPlace = unitLevels.map { _ in 0 }
        for (place, code) in unitOrder.enumerated() { unitPlace[code] = place }
        units = unitOrder.map { unitLevels[$0] }
        let count = column.periods.count
        outcomes = [[Double]](repeating: [Double](repeating: .nan, count: count), count: unitLevels.count)
        var isSeen = [[Bool]](repeating: [Bool](repeating: false, count: count), count: unitLevels.count)
        for row in 0..<table.rows {
            places.append(nil)
            guard unitCodes[row] >= 0 else { report(row, unit, "it is empty. Name the unit."); continue }
            guard timeCodes[row] >= 0 else { report(row, time, "it is empty. Give the time."); continue }
            let (u, t) = (unitPlace[Int(unitCodes[row])], order[Int(timeCodes[row])])
            if isSeen[u][t] {
                report(
                    row, unit,
                    "“\(unitLevels[Int(unitCodes[row])])” has a second row for \(timeLevels[Int(timeCodes[row])]). Give one row per unit and time."
                )
                continue
            }
            if outcomeColumn[row].isInfinite { report(row, outcome, "the value is infinite. Correct it.") }
            isSeen[u][t] = true
            outcomes[u][t] = outcomeColumn[row]
            places[row] = (u, t)
        }
    }

    private mutating func report(_ row: Int, _ column: String, _ text: String) {
        if faults.count < 20 { faults.append("line \(table.line(ofRow: row)), column “\(column)”: \(text)") }
    }

    /// The first treated time of each unit by a column of 0 and 1; one past the last for never.
    mutating func adoption(byFlag column: String) throws -> [Int] {
        let flags = try table.numbers(column)
        var isOn = outcomes.map { $0.map { _ in Bool?.none } }
        for (row, place) in places.enumerated() {
            guard let place else { continue }
            guard flags[row] == 0 || flags[row] == 1 else {
                report(row, column, "“\(flags[row])” is neither 0 nor 1. Write 1 where the unit was treated.")
                continue
            }
            isOn[place.unit][place.time] = flags[row] == 1
        }
        var adoption = [Int](repeating: times.count, count: units.count)
        for u in units.indices {
            adoption[u] = isOn[u].firstIndex(of: true) ?? times.count
            if let back = isOn[u].indices.first(where: { $0 > adoption[u] && isOn[u][$0] == false }) {
                faults.append(
                    "column “\(column)”: “\(units[u])” is treated from \(times[adoption[u]]) and not at \(times[back]). "
                        + "A treatment must stay on; cut the data where it ends.")
            }
        }
        return adoption
    }

    /// The first treated time of each unit by a column that names it; one past the last for never.
    mutating func adoption(from column: String) throws -> [Int] {
        let (codes, levels) = try table.categories(column)
        // By level: its first treated time; one past the last for never.
        var starts: [Int] = []
        for level in levels {
            if NeverTreated.isCode(level, times: self.column) {
                neverCodes.append(level)
                starts.append(times.count)
            } else if let start = self.column.firstIndex(from: level) {
                starts.append(start)
            } else {
                faults.append(
                    "column “\(column)”: “\(level)” is no time like those of the file (\(self.column.understood)). Write the first treated time, and leave the cell empty where there was none."
                )
                starts.append(times.count)
            }
        }
        warn(of: levels, starts, column)
        var adoption = [Int](repeating: times.count, count: units.count)
        var first = [Int32?](repeating: nil, count: units.count)
        for (row, place) in places.enumerated() {
            guard let place else { continue }
            func start(_ code: Int32) -> Int { code < 0 ? times.count : starts[Int(code)] }
            if let before = first[place.unit], start(before) != start(codes[row]) {
                report(
                    row, column,
                    "“\(units[place.unit])” has two first treated times. Give the same one in all its rows.")
                continue
            }
            first[place.unit] = codes[row]
            adoption[place.unit] = start(codes[row])
        }
        return adoption
    }

    /// Warns of codes that could mean never but are times here, and of units treated only after the last time.
    private mutating func warn(of levels: [String], _ starts: [Int], _ column: String) {
        let first = self.column.periods.first?.position ?? 0
        if let zero = zip(levels, starts).first(where: { Double($0.0).map { $0 <= 0 } ?? false && $0.1 < times.count })?
            .0,
            first <= 0
        {
            warnings.append(
                "“\(zero)” in “\(column)” is read as a time, since the file has times from \(times[0]) on. Where it means never treated, leave the cell empty."
            )
        }
        let late = zip(levels, starts).filter { $0.1 == times.count && !neverCodes.contains($0.0) }.map(\.0)
        if let sample = late.first {
            warnings.append(
                "Units first treated after the last time (“\(sample)”\(late.count > 1 ? " and others" : "")) are untreated throughout, and serve as controls."
            )
        }
    }

    /// What the report says on top.
    func understood(_ adoption: [Int], cluster: Int?) -> String {
        let treated = adoption.filter { $0 < times.count }
        var text = "\(units.count) units, \(column.understood); \(treated.count) treated"
        if let first = treated.min(), let last = treated.max() {
            text += first == last ? " from \(times[first])" : " from \(times[first]) to \(times[last])"
        }
        text += ", \(adoption.count - treated.count) never"
        if !neverCodes.isEmpty {
            text += " (\(neverCodes.sorted().map { "“\($0)”" }.joined(separator: ", ")) read as never)"
        }
        return text + (cluster.map { "; errors by \($0) clusters" } ?? "") + "."
    }

    /// The cluster of each unit.
    mutating func clusters(_ column: String) throws -> [Int] {
        let (codes, _) = try table.categories(column)
        var found = [Int](repeating: -1, count: units.count)
        for (row, place) in places.enumerated() {
            guard let place else { continue }
            if codes[row] < 0 {
                report(row, column, "it is empty. Name the cluster.")
            } else if found[place.unit] >= 0, found[place.unit] != Int(codes[row]) {
                report(row, column, "“\(units[place.unit])” lies in two clusters. Give one per unit.")
            }
            found[place.unit] = Int(codes[row])
        }
        return found
    }
}
