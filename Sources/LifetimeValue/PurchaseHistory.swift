import WeirFiles
import WeirReporting
import WeirDomain
package import WeirTables

/// Who bought on which days and for how much; several purchases of one day are one.
package struct PurchaseHistory: Sendable {
    /// Names of the columns of a file of purchases.
    package struct Columns: Sendable {
        package var customer: String
        package var date: String
        package var value: String
        /// What customers are told apart by, such as a channel; a customer has the one of the first purchase.
        package var groups: [String]

        package init(
            customer: String = "customer_id", date: String = "date", value: String = "value", groups: [String] = []
        ) {
            self.customer = customer
            self.date = date
            self.value = value
            self.groups = groups
        }
    }

    /// What a column says of each customer.
    package struct Grouping: Sendable {
        package var name: String
        /// In alphabetical order.
        package var levels: [String]
        /// By customer: an index into `levels`, or nil where nothing is said.
        package var level: [Int?]
    }

    /// In order of their first row.
    package var customers: [String]
    package var groupings: [Grouping]
    /// Rows that could not be used, and what else is odd, each with its line and the remedy.
    package var warnings: [String]
    /// Rows that could be used.
    package var rows: Int
    /// Where each customer's days begin in `days` and `values`; one more than customers.
    var starts: [Int]
    /// Since 1970-01-01, ascending within a customer.
    var days: [Int]
    /// Of all purchases of the day.
    var values: [Double]

    /// - Throws: `MeasurementError`, where columns are missing or no row can be used.
    package init(_ table: Table, columns: Columns) throws {
        let rows = try PurchaseRows(table, columns)
        guard !rows.used.isEmpty else {
            throw MeasurementError(
                rows.faults.messages + ["The file has no purchase that can be used: no lifetime value can be told."])
        }
        self.rows = rows.used.count
        warnings = rows.faults.messages
        customers = []
        starts = [0]
        days = []
        values = []
        var last = -1
        var firstRows: [Int] = []
        var names: [Int] = []
        var previous: PurchaseRows.Row?
        var repeated = 0
        for row in rows.used.sorted(by: { ($0.customer, $0.day, $0.row) < ($1.customer, $1.day, $1.row) }) {
            if let previous, previous.customer == row.customer, previous.date == row.date, previous.value == row.value {
                repeated += 1
            }
            previous = row
            if row.customer != last {
                if last >= 0 { starts.append(days.count) }
                names.append(row.customer)
                firstRows.append(row.row)
                last = row.customer
            } else if days.last == row.day {
                values[values.count - 1] += row.value
                continue
            }
            days.append(row.day)
            values.append(row.value)
        }
        starts.append(days.count)
        if repeated > 0 {
            warnings.append(
                "Rows with the customer, date and value of another: \(repeated). They count; remove them if they were written twice."
            )
        }
        customers = names.map { rows.customers[$0] }
        groupings = []
        for name in columns.groups {
            let (codes, levels) = try table.categories(name)
            let sorted = levels.sorted()
            let rank = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
            let found = firstRows.map { codes[$0] < 0 ? nil : rank[levels[Int(codes[$0])]] }
            groupings.append(Grouping(name: name, levels: sorted, level: found))
        }
    }

    /// The last day with a purchase.
    package var lastDay: Int { days.max() ?? 0 }

    package func firstDay(ofCustomer customer: Int) -> Int { days[starts[customer]] }

    /// Purchase days after `start` until `end` (included), and what they were worth together.
    package func purchases(ofCustomer customer: Int, after start: Int, through end: Int) -> (days: Int, value: Double) {
        var result = (days: 0, value: 0.0)
        for index in starts[customer]..<starts[customer + 1] where days[index] > start && days[index] <= end {
            result.days += 1
            result.value += values[index]
        }
        return result
    }

    /// The customers who had bought by the end of a day, and what a model needs to know of them by then.
    package func summaries(through end: Int) -> (customers: [Int], summaries: [PurchaseSummary]) {
        var result: (customers: [Int], summaries: [PurchaseSummary]) = ([], [])
        for customer in customers.indices {
            let first = starts[customer]
            guard days[first] <= end else { continue }
            var last = first
            var sum = 0.0
            while last + 1 < starts[customer + 1], days[last + 1] <= end {
                last += 1
                sum += values[last]
            }
            result.customers.append(customer)
            result.summaries.append(
                PurchaseSummary(
                    repeats: last - first, recencyDays: days[last] - days[first], ageDays: end - days[first],
                    meanValue: last > first ? sum / Double(last - first) : .nan))
        }
        return result
    }
}

/// The rows of a file that are purchases, and what is wrong with the others.
private struct PurchaseRows {
    struct Row {
        var customer: Int
        var day: Int
        /// The text of the date, which may tell the time too.
        var date: Int32
        var row: Int
        var value: Double
    }

    var used: [Row] = []
    var customers: [String]
    var faults: LineFaults

    init(_ table: Table, _ columns: PurchaseHistory.Columns) throws {
        let (codes, levels) = try table.categories(columns.customer)
        let (dates, texts) = try table.categories(columns.date)
        let values = try table.numbers(columns.value)
        let days = texts.map { Timestamp(iso8601: $0)?.day }
        customers = levels
        faults = LineFaults(table.faults, count: table.faultCount)
        used.reserveCapacity(table.rows)
        for row in 0..<table.rows {
            let place = "Line \(table.line(ofRow: row))"
            guard codes[row] >= 0 else {
                faults.leaveOut("\(place), column “\(columns.customer)”: it is empty. Name the customer.")
                continue
            }
            guard dates[row] >= 0, let day = days[Int(dates[row])] else {
                let text = dates[row] < 0 ? "" : texts[Int(dates[row])]
                faults.leaveOut("\(place), column “\(columns.date)”: “\(text)” is no date. Write it as 2026-01-31.")
                continue
            }
            guard values[row].isFinite, values[row] >= 0 else {
                faults.leaveOut(
                    "\(place), column “\(columns.value)”: \(values[row].isFinite ? "\(values[row]) is below 0" : "it is no number"). Take returns off the purchase that they belong to."
                )
                continue
            }
            used.append(Row(customer: Int(codes[row]), day: day, date: dates[row], row: row, value: values[row]))
        }
    }
}
