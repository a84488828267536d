import WeirGeoLift
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct GeoPlanCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: GeoPlanRequest.kind,
        abstract: "Says which markets to treat, for how long and at what cost, before a geo test.",
        discussion: """
            The file has one row per market and period, without any campaign. Examples:

              weir measure geo-plan --input history.csv --durations 10,15 --sizes 2,3,4
              weir measure geo-plan --input history.csv --include chicago --cost-per-outcome 7.5 --budget 100000
            """)

    @Option(help: "CSV file with one row per market and period.") var input: String
    @Option(help: "Column with the market.") var location = "location"
    @Option(help: "Column with the date (2021-04-01, 2021-04, 2021-W13) or number of the period.") var date = "date"
    @Option(help: "Column with what is counted.") var outcome = "Y"
    @Option(help: "Lengths of the test in periods, by commas (default: 10,15).") var durations: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: "Lifts to look for, as shares, by commas (default: 0.05,0.1,0.15,0.2).")
    var effects: [String] = []
    @Option(help: "How many markets to treat, by commas (default: 2,3,4).") var sizes: [String] = []
    @Option(help: "Markets that must be treated, by commas; may be repeated.") var include: [String] = []
    @Option(help: "Markets that must not be treated but may serve as comparison, by commas; may be repeated.")
    var keepUntreated: [String] = []
    @Option(help: "Markets that must not serve as comparison, by commas; may be repeated.") var exclude: [String] = []
    @Option(help: "CSV file with location, latitude and longitude in degrees.") var coordinates: String?
    @Option(help: "With --coordinates: markets nearer than this to a treated one are no comparison.") var withinKm = 0.0
    @Option(help: "Least and most share of the outcome without campaign, such as 0.5,1.") var holdout = "0,1"
    @Option(help: "What one incremental outcome costs.") var costPerOutcome = 1.0
    @Option(help: "The most the test may cost.") var budget: Double?
    @Option(help: "Of costs.") var currency = "USD"
    @Option(help: "At which the test will be judged.") var confidence = 0.95
    @Option(help: "Wanted chance to find the effect.") var power = 0.8
    @Option(help: "Judge by the average effect, or by an effect in any period (as GeoLift does).") var judge =
        GeoPlanRequest.Judge.average
    @Option(help: "Simulate only the last so many tests, each with the periods before it.") var lookback: Int?
    @Option(help: "classic, ridge or robust.") var method = SyntheticMethodOption.classic
    @OptionGroup var report: ReportOptions

    var request: GeoPlanRequest {
        var request = GeoPlanRequest()
        request.input = MeasuredFile(path: input)
        request.location = location
        request.date = date
        request.outcome = outcome
        if !durations.isEmpty { request.durations = durations }
        if !effects.isEmpty { request.effects = effects }
        if !sizes.isEmpty { request.sizes = sizes }
        request.include = include
        request.keepUntreated = keepUntreated
        request.exclude = exclude
        request.coordinates = coordinates.map { MeasuredFile(path: $0) }
        request.withinKm = withinKm
        request.holdout = holdout
        request.costPerOutcome = costPerOutcome
        request.budget = budget
        request.currency = currency
        request.confidence = confidence
        request.power = power
        request.judge = judge
        request.lookback = lookback
        request.method = method
        return request
    }
}

extension GeoPlanRequest.Judge: ExpressibleByArgument {}
