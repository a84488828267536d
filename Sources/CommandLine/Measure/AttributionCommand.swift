import WeirAttribution
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct AttributionCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: AttributionRequest.kind,
        abstract: "Shares conversions among channels by several models, beside claims and experiments.",
        discussion: """
            The input is a CSV file in one of three layouts, told by its columns: aggregated paths (path, total_conversions,
            total_conversion_value, total_null), single journeys (journey_id, path, hours_before_end, converted, value), or, with
            --conversions, raw touches (customer, time, channel) beside conversions (customer, time, value). Attribution is not
            incrementality: --experiments shows how far it is off.

            Examples:
              weir measure attribution --input paths.csv.gz --output attribution.html
              weir measure attribution --input journeys.csv --lookback-days 30 --claims claimed.csv
              weir measure attribution --input touches.csv --conversions orders.csv --identity links.csv --json
              weir measure attribution --input paths.csv --experiments tests.csv --offline-total 25000
            """)

    @Option(help: "CSV file of paths, journeys or touches (packed with gzip or not; - is the standard input).")
    var input: String
    @Option(help: "CSV file of conversions, where the input is touches.")
    var conversions: String?
    @Option(help: "CSV file of links: device, person. The customers of touches and conversions are then devices.")
    var identity: String?
    @Option(help: "CSV file of what platforms claim: channel, claimed.")
    var claims: String?
    @Option(help: "CSV file of experiments: channel, incremental (conversions), lower, upper (95 %).")
    var experiments: String?
    @Option(help: "All conversions there were, tracked or not.")
    var offlineTotal: Double?
    @Option(help: "Standard error of that total, where it was estimated.")
    var offlineError = 0.0
    @Option(help: "Models, separated by commas; adds up (default: all that the input allows).")
    var models: [String] = []
    @Option(help: "How many touches the Markov chain remembers.")
    var order = 1
    @Option(help: "Hours after which a touch weighs half in time decay.")
    var halfLife = 168.0
    @Option(help: "Share of the first touch in the position model.")
    var firstShare = 0.4
    @Option(help: "Share of the last touch in the position model.")
    var lastShare = 0.4
    @Option(help: "Touches further back than this many days do not count.")
    var lookbackDays: Double?
    @Option(help: "What stands between the channels of a path.")
    var separator = ">"
    @Option(help: "The column with the customer or device, of touches and conversions.")
    var customer = "customer"
    @Option(help: "The column with the time.")
    var time = "time"
    @Option(help: "The column with the channel.")
    var channel = "channel"
    @Option(help: "The column with what a conversion was worth, where the input is touches.")
    var value = "value"
    @Option(
        help: """
            The column of conversions with the order that a row is a line of (default: order_id where there is one, else \
            rows of one customer at one moment are one order).
            """)
    var orderId: String?
    @Option(help: "The column with the person a device belongs to, where there is one.")
    var person: String?
    @Option(help: "What values are counted in.")
    var currency = "USD"
    @Option(help: "Resamples for the intervals; 0 leaves them out.")
    var resamples = 400
    @Option(help: "Orders of channels drawn for the Shapley value of the rate beyond 15 channels.")
    var permutations = 1_000
    @Option(help: "Seed of all draws.")
    var seed: UInt64 = 0
    @Flag(help: "Add how long reading, the models and the intervals took.")
    var timed = false
    @OptionGroup var report: ReportOptions

    var request: AttributionRequest {
        var request = AttributionRequest()
        request.input = MeasuredFile(path: input)
        request.conversions = conversions.map { MeasuredFile(path: $0) }
        request.identity = identity.map { MeasuredFile(path: $0) }
        request.claims = claims.map { MeasuredFile(path: $0) }
        request.experiments = experiments.map { MeasuredFile(path: $0) }
        request.offlineTotal = offlineTotal
        request.offlineError = offlineError
        request.models = models
        request.order = order
        request.halfLife = halfLife
        request.firstShare = firstShare
        request.lastShare = lastShare
        request.lookbackDays = lookbackDays
        request.separator = separator
        request.customer = customer
        request.time = time
        request.channel = channel
        request.value = value
        request.person = person
        request.orderId = orderId
        request.currency = currency
        request.resamples = resamples
        request.permutations = permutations
        request.seed = seed
        request.timed = timed
        return request
    }
}
