import WeirReporting
import WeirDomain
package import WeirTables

extension TreatmentPanel {
    /// How a file says who was treated when.
    package enum Treatment: Sendable, Equatable {
        /// A column with the first treated time, the same in all rows of a unit; empty for never.
        case from(column: String)
        /// A column with 1 in the rows in which the unit was treated, else 0.
        case flag(column: String)
    }

    /// Reads one row per unit and time.
    ///
    /// - Parameters:
    ///   - time: Column of dates (`2025-03-01`) or whole numbers.
    ///   - cluster: Column of a group of units whose errors go together; nil: each unit by itself.
    /// - Throws: `MeasurementError` with all that is wrong, or `TableError`.
    package init(
        _ table: Table, unit: String, time: String, outcome: String, treatment: Treatment, cluster: String? = nil
    ) throws {
        var faults: [String] = []
        func fault(_ row: Int, _ column: String, _ text: String) {
            if faults.count < 20 { faults.append("line \(table.line(ofRow: row)), column “\(column)”: \(text)") }
        }
        let (unitCodes, unitLevels) = try table.categories(unit)
        let (timeCodes, timeLevels) = try table.categories(time)
        let outcomeColumn = try table.numbers(outcome)
        let order = try Self.order(timeLevels, column: time)
        let unitOrder = unitLevels.indices.sorted { unitLevels[$0] < unitLevels[$1] }
        var unitPlace = unitLevels.map { _ in 0 }
        for (place, code) in unitOrder.enumerated() { unitPlace[code] = place }

        var outcomes = [[Double]](
            repeating: [Double](repeating: .nan, count: timeLevels.count), count: unitLevels.count)
        var isSeen = [[Bool]](repeating: [Bool](repeating: false, count: timeLevels.count), count: unitLevels.count)
        var places: [(unit: Int, time: Int)?] = []
        for row in 0..<table.rows {
            places.append(nil)
            guard unitCodes[row] >= 0 else { fault(row, unit, "it is empty. Name the unit."); continue }
            guard timeCodes[row] >= 0 else { fault(row, time, "it is empty. Give the time."); continue }
            let (u, t) = (unitPlace[Int(unitCodes[row])], order[Int(timeCodes[row])])
            if isSeen[u][t] {
                fault(
                    row, unit,
                    "“\(unitLevels[Int(unitCodes[row])])” has a second row for \(timeLevels[Int(timeCodes[row])]). Give one row per unit and time."
                )
                continue
            }
            if outcomeColumn[row].isInfinite { fault(row, outcome, "the value is infinite. Correct it.") }
            isSeen[u][t] = true
            outcomes[u][t] = outcomeColumn[row]
            places[row] = (u, t)
        }
        var times = timeLevels
        for (code, place) in order.enumerated() { times[place] = timeLevels[code] }
        let units = unitOrder.map { unitLevels[$0] }

        var adoption = [Int](repeating: times.count, count: units.count)
        switch treatment {
        case .flag(let column):
            let flags = try table.numbers(column)
            var isOn = outcomes.map { $0.map { _ in Bool?.none } }
            for (row, place) in places.enumerated() {
                guard let place else { continue }
                guard flags[row] == 0 || flags[row] == 1 else {
                    fault(row, column, "“\(flags[row])” is neither 0 nor 1. Write 1 where the unit was treated.")
                    continue
                }
                isOn[place.unit][place.time] = flags[row] == 1
            }
            for u in units.indices {
                adoption[u] = isOn[u].firstIndex(of: true) ?? times.count
                if let back = isOn[u].indices.first(where: { $0 > adoption[u] && isOn[u][$0] == false }) {
                    faults.append(
                        "column “\(column)”: “\(units[u])” is treated from \(times[adoption[u]]) and not at \(times[back]). "
                            + "A treatment must stay on; cut the data where it ends.")
                }
            }
        case .from(let column):
            let (codes, levels) = try table.categories(column)
            let moments = try levels.map { level in
                try Self.moment(level) ?? { throw MeasurementError("column “\(column)”: “\(level)” is no time.") }()
            }
            let known = times.map { (try? Self.moment($0)) ?? 0 }
            var first = [Int32?](repeating: nil, count: units.count)
            for (row, place) in places.enumerated() {
                guard let place else { continue }
                if let before = first[place.unit], before != codes[row] {
                    fault(
                        row, column,
                        "“\(units[place.unit])” has two first treated times. Give the same one in all its rows.")
                    continue
                }
                first[place.unit] = codes[row]
                guard codes[row] >= 0 else { continue }
                adoption[place.unit] = known.firstIndex { $0 >= moments[Int(codes[row])] } ?? times.count
            }
        }

        var clusters: [Int]?
        if let cluster {
            let (codes, _) = try table.categories(cluster)
            var found = [Int](repeating: -1, count: units.count)
            for (row, place) in places.enumerated() {
                guard let place else { continue }
                if codes[row] < 0 {
                    fault(row, cluster, "it is empty. Name the cluster.")
                } else if found[place.unit] >= 0, found[place.unit] != Int(codes[row]) {
                    fault(row, cluster, "“\(units[place.unit])” lies in two clusters. Give one per unit.")
                }
                found[place.unit] = Int(codes[row])
            }
            clusters = found
        }
        guard faults.isEmpty else { throw MeasurementError(faults) }
        self.init(units: units, times: times, outcomes: outcomes, adoption: adoption, clusters: clusters)
    }

    /// The place of each level in time.
    private static func order(_ levels: [String], column: String) throws -> [Int] {
        let moments = try levels.map { level -> Double in
            guard let moment = try moment(level) else {
                throw MeasurementError(
                    "column “\(column)”: “\(level)” is neither a date such as 2025-03-01 nor a whole number. Correct it."
                )
            }
            return moment
        }
        var result = levels.map { _ in 0 }
        for (place, code) in levels.indices.sorted(by: { moments[$0] < moments[$1] }).enumerated() {
            result[code] = place
        }
        return result
    }

    private static func moment(_ text: String) throws -> Double? {
        if let number = Double(text) { return number.isFinite ? number : nil }
        return Timestamp(iso8601: text).map { Double($0.microseconds) / 86_400e6 }
    }
}
