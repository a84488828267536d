import WeirAttribution
import ArgumentParser
import WeirReporting
import WeirStatistics

struct AttributionCommand: MeasuringCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribution",
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

    static var files: [String] { ["input", "conversions", "identity", "claims", "experiments"] }

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
    @Option(help: "Models, separated by commas (default: all that the input allows).")
    var models: String?
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

    func validate() throws {
        guard order >= 1 else { throw ValidationError("--order must be at least 1.") }
        guard halfLife > 0 else { throw ValidationError("--half-life must be above 0 hours.") }
        guard firstShare > 0, lastShare > 0, firstShare + lastShare <= 1 else {
            throw ValidationError("--first-share and --last-share must be above 0 and together at most 1.")
        }
        if let lookbackDays, !(lookbackDays > 0) { throw ValidationError("--lookback-days must be above 0.") }
        guard resamples == 0 || resamples >= 40 else {
            throw ValidationError("--resamples must be at least 40 for intervals, or 0 for none.")
        }
        guard permutations >= 16 else { throw ValidationError("--permutations must be at least 16.") }
        guard separator.count == 1 else { throw ValidationError("--separator is one character.") }
        if let offlineTotal, !(offlineTotal > 0) { throw ValidationError("--offline-total must be above 0.") }
        guard offlineError >= 0 else { throw ValidationError("--offline-error must be at least 0.") }
        guard conversions != nil || identity == nil && person == nil else {
            throw ValidationError("Links of devices need raw touches: give --conversions too.")
        }
        _ = try chosenModels()
    }

    private func chosenModels() throws -> [AttributionModel] {
        guard let models else { return AttributionModel.allCases }
        let known = AttributionModel.allCases.map(\.rawValue).joined(separator: ", ")
        let wanted = try models.split(separator: ",").map { name in
            guard let model = AttributionModel(rawValue: String(name)) else {
                throw ValidationError("“\(name)” is no model. Known: \(known).")
            }
            return model
        }
        guard !wanted.isEmpty else { throw ValidationError("--models names none. Known: \(known).") }
        return AttributionModel.allCases.filter(wanted.contains)
    }

    func measured() throws -> Report {
        var settings = AttributionSettings()
        settings.models = try chosenModels()
        (settings.order, settings.halfLifeHours, settings.seed) = (order, halfLife, seed)
        (settings.firstShare, settings.lastShare) = (firstShare, lastShare)
        (settings.resamples, settings.permutations) = (resamples, permutations)
        let clock = ContinuousClock()
        let start = clock.now
        let study = try study(settings)
        let seconds = (clock.now - start) / .seconds(1)
        var result = AttributionReport(study)
        if timed { result.readSeconds = seconds - study.modelSeconds - study.resamplingSeconds }
        result.claims = try claims.map(PlatformClaim.read) ?? []
        result.experiments = try experiments.map(ChannelExperiment.read) ?? []
        result.offline = offlineTotal.map { total in
            let reach = StandardNormal.quantile(0.975) * offlineError
            return OfflineTotal(conversions: Interval(estimate: total, lower: total - reach, upper: total + reach))
        }
        result.currency = currency
        return result.report
    }

    private func study(_ settings: AttributionSettings) throws -> AttributionStudy {
        let lookbackHours = lookbackDays.map { $0 * 24 }
        guard let conversions else {
            let journeys = try JourneySet(path: input, separator: Character(separator))
            return try AttributionStudy(lookbackHours.map(journeys.within) ?? journeys, settings: settings)
        }
        var columns = TouchLog.Columns()
        (columns.customer, columns.time, columns.channel) = (customer, time, channel)
        (columns.value, columns.person) = (value, person)
        var log = try TouchLog(touches: input, conversions: conversions, columns: columns)
        if let identity { try log.link(from: identity) }
        return try AttributionStudy(log, lookbackHours: lookbackHours, settings: settings)
    }
}
