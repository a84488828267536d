import WeirLifetimeValue
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct LifetimeValueCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: LifetimeValueRequest.kind,
        abstract: "What customers will bring, what they brought, and what a treatment added to it.",
        discussion: """
            The input is a CSV file with a row per purchase. BG/NBD tells how often each customer will buy and whether they
            have left, Gamma-Gamma what each purchase will be worth; cohorts that have been seen for the whole horizon tell
            the same without a model. With --calibration-end the models are first fitted to the time until that day and
            checked on what came after.

            Examples:
              weir measure lifetime-value --input purchases.csv --calibration-end 2026-06-30 --output clv.html
              weir measure lifetime-value --input purchases.csv --segments channel,country --margin 0.35 --currency EUR
              weir measure lifetime-value --input purchases.csv --group arm --treated coupon --control holdout
              weir measure lifetime-value --input purchases.csv --per-customer --format csv --table customers
            """)

    @Option(help: "CSV file of purchases (packed with gzip or not; - is the standard input).")
    var input: String
    @Option(help: "The column with the customer's id.")
    var customer = "customer_id"
    @Option(help: "The column with the day of the purchase.")
    var date = "date"
    @Option(help: "The column with what it was worth.")
    var value = "value"
    @Option(help: "Fit to purchases until this day and check on those after it.")
    var calibrationEnd: String?
    @Option(help: "The last day to look at (default: the last with a purchase).")
    var end: String?
    @Option(help: "How many weeks a value reaches; also how long a cohort must have been seen to be mature.")
    var horizon = 52.0
    @Option(help: "What a year takes off the worth of money, such as 0.1.")
    var discount = 0.1
    @Option(help: "What is kept of each unit of value, such as 0.35.")
    var margin = 1.0
    @Option(help: "Columns that tell customers apart, separated by commas; adds up.")
    var segments: [String] = []
    @Option(help: "The column that says who was treated.")
    var group: String?
    @Option(help: "Its value for the treated.")
    var treated: String?
    @Option(help: "Its value for the held out.")
    var control: String?
    @Option(help: "What the values are counted in.")
    var currency = "USD"
    @Option(help: "Futures drawn for the ranges.")
    var draws = 500
    @Option(help: "Resamples for the lift's range.")
    var resamples = 400
    @Option(help: "Seed of all draws.")
    var seed: UInt64 = 0
    @Flag(help: "Add a table with a row per customer.")
    var perCustomer = false
    @Flag(help: "Add how long fitting took, without reading.")
    var timed = false
    @OptionGroup var report: ReportOptions

    var request: LifetimeValueRequest {
        var request = LifetimeValueRequest()
        request.input = MeasuredFile(path: input)
        request.customer = customer
        request.date = date
        request.value = value
        request.calibrationEnd = calibrationEnd
        request.end = end
        request.horizon = horizon
        request.discount = discount
        request.margin = margin
        request.segments = segments
        request.group = group
        request.treated = treated
        request.control = control
        request.currency = currency
        request.draws = draws
        request.resamples = resamples
        request.seed = seed
        request.perCustomer = perCustomer
        request.timed = timed
        return request
    }
}
