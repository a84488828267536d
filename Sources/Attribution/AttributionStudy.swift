import WeirReporting
import Foundation
package import WeirStatistics

/// Credit of channels by several models, with intervals, and what it becomes beside experiments, totals and claims.
package struct AttributionStudy: Sendable {
    /// One model's credit.
    package struct Credit: Sendable {
        package var model: AttributionModel
        /// By channel, in conversions; the ends equal the estimate where nothing was resampled.
        package var conversions: [Interval]
        /// By channel; empty where the journeys carry no value.
        package var values: [Interval]
        /// By resample and channel, for what is computed from the credit; empty without resamples.
        var draws: [[Double]] = []
    }

    /// In alphabetical order.
    package let channels: [String]
    package let credits: [Credit]
    /// By channel: the share of conversions that the Markov chain loses without it; empty where that model is not asked
    /// for.
    package let removalEffects: [Interval]
    /// That a journey converts, by the Markov chain.
    package let conversionProbability: Interval?
    /// Credit adjusted for journeys broken between devices; empty without links.
    package let adjusted: [Credit]
    /// Sums of credit that every model shares out.
    package let conversions: Double
    package let value: Double

    let settings: AttributionSettings
    let journeys: JourneySet
    let broken: BrokenJourneys?
    let usesSampling: Bool
    package internal(set) var warnings: [String]
    /// Processing without reading: all rules with the Markov chain, from flat arrays; and the intervals.
    package let modelSeconds: Double
    package let resamplingSeconds: Double

    /// - Throws: `MeasurementError`, where nothing converted or the settings do not fit the journeys.
    package init(_ journeys: JourneySet, settings: AttributionSettings = AttributionSettings()) throws {
        try self.init(journeys, nil, settings)
    }

    /// The same from touches, with journeys broken between devices adjusted for where some devices are linked.
    package init(
        _ log: TouchLog, lookbackHours: Double? = nil, settings: AttributionSettings = AttributionSettings()
    ) throws {
        try self.init(log.journeys(lookbackHours: lookbackHours), log.parts(lookbackHours: lookbackHours), settings)
    }

    private init(_ journeys: JourneySet, _ broken: BrokenJourneys?, _ settings: AttributionSettings) throws {
        guard journeys.conversions > 0 else {
            throw MeasurementError(
                journeys.warnings + [
                    "No journey with a touch converted: there is nothing to share out. Check the conversions, and the lookback window."
                ])
        }
        warnings = journeys.warnings
        let settings = Self.fitting(settings, journeys, &warnings)
        self.settings = settings
        self.journeys = journeys
        self.broken = broken
        let clock = ContinuousClock()
        let start = clock.now
        let engine = try CreditEngine(journeys, settings)
        let point = engine.credits()
        modelSeconds = (clock.now - start) / .seconds(1)
        let order = journeys.channels.indices.sorted { journeys.channels[$0] < journeys.channels[$1] }
        channels = order.map { journeys.channels[$0] }
        conversions = journeys.conversions
        value = journeys.value
        usesSampling = settings.models.contains(.shapleyRate) && !engine.isRateExact

        let resampling = Resampling(seed: settings.seed)
        let resampleStart = clock.now
        let draws = parallel(parts: settings.resamples) {
            engine.credits(resampling.counts(journeys, resample: $0))
        }
        func interval(_ estimate: Double, _ values: [Double]) -> Interval {
            Resampling.interval(estimate, values, confidence: settings.confidence)
        }
        credits = settings.models.indices.map { index in
            let sampled = settings.models[index] == .shapleyRate && !engine.isRateExact
            return Self.credit(index, isSampled: sampled, point, draws, settings, order)
        }
        removalEffects =
            point.effects.isEmpty
            ? [] : order.map { channel in interval(point.effects[channel], draws.map { $0.effects[channel] }) }
        conversionProbability = point.probability.map { interval($0, draws.compactMap(\.probability)) }
        adjusted = try broken.map { try Self.adjusted($0, settings, order) } ?? []
        resamplingSeconds = (clock.now - resampleStart) / .seconds(1)
        warnOfGaps()
    }

    /// The settings without the models that the journeys do not allow.
    private static func fitting(
        _ settings: AttributionSettings, _ journeys: JourneySet, _ warnings: inout [String]
    ) -> AttributionSettings {
        var settings = settings
        if !journeys.hasTimes { settings.models.removeAll { $0 == .timeDecay } }
        if journeys.channels.count > 64, settings.models.contains(.shapleyRate) {
            settings.models.removeAll { $0 == .shapleyRate }
            warnings.append(
                "The Shapley value of the rate is left out: it takes at most 64 channels. Group them to see it.")
        }
        return settings
    }

    /// One model's credit with its intervals.
    ///
    /// - Parameter isSampled: Whether it comes with a standard error of its own.
    private static func credit(
        _ index: Int, isSampled: Bool, _ point: CreditEngine.Credits, _ draws: [CreditEngine.Credits],
        _ settings: AttributionSettings, _ order: [Int]
    ) -> Credit {
        func interval(_ estimate: Double, _ values: [Double]) -> Interval {
            Resampling.interval(estimate, values, confidence: settings.confidence)
        }
        let z = StandardNormal.quantile((1 + settings.confidence) / 2)
        return Credit(
            model: settings.models[index],
            conversions: order.map { channel in
                let estimate = point.conversions[index][channel]
                guard isSampled else { return interval(estimate, draws.map { $0.conversions[index][channel] }) }
                let reach = z * point.rateErrors[channel]
                return Interval(estimate: estimate, lower: estimate - reach, upper: estimate + reach)
            },
            values: point.values.isEmpty || point.values[index].isEmpty
                ? []
                : order.map { channel in
                    interval(point.values[index][channel], draws.map { $0.values[index][channel] })
                },
            draws: isSampled ? [] : draws.map { draw in order.map { draw.conversions[index][$0] } })
    }

    private static func adjusted(
        _ broken: BrokenJourneys, _ settings: AttributionSettings, _ order: [Int]
    ) throws -> [Credit] {
        guard broken.stitched.conversions > 0, broken.apart.conversions > 0, broken.unlinked.conversions > 0 else {
            return []
        }
        // It can be negative, so that no ratio of it means anything.
        let models = settings.models.filter { $0 != .shapleyRate }
        guard !models.isEmpty else { return [] }
        var settings = settings
        settings.models = models
        let sets = [broken.stitched, broken.apart, broken.unlinked]
        let engines = try sets.map { try CreditEngine($0, settings) }
        let resampling = Resampling(seed: settings.seed)
        let draws = parallel(parts: settings.resamples + 1) { draw in
            let credits = sets.indices.map { index in
                // The first is the data themselves.
                draw == 0
                    ? engines[index].credits()
                    : engines[index].credits(resampling.counts(sets[index], resample: draw - 1))
            }
            return models.indices.map { model in
                broken.adjusted(
                    stitched: credits[0].conversions[model], apart: credits[1].conversions[model],
                    unlinked: credits[2].conversions[model])
            }
        }
        return models.indices.map { model in
            Credit(
                model: models[model],
                conversions: order.map { channel in
                    Resampling.interval(
                        draws[0][model][channel], draws.dropFirst().map { $0[model][channel] },
                        confidence: settings.confidence)
                }, values: [], draws: draws.dropFirst().map { draw in order.map { draw[model][$0] } })
        }
    }

    private mutating func warnOfGaps() {
        if journeys.unattributed > 0 {
            let share = journeys.unattributed / (journeys.unattributed + conversions)
            warnings.append(
                "\(AttributionText.count(journeys.unattributed)) conversions (\(AttributionText.percent(share))) have no touch before them within reach and are credited to no channel. Check that every channel is tracked."
            )
        }
        if journeys.abandoned == 0 {
            warnings.append(
                "No journey without conversion is there: Markov, the Shapley value of the rate and the conversion probability mean little. Add journeys that did not convert."
            )
        }
        if settings.resamples > 0, journeys.conversions < 100 {
            warnings.append(
                "Only \(AttributionText.count(journeys.conversions)) conversions: intervals from resampling are too narrow below about 100. Collect more before moving money."
            )
        }
    }
}
