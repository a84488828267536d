import WeirFiles
import WeirReporting
import WeirDomain
package import WeirTables

/// Who bought on which days and for how much; several purchases of one day are one.
///
/// A row with an amount below 0 is a return. It is no purchase and no sign of life; it is taken off the customer's latest
/// purchase before it, and what is more than that off those before.
package struct PurchaseHistory: Sendable {
    /// Names of the columns of a file of purchases.
    package struct Columns: Sendable {
        package var customer: String
        package var date: String
        /// Nil where each purchase counts 1.
        package var value: String?
        /// What customers are told apart by, such as a channel; a customer has the one of the first purchase.
        package var groups: [String]

        package init(
            customer: String = "customer_id", date: String = "date", value: String? = "value", groups: [String] = []
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
    /// Of all purchases of the day, before returns.
    var values: [Double]
    /// By place in `values`: what was taken back of it, and on which day.
    var returns: [Int: [(day: Int, amount: Double)]] = [:]
    /// What every single purchase was worth, where all were worth the same and nothing came back.
    package var onePrice: Double?
    /// The last day with a purchase or a return.
    package private(set) var lastDay = 0
    /// Of all returns, those without a purchase included; ≥ 0.
    package var returned = 0.0
    /// Returns that have no purchase before them that they could be taken off; they are in no figure of a customer.
    package var unmatchedReturns = 0.0

    /// - Throws: `MeasurementError`, where columns are missing or no row can be used.
    package init(_ table: Table, columns: Columns) throws {
        let rows = try PurchaseRows(table, columns)
        guard rows.used.contains(where: { $0.value >= 0 }) else {
            let reason =
                rows.used.isEmpty
                ? "The file has no purchase that can be used: no lifetime value can be told."
                : "All \(rows.used.count) amounts that can be read are below 0, so there are returns and no purchase. Write purchases as numbers from 0."
            throw MeasurementError(rows.faults.messages + [reason])
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
        let ordered = rows.used.sorted { ($0.customer, $0.day, $0.row) < ($1.customer, $1.day, $1.row) }
        for row in ordered where row.value >= 0 {
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
        takeBack(ordered.filter { $0.value < 0 }, names)
        lastDay = ordered.map(\.day).max() ?? 0
        let price = ordered[0].value
        onePrice = ordered.allSatisfy { $0.value == price } ? price : nil
    }

    /// Takes returns off purchases.
    ///
    /// - Parameters:
    ///   - rows: By customer and day.
    ///   - names: By customer, ascending: the number that rows have.
    private mutating func takeBack(_ rows: [PurchaseRows.Row], _ names: [Int]) {
        var left = rows.isEmpty ? [] : values
        var customer = 0
        for row in rows {
            while customer < names.count, names[customer] < row.customer { customer += 1 }
            var amount = -row.value
            returned += amount
            if customer < names.count, names[customer] == row.customer {
                for place in (starts[customer]..<starts[customer + 1]).reversed() where days[place] <= row.day {
                    let part = min(amount, left[place])
                    guard part > 0 else { continue }
                    returns[place, default: []].append((row.day, part))
                    left[place] -= part
                    amount -= part
                }
            }
            unmatchedReturns += amount
        }
        if unmatchedReturns > 0 {
            warnings.append(
                "Returns of \(Wording.short(unmatchedReturns)) have no purchase of the customer before them, or are more than it: they are in no figure of a customer. Give purchases from earlier on, if there are any."
            )
        }
    }

    /// What the purchases of a day were worth, less what of it had come back by another day.
    func value(at place: Int, through end: Int) -> Double {
        guard !returns.isEmpty, let back = returns[place] else { return values[place] }
        return back.reduce(values[place]) { $1.day <= end ? $0 - $1.amount : $0 }
    }

    /// What all purchases until a day were worth, and what of it had come back by then.
    package func totals(through end: Int) -> (gross: Double, returned: Double) {
        var totals = (gross: 0.0, returned: 0.0)
        for place in days.indices where days[place] <= end {
            totals.gross += values[place]
            totals.returned += values[place] - value(at: place, through: end)
        }
        return totals
    }

    /// The first day with a purchase and the last one with anything, in words.
    var period: String {
        "\(Timestamp(day: days.min() ?? 0).isoDate) to \(Timestamp(day: lastDay).isoDate)"
    }

    package func firstDay(ofCustomer customer: Int) -> Int { days[starts[customer]] }

    /// Purchase days after `start` until `end` (included), and what they were worth together, less what came back by then.
    package func purchases(ofCustomer customer: Int, after start: Int, through end: Int) -> (days: Int, value: Double) {
        var result = (days: 0, value: 0.0)
        for index in starts[customer]..<starts[customer + 1] where days[index] > start && days[index] <= end {
            result.days += 1
            result.value += value(at: index, through: end)
        }
        return result
    }

    /// The customers who had bought by the end of a day, and what a model needs to know of them by then.
    ///
    /// - Parameter beforeReturns: Whether values are as bought, rather than less what came back.
    package func summaries(through end: Int, beforeReturns: Bool = false) -> (
        customers: [Int], summaries: [PurchaseSummary]
    ) {
        var result: (customers: [Int], summaries: [PurchaseSummary]) = ([], [])
        for customer in customers.indices {
            let first = starts[customer]
            guard days[first] <= end else { continue }
            var last = first
            var sum = 0.0
            while last + 1 < starts[customer + 1], days[last + 1] <= end {
                last += 1
                sum += beforeReturns ? values[last] : value(at: last, through: end)
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
