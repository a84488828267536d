import WeirFiles
import WeirReporting
import WeirDomain
package import WeirTables

/// What was spent and what came of it: one row per day and campaign, channel, cohort or segment.
package struct EconomicRows: Sendable {
    /// Columns that rows are grouped by.
    package var dimensions: [String]
    /// By dimension, in alphabetical order.
    package var levels: [[String]]
    /// By dimension and row: an index into its levels, or nil where the cell is empty.
    var level: [[Int?]]
    /// Columns of numbers; `cost` and `running_cost` are added to those of the file.
    package private(set) var measures: [String]
    /// By measure and row.
    private(set) var values: [[Double]]
    /// By row, since 1970-01-01.
    var days: [Int]
    /// What each running cost comes to, by row.
    private(set) var runningCosts: [(column: String, values: [Double])] = []
    package private(set) var warnings: [String]
    /// What experiments tell of whole groups.
    private(set) var effects: [GroupEffect] = []
    /// Measures that are shown as they are beside the metrics.
    private(set) var shownTotals: [String] = []
    /// Whether a day without a row is a day on which nothing was; else it may be missing.
    private(set) var isComplete = false

    package var count: Int { days.count }

    /// Where results may lie below 0: returned goods, and effects that hurt.
    private static func mayBeNegative(_ measure: String) -> Bool {
        ["revenue", "margin"].contains(measure) || measure.hasPrefix("incremental_") && !measure.hasSuffix("_se")
    }

    /// - Parameters:
    ///   - date: The column with the day.
    ///   - dimensions: Of which the file must have all.
    ///   - costs: What running costs; a rate whose column is missing is told and not counted.
    ///   - marginShare: Makes `margin` from `revenue` where the file has none.
    /// - Throws: `MeasurementError`, where no row can be used, or `TableError`.
    package init(
        _ table: Table, date: String = "date", dimensions: [String], costs: [RunningCost] = [],
        marginShare: Double? = nil
    ) throws {
        var faults = LineFaults(table.faults, count: table.faultCount)
        let (dates, texts) = try table.categories(date)
        // One mistyped year would stretch the days that are looked at over millennia.
        let known = texts.map { text in
            Timestamp(iso8601: text).flatMap { Self.believable.contains($0.day) ? $0.day : nil }
        }
        let coded = try dimensions.map { try table.categories($0) }
        self.dimensions = dimensions
        measures = table.names.filter { $0 != date && !dimensions.contains($0) && table.isNumeric($0) }
        let columns = try measures.map { try table.numbers($0) }
        if let taken = measures.first(where: { ["cost", "running_cost"].contains($0) }) {
            throw MeasurementError(
                "Column “\(taken)” has the name of a sum that is made from “spend”, “incentives” and the running costs. Rename it."
            )
        }
        levels = coded.map { $0.levels.sorted() }
        values = measures.map { _ in [] }
        level = dimensions.map { _ in [] }
        days = []
        warnings = []
        var seen: [[Int32]: Int] = [:]
        var empty = [Int](repeating: 0, count: measures.count)
        let ranks = zip(coded, levels).map { coded, sorted in coded.levels.map { sorted.firstIndex(of: $0) } }
        for row in 0..<table.rows {
            let line = table.line(ofRow: row)
            guard dates[row] >= 0, let day = known[Int(dates[row])] else {
                let text = dates[row] < 0 ? "" : texts[Int(dates[row])]
                faults.leaveOut(
                    "Line \(line), column “\(date)”: “\(text)” is no date from 1900 to 2199. Write it as 2026-01-31.")
                continue
            }
            if let fault = Self.fault(in: row, of: columns, measures) {
                faults.leaveOut("Line \(line), \(fault)")
                continue
            }
            // Rows of one day and group: the same again is a slip, other figures may be a second booking.
            let key = [Int32(day)] + coded.map { $0.codes[row] }
            if let first = seen[key] {
                if columns.allSatisfy({ $0[row] == $0[first] || $0[row].isNaN && $0[first].isNaN }) {
                    faults.leaveOut("Line \(line) repeats line \(table.line(ofRow: first)). Remove one of them.")
                    continue
                }
                warnings.append(
                    "Line \(line) is for the same day and group as line \(table.line(ofRow: first)), with other figures: both count. Remove one if it is a correction."
                )
            } else {
                seen[key] = row
            }
            days.append(day)
            for index in dimensions.indices {
                let code = coded[index].codes[row]
                level[index].append(code < 0 ? nil : ranks[index][Int(code)])
            }
            for index in measures.indices {
                let value = columns[index][row]
                if value.isNaN { empty[index] += 1 }
                values[index].append(value.isNaN ? 0 : value)
            }
        }
        try warn(of: faults, empty: empty)
        appendCosts(costs, marginShare)
    }

    /// From 1900-01-01 to the end of 2199, in days since 1970-01-01.
    private static let believable = -25_567...84_005

    /// What is wrong with the first figure of a row that cannot be; nil where all can.
    private static func fault(
        in row: Int, of columns: [ContiguousArray<Double>], _ measures: [String]
    ) -> String? {
        let wrong = measures.indices.first {
            columns[$0][row].isInfinite || columns[$0][row] < 0 && !mayBeNegative(measures[$0])
        }
        guard let wrong else { return nil }
        let remedy = measures[wrong] == "spend" ? " spent; book refunds where they were spent" : ""
        return "column “\(measures[wrong])”: \(columns[wrong][row]) cannot be\(remedy). Correct it to a number from 0."
    }

    /// Puts the faults of the file before the warnings of rows for a day and group that has one already.
    ///
    /// - Parameter empty: How many cells of each measure are.
    /// - Throws: `MeasurementError`, where no row is left.
    private mutating func warn(of faults: LineFaults, empty: [Int]) throws {
        if warnings.count > 10 {
            warnings =
                warnings.prefix(10) + ["\(warnings.count - 10) more rows are for a day and group that has one already."]
        }
        warnings = faults.messages + warnings
        guard !days.isEmpty else {
            throw MeasurementError(warnings + ["The file has no row that can be used: nothing can be measured."])
        }
        for (index, count) in empty.enumerated() where count > 0 {
            warnings.append("Column “\(measures[index])” is empty in \(count) rows, which count as 0. Fill them in.")
        }
    }

    /// Rows that were counted rather than read: whoever makes them answers for them.
    ///
    /// - Parameters:
    ///   - days: By row, since 1970-01-01; at least one.
    ///   - measures: Each with a value per row.
    ///   - shownTotals: Measures that are shown as they are beside the metrics.
    package init(
        days: [Int], dimensions: [Dimension], measures: [(name: String, values: [Double])], costs: [RunningCost] = [],
        effects: [GroupEffect] = [], shownTotals: [String] = []
    ) {
        precondition(!days.isEmpty && measures.allSatisfy { $0.values.count == days.count }, "a value per row")
        self.days = days
        self.dimensions = dimensions.map(\.name)
        levels = dimensions.map { $0.levels.sorted() }
        level = zip(dimensions, levels).map { dimension, sorted in
            let ranks = dimension.levels.map { sorted.firstIndex(of: $0) }
            return dimension.codes.map { code in code.flatMap { ranks[$0] } }
        }
        self.measures = measures.map(\.name)
        values = measures.map(\.values)
        warnings = []
        isComplete = true
        self.effects = effects
        self.shownTotals = shownTotals
        appendCosts(costs, nil)
    }

    /// Whether a formula may name it.
    func has(_ measure: String) -> Bool { column(measure) != nil || effects.contains { $0.measure == measure } }

    /// The column's values by row; nil without such a column.
    func column(_ measure: String) -> [Double]? { measures.firstIndex(of: measure).map { values[$0] } }

    private mutating func appendCosts(_ costs: [RunningCost], _ marginShare: Double?) {
        var running = [Double](repeating: 0, count: days.count)
        for cost in costs {
            guard let units = column(cost.column) else {
                warnings.append(
                    "A cost of \(cost.rate) per unit of “\(cost.column)” is declared, but the file has no such column: it is not counted. Add the column."
                )
                continue
            }
            let amounts = units.map { $0 * cost.rate }
            runningCosts.append((cost.column, amounts))
            for row in running.indices { running[row] += amounts[row] }
        }
        if let marginShare, column("margin") == nil, let revenue = column("revenue") {
            append("margin", revenue.map { $0 * marginShare })
        }
        append("running_cost", running)
        let spent = ["spend", "incentives"].compactMap { column($0) }
        if !spent.isEmpty {
            append("cost", running.indices.map { row in spent.reduce(running[row]) { $0 + $1[row] } })
        }
    }

    private mutating func append(_ measure: String, _ column: [Double]) {
        measures.append(measure)
        values.append(column)
    }
}

extension Table {
    fileprivate func isNumeric(_ name: String) -> Bool {
        guard let index = names.firstIndex(of: name) else { return false }
        if case .numbers = columns[index] { return true }
        return false
    }
}

extension EconomicRows {
    /// A way to tell rows apart.
    package struct Dimension: Sendable, Equatable {
        package var name: String
        package var levels: [String]
        /// By row; index into `levels`, nil where the row belongs to none.
        package var codes: [Int?]

        package init(name: String, levels: [String], codes: [Int?]) {
            self.name = name
            self.levels = levels
            self.codes = codes
        }
    }
}
