public import WeirGeoLift
import ArgumentParser
import WeirMeasuring
import WeirReporting

struct GeoLiftCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: GeoLiftRequest.kind,
        abstract: "Says what a campaign that ran in some markets added there.",
        discussion: """
            The file has one row per market and period. Examples:

              weir measure geo-lift --input sales.csv --treated "chicago,portland" --start 2021-04-01
              weir measure geo-lift --input sales.csv --treated chicago --start 2021-04-01 --method ridge --spend 65000
              weir measure geo-lift --input sales.csv --cells "tv=chicago,cincinnati;search=honolulu" --start 2021-04-01
              weir measure geo-lift --input sales.csv --treated "Portland, OR" --treated "Chicago, IL" --start 2021-04-01

            A name with a comma may stand in double quotes within a list, as in CSV; where it is not quoted it is found among
            the file's names.
            """)

    @Option(help: "CSV file with one row per market and period.") var input: String
    @Option(help: "Column with the market.") var location = "location"
    @Option(help: "Column with the date (2021-04-01, 2021-04, 2021-W13) or number of the period.") var date = "date"
    @Option(help: "Column with what is counted.") var outcome = "Y"
    @Option(help: "Markets with the campaign, by commas; may be repeated.") var treated: [String] = []
    @Option(help: "Several campaigns: name=market,market;name=market; may be repeated.") var cells: [String] = []
    @Option(help: "First period of the campaign.") var start: String
    @Option(help: "Last period of the campaign (default: the last in the file).") var end: String?
    @Option(help: "classic, ridge or robust.") var method = SyntheticMethodOption.classic
    @Flag(help: "Match levels too, rather than movements about each market's mean.") var levels = false
    @Option(help: "Markets that must not serve as comparison, by commas; may be repeated.") var exclude: [String] = []
    @Option(help: "CSV file with location, latitude and longitude in degrees.") var coordinates: String?
    @Option(help: "With --coordinates: markets nearer than this to a treated one are no comparison.") var withinKm = 0.0
    @Option(help: "Of the intervals.") var confidence = 0.95
    @Option(help: "What the campaign cost, by cell where there are several: 65000 or tv=40000;search=25000.") var spend:
        String?
    @Option(parsing: .unconditional, help: "What one outcome is worth, for the return on spend.") var value: Double?
    @Option(help: "Of spend and value.") var currency = "USD"
    @OptionGroup var report: ReportOptions

    var request: GeoLiftRequest {
        var request = GeoLiftRequest()
        request.input = MeasuredFile(path: input)
        request.location = location
        request.date = date
        request.outcome = outcome
        request.treated = treated
        request.cells = cells
        request.start = start
        request.end = end
        request.method = method
        request.levels = levels
        request.exclude = exclude
        request.coordinates = coordinates.map { MeasuredFile(path: $0) }
        request.withinKm = withinKm
        request.confidence = confidence
        request.spend = spend
        request.value = value
        request.currency = currency
        return request
    }
}

extension SyntheticMethodOption: ExpressibleByArgument {}
