import WeirDomain
import WeirTables
package import WeirMeasuring
package import WeirReporting

/// What customers will bring, brought, and what a treatment added to it, by a file with a row per purchase.
package struct LifetimeValueRequest: MeasurementRequest {
    package static let kind = "lifetime-value"

    package var input: MeasuredFile?
    /// Columns with the customer, the day, and what the purchase was worth.
    package var customer = "customer_id"
    package var date = "date"
    package var value = "value"
    /// Fits to purchases until this day and checks on those after it.
    package var calibrationEnd: String?
    /// The last day to look at; nil for the last with a purchase.
    package var end: String?
    /// In weeks; > 0.
    package var horizon = 52.0
    /// What a year takes off the worth of money; ≥ 0.
    package var discount = 0.1
    /// What is kept of each unit of value; > 0.
    package var margin = 1.0
    /// Columns that tell customers apart, each by itself or several by commas.
    package var segments: [String] = []
    /// The column that says who was treated, with its values for treated and held out.
    package var group: String?
    package var treated: String?
    package var control: String?
    package var currency = "USD"
    /// Futures drawn for the ranges, and resamples for the lift's; each at least 2.
    package var draws = 500
    package var resamples = 400
    package var seed: UInt64 = 0
    /// Whether there is a table with a row per customer.
    package var perCustomer = false
    /// Whether the report says how long fitting took.
    package var timed = false

    package init() {}

    package func check() throws {
        try refuse([
            limitFault("--horizon", horizon, 0.1...5_200, "weeks"), limitFault("--discount", discount, 0...100),
            limitFault("--margin", margin, 1e-6...1e6), limitFault("--draws", draws, 2...100_000),
            limitFault("--resamples", resamples, 2...100_000),
        ])
        guard (group == nil) == (treated == nil), (group == nil) == (control == nil) else {
            throw MeasurementError("A lift needs all of --group, --treated and --control.")
        }
        for text in [calibrationEnd, end] where text != nil && day(text) == nil {
            throw MeasurementError("“\(text ?? "")” is no day. Write it as 2026-06-30.")
        }
    }

    package func report() throws -> Report {
        let input = try required(input)
        var groups = try segments.flatMap { text in
            guard let names = ListedNames.names(in: text) else {
                throw MeasurementError(
                    "--segments “\(text)” has an empty name or an open quotation mark. Write channel,country.")
            }
            return names
        }
        if let twice = groups.first(where: { name in groups.count { $0 == name } > 1 }) {
            throw MeasurementError("--segments names “\(twice)” twice. Name each column once.")
        }
        if let group, !groups.contains(group) { groups.append(group) }
        let table = try input.table(
            mustBeNumbers: [value], mustBeCategories: [customer, date] + groups,
            verbatim: [group].compactMap { $0 })
        try table.requireReadable()
        // A file of counts has no values; one whose column was named otherwise has to say so.
        let isCounted = value == Self().value && !table.names.contains(value)
        let history = try PurchaseHistory(
            table, columns: .init(customer: customer, date: date, value: isCounted ? nil : value, groups: groups))
        let settings = LifetimeStudy.Settings(
            calibrationEnd: day(calibrationEnd), end: day(end),
            horizon: LifetimeHorizon(weeks: horizon, annualDiscount: discount, margin: margin),
            comparison: group.map { ($0, treated ?? "", control ?? "") }, draws: draws, resamples: resamples,
            seed: seed, currency: isCounted ? "purchases" : currency, listsCustomers: perCustomer)
        let times = timed ? fittingTimes(history) : []
        var report = try LifetimeStudy(history, settings).report
        report.figures += times
        report.understood = understood(table, history, isCounted: isCounted, groups)
        if isCounted {
            report.warnings.append(
                "There is no column “\(value)”: each purchase counts 1. Name the column with what purchases were worth by --value."
            )
        }
        return report
    }

    /// What was read as what, in one line.
    private func understood(
        _ table: Table, _ history: PurchaseHistory, isCounted: Bool, _ groups: [String]
    ) -> String {
        let value = isCounted ? "no values, each purchase counts 1" : "value \(value) as \(currency)"
        let told = groups.isEmpty ? "" : "; " + table.kinds(of: groups)
        let left = table.rows + table.faultCount - history.rows
        return "customer \(customer) as an id; date \(date) as days from \(history.period); \(value)\(told); "
            + "\(history.rows) rows, \(left == 0 ? "none" : "\(left)") left out."
    }

    private func day(_ text: String?) -> Int? { text.flatMap { Timestamp(iso8601: $0)?.day } }

    /// Of the calibration where there is one.
    private func fittingTimes(_ history: PurchaseHistory) -> [Report.Figure] {
        let summaries = history.summaries(through: day(calibrationEnd) ?? day(end) ?? history.lastDay).summaries
        let clock = ContinuousClock()
        let purchases = clock.measure { _ = BetaGeometricModel.fitted(to: summaries) }
        let money = clock.measure { _ = GammaGammaModel.fitted(to: summaries) }
        return [
            ("fit_purchases_seconds", "Fitting BG/NBD", purchases), ("fit_money_seconds", "Fitting Gamma-Gamma", money),
        ]
        .map { Report.Figure($0, $1, Quantity($2 / .seconds(1), .seconds)) }
    }
}
