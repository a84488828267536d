import WeirEconomics
import ArgumentParser
import WeirLogInsight
import WeirMeasuring
import WeirReporting
import WeirStorage
import WeirStores

struct EconomicsCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: EconomicsRequest.kind,
        abstract: "What a customer costs and brings: CAC, marginal CAC, ROAS, churn, contribution margin.",
        discussion: """
            Reads the decision log of a store, also beside a running server: what used offers cost and brought, by campaign,
            offer, channel, month of a customer's first decision, segment and experiment; with a holdout also what would not
            have come anyway. Or reads a file.

            The input is a CSV file with a row per day and campaign, channel, cohort or segment. Its columns say what can be
            measured: spend, incentives, visits, orders, new_customers, revenue, margin, messages, engaged, churned,
            active_customers, incremental_revenue, lifetime_value, incremental_lifetime_value; a column NAME_se gives the
            standard error of NAME. Metrics of your own come from --definitions, a JSON file of name, owner, version, formula
            and unit; two definitions of one name are refused.

            Examples:
              weir measure economics --store weir.db --segment tier --rate offers=0.004
              weir measure economics --input weeks.csv --output economics.html --currency EUR
              weir measure economics --input weeks.csv --by campaign,channel --margin 0.4 --rate messages=0.004 \
            --rate compute_hours=0.05 --rate egress_gb=0.09
              weir measure economics --input weeks.csv --definitions metrics.json --costs rates.csv --json
            """)

    @Option(help: "CSV file (packed with gzip or not; - is the standard input).")
    var input: String?
    @Option(help: "Reads the decision log of this store instead of a file; works beside a server.")
    var store: String?
    @Option(help: "With --store: a trait that the log keeps (default: the first of the catalog's groups).")
    var segment: String?
    @Option(help: "The column with the day.")
    var date = "date"
    @Option(
        help:
            "Columns to group by, separated by commas; adds up (default: all that there are of campaign, offer, channel, cohort, segment)."
    )
    var by: [String] = []
    @Option(help: "JSON files with definitions of metrics; may be given more than once.")
    var definitions: [String] = []
    @Option(help: "CSV file with the cost of running: columns unit (which counts it) and rate.")
    var costs: String?
    @Option(help: "A cost of running, such as messages=0.004; may be given more than once.")
    var rate: [String] = []
    @Option(help: "Margin as a share of revenue, where there is no column margin.")
    var margin: Double?
    @Option(help: "What amounts are counted in (default: USD; of a store the catalog's).")
    var currency: String?
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard (input == nil) != (store == nil) else {
            throw ValidationError("Name a file with --input, or a store with --store.")
        }
        if store != nil, margin != nil || currency != nil {
            throw ValidationError("--margin and --currency are for files; of a store the catalog says them.")
        }
        if store == nil, segment != nil { throw ValidationError("--segment is for a store; with a file use --by.") }
        try check()
    }

    func measured() throws -> Report {
        guard let path = store else { return try request.report() }
        let store = try StoreLocation(path).openForReading()
        let progress = ProgressLine("Reading decisions")
        let total = try store.counts().decisions
        defer { progress.finish() }
        return try economicsReport(
            store: store, segment: segment, by: request.wanted, costs: request.runningCosts(),
            registry: request.registry(), progress: { progress.show($0, of: total) })
    }

    var request: EconomicsRequest {
        var request = EconomicsRequest()
        request.input = input.map { MeasuredFile(path: $0) }
        request.date = date
        request.by = by
        request.definitions = definitions.map { MeasuredFile(path: $0) }
        request.costs = costs.map { MeasuredFile(path: $0) }
        request.rate = rate
        request.margin = margin
        request.currency = currency
        return request
    }
}
