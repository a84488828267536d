import WeirDomain
import WeirFiles
import WeirReporting
import WeirTables

/// The rows of a file that are purchases or returns, and what is wrong with the others.
struct PurchaseRows {
    struct Row {
        var customer: Int
        var day: Int
        /// The text of the date, which may tell the time too.
        var date: Int32
        var row: Int
        /// Below 0 for a return.
        var value: Double
    }

    var used: [Row] = []
    var customers: [String]
    var faults: LineFaults

    /// From 1900-01-01 to the end of 2199, in days since 1970-01-01.
    private static let believable = -25_567...84_005

    init(_ table: Table, _ columns: PurchaseHistory.Columns) throws {
        let (codes, levels) = try table.categories(columns.customer)
        let (dates, texts) = try table.categories(columns.date)
        let values = try columns.value.map { try table.numbers($0) }
        // A shop has no other days; one mistyped year would stretch the time that is looked at over millennia.
        let days = texts.map { text in
            Timestamp(iso8601: text).flatMap { Self.believable.contains($0.day) ? $0.day : nil }
        }
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
                faults.leaveOut(
                    "\(place), column “\(columns.date)”: “\(text)” is no date from 1900 to 2199. Write it as 2026-01-31."
                )
                continue
            }
            // Without a column of values purchases are counted.
            let value = values?[row] ?? 1
            guard value.isFinite else {
                faults.leaveOut(
                    "\(place), column “\(columns.value ?? "")”: it is \(value.isNaN ? "empty" : "\(value)"). Write what the purchase was worth, or below 0 what came back."
                )
                continue
            }
            used.append(Row(customer: Int(codes[row]), day: day, date: dates[row], row: row, value: value))
        }
    }
}
