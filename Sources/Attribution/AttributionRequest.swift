package import WeirMeasuring
package import WeirReporting
import WeirStatistics

/// Conversions shared among channels by several models, by a file of paths, journeys or touches.
package struct AttributionRequest: MeasurementRequest {
    package static let kind = "attribution"

    package var input: MeasuredFile?
    /// Of conversions, where the input is touches.
    package var conversions: MeasuredFile?
    /// Of links: device, person.
    package var identity: MeasuredFile?
    /// What platforms claim: channel, claimed.
    package var claims: MeasuredFile?
    /// Of experiments: channel, incremental, lower, upper.
    package var experiments: MeasuredFile?
    /// All conversions there were, tracked or not, with its standard error.
    package var offlineTotal: Double?
    package var offlineError = 0.0
    /// Each by itself or several by commas; none for all that the input allows.
    package var models: [String] = []
    /// How many touches the Markov chain remembers; ≥ 1.
    package var order = 1
    /// Hours after which a touch weighs half in time decay; > 0.
    package var halfLife = 168.0
    /// Of the first and the last touch in the position model.
    package var firstShare = 0.4
    package var lastShare = 0.4
    package var lookbackDays: Double?
    /// Between the channels of a path; one character.
    package var separator = ">"
    /// Columns of touches and conversions.
    package var customer = "customer"
    package var time = "time"
    package var channel = "channel"
    package var value = "value"
    package var person: String?
    /// Of conversions: the order that a row is a line of; nil for `order_id` where there is one.
    package var orderId: String?
    package var currency = "USD"
    /// For the intervals; 0 leaves them out, else at least 40.
    package var resamples = 400
    /// Orders of channels drawn for the Shapley value of the rate beyond 15 channels; ≥ 16.
    package var permutations = 1_000
    package var seed: UInt64 = 0
    /// Whether the report says how long reading, the models and the intervals took.
    package var timed = false

    package init() {}

    package func check() throws {
        try refuse([
            limitFault("--order", order, 1...20, "touches"), limitFault("--half-life", halfLife, 0.001...1e6, "hours"),
            lookbackDays.flatMap { limitFault("--lookback-days", $0, 0.001...36_500) },
            resamples == 0 ? nil : limitFault("--resamples", resamples, 40...100_000, "for intervals, or 0 for none"),
            limitFault("--permutations", permutations, 16...1_000_000),
            offlineTotal.flatMap { limitFault("--offline-total", $0, 1e-6...1e15) },
            limitFault("--offline-error", offlineError, 0...1e15),
        ])
        guard firstShare > 0, lastShare > 0, firstShare + lastShare <= 1 else {
            throw MeasurementError("--first-share and --last-share must be above 0 and together at most 1.")
        }
        guard separator.count == 1 else { throw MeasurementError("--separator is one character.") }
        guard conversions != nil || identity == nil && person == nil else {
            throw MeasurementError("Links of devices need raw touches: give --conversions too.")
        }
        _ = try chosenModels()
    }

    package func report() throws -> Report {
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

    private func chosenModels() throws -> [AttributionModel] {
        guard !models.isEmpty else { return AttributionModel.allCases }
        let known = AttributionModel.allCases.map(\.rawValue).joined(separator: ", ")
        let wanted = try models.flatMap { $0.split(separator: ",") }.map { name in
            guard let model = AttributionModel(rawValue: String(name)) else {
                throw MeasurementError("“\(name)” is no model. Known: \(known).")
            }
            return model
        }
        guard !wanted.isEmpty else { throw MeasurementError("--models names none. Known: \(known).") }
        return AttributionModel.allCases.filter(wanted.contains)
    }

    private func study(_ settings: AttributionSettings) throws -> AttributionStudy {
        let input = try required(input)
        let lookbackHours = lookbackDays.map { $0 * 24 }
        guard let conversions else {
            let journeys = try JourneySet(input, separator: Character(separator))
            return try AttributionStudy(lookbackHours.map(journeys.within) ?? journeys, settings: settings)
        }
        var columns = TouchLog.Columns()
        (columns.customer, columns.time, columns.channel) = (customer, time, channel)
        (columns.value, columns.person, columns.order) = (value, person, orderId)
        var log = try TouchLog(touches: input, conversions: conversions, columns: columns)
        if let identity { try log.link(from: identity) }
        return try AttributionStudy(log, lookbackHours: lookbackHours, settings: settings)
    }
}
