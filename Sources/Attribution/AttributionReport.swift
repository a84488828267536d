import Foundation
package import WeirReporting
import WeirStatistics

/// A study with what it is held against, as a report.
package struct AttributionReport: Sendable {
    package var study: AttributionStudy
    package var claims: [PlatformClaim] = []
    package var experiments: [ChannelExperiment] = []
    package var offline: OfflineTotal?
    package var currency = "USD"
    /// How long reading took; where it is given, the report says so and how long the models and intervals took.
    package var readSeconds: Double?

    package init(_ study: AttributionStudy) { self.study = study }

    package var report: Report {
        var report = Report(
            kind: "attribution", title: "Attribution of conversions to channels", conclusion: conclusion,
            figures: figures,
            warnings: study.warnings + strangers)
        report.understood = understood
        report.sections = [creditSection]
        if !study.removalEffects.isEmpty { report.sections.append(removalSection) }
        if hasValue { report.sections.append(valueSection) }
        if !claims.isEmpty { report.sections.append(claimSection) }
        if !experiments.isEmpty { report.sections.append(experimentSection) }
        if let offline { report.sections.append(section(offline)) }
        if let broken = study.broken { report.sections.append(section(broken)) }
        report.assumptions = assumptions
        report.data =
            study.journeys.sources
            + (study.journeys.repeated == 0
                ? []
                : [
                    "\(study.journeys.repeated) conversions had no touch since the one before and are credited to the touches before that one."
                ]) + [
                study.settings.resamples > 0
                    ? "Intervals from \(study.settings.resamples) resamples of \(study.journeys.units.isEmpty ? "journeys" : "persons"), seed \(study.settings.seed)."
                    : "No intervals: no resamples were asked for."
            ]
        return report
    }

    /// What was read as what, in one line; empty where the journeys come from no file.
    private var understood: String {
        guard !study.journeys.sources.isEmpty else { return "" }
        let money = hasValue ? "value in \(currency)" : "no values"
        let times = study.journeys.hasTimes ? "times in hours before the conversion" : "no times"
        let read = study.journeys.sources.joined(separator: " ")
        return "\(study.channels.count) channels, \(times), \(money); \(read.prefix(1).lowercased() + read.dropFirst())"
    }

    // MARK: Shared by the sections

    static let conversions = Quantity.Unit.named("conversions")
    var money: Quantity.Unit { .money(currency) }
    var hasValue: Bool { study.credits.contains { !$0.values.isEmpty } }

    /// What single figures are taken from: Markov where it is there.
    var main: AttributionStudy.Credit { study.credits.first { $0.model == .markov } ?? study.credits[0] }

    func quantity(_ interval: Interval, _ unit: Quantity.Unit = .number(), of credit: AttributionStudy.Credit? = nil)
        -> Quantity
    {
        let isSampled = credit?.model == .shapleyRate && study.usesSampling
        guard study.settings.resamples > 0 || isSampled else { return Quantity(interval.estimate, unit) }
        return Quantity(
            interval.estimate, unit, lower: interval.lower, upper: interval.upper, confidence: study.settings.confidence
        )
    }

    func label(_ model: AttributionModel) -> String {
        model == .markov && study.settings.order > 1 ? "Markov, order \(study.settings.order)" : model.label
    }

    func columns(_ credits: [AttributionStudy.Credit]) -> [ReportTable.Column] {
        [.init("channel", "Channel")] + credits.map { .init($0.model.rawValue, label($0.model)) }
    }

    /// A row per channel, a column per model.
    func table(_ name: String, _ credits: [AttributionStudy.Credit], caption: String = "", value: Bool = false)
        -> ReportTable
    {
        ReportTable(
            name: name, caption: caption, columns: columns(credits),
            rows: study.channels.indices.map { channel in
                [.text(study.channels[channel])]
                    + credits.map { credit in
                        .quantity(
                            quantity(
                                value ? credit.values[channel] : credit.conversions[channel], value ? money : .number(),
                                of: credit))
                    }
            })
    }

    /// Channels in the order of their credit, the largest first.
    func ranked(_ intervals: [Interval]) -> [Int] {
        intervals.indices.sorted { (-intervals[$0].estimate, $0) < (-intervals[$1].estimate, $1) }
    }

    /// At most four models, as more bars per channel cannot be told apart; the table beside the picture has all.
    private func pictured(_ credits: [AttributionStudy.Credit]) -> [AttributionStudy.Credit] {
        let preferred: [AttributionModel] = [.first, .last, .markov, .linear, .position, .timeDecay, .shapley]
        let chosen = preferred.filter { model in credits.contains { $0.model == model } }.prefix(4)
        return credits.filter { chosen.contains($0.model) }
    }

    private func barChart(_ name: String, _ title: String, value: Bool) -> [Chart] {
        let credits = pictured(study.credits.filter { !value || !$0.values.isEmpty })
        guard let last = credits.last else { return [] }
        func intervals(_ credit: AttributionStudy.Credit) -> [Interval] { value ? credit.values : credit.conversions }
        let order = ranked(intervals(last))
        let unit = value ? money : Self.conversions
        return [
            Chart(
                name: name, title: title,
                summary: (value ? nil : spread) ?? extremes(intervals(last), unit, "by \(label(last.model))"),
                .bars(
                    order.map { channel in
                        .init(study.channels[channel], credits.map { intervals($0)[channel].estimate })
                    }, series: credits.map { label($0.model) }, unit: unit))
        ]
    }

    /// The largest and the smallest channel, in words.
    func extremes(_ intervals: [Interval], _ unit: Quantity.Unit, _ how: String) -> String {
        let order = ranked(intervals)
        guard let most = order.first, let least = order.last, most != least else { return "There is one channel only." }
        func text(_ channel: Int) -> String {
            "“\(study.channels[channel])” \(unit.text(intervals[channel].estimate))"
        }
        return "Most \(how): \(text(most)); least: \(text(least))."
    }

    // MARK: Sections

    private var creditSection: Report.Section {
        var charts = barChart("credit", "Conversions credited, by channel and model", value: false)
        if study.settings.resamples > 0 {
            charts.append(
                Chart(
                    name: "credit-intervals", title: "Conversions credited by \(label(main.model)), with intervals",
                    summary: extremes(main.conversions, Self.conversions, "by \(label(main.model))"),
                    .intervals(
                        ranked(main.conversions).map { .init(study.channels[$0], quantity(main.conversions[$0])) },
                        unit: Self.conversions, zero: 0)))
        }
        var text = [
            "Every model shares out the same \(AttributionText.count(study.conversions)) conversions. Where models disagree, the answer rests on the model and not on the data."
        ]
        if study.usesSampling {
            text.append(
                "Beyond \(ShapleyOfRate.exactLimit) channels the Shapley value of the rate is a mean over \(2 * study.settings.permutations) drawn orders; its range is that of drawing alone."
            )
        }
        return Report.Section(
            "Credit in conversions", text: text, charts: charts, tables: [table("credit", study.credits)])
    }

    private var removalSection: Report.Section {
        let order = ranked(study.removalEffects)
        return Report.Section(
            "What the chain loses without a channel",
            text: [
                "Share of conversions lost in the Markov chain where everyone who would have come to the channel gives up. Shares add up to more than one, since a journey can need several channels; in the world, many would have come another way."
            ],
            charts: study.settings.resamples == 0
                ? []
                : [
                    Chart(
                        name: "removal-effects", title: "Share of conversions lost without the channel",
                        summary: extremes(study.removalEffects, .percent, "lost"),
                        .intervals(
                            order.map { .init(study.channels[$0], quantity(study.removalEffects[$0], .percent)) },
                            unit: .percent, zero: 0))
                ],
            tables: [
                ReportTable(
                    name: "removal-effects",
                    columns: [.init("channel", "Channel"), .init("removal_effect", "Lost without it")],
                    rows: study.channels.indices.map {
                        [.text(study.channels[$0]), .quantity(quantity(study.removalEffects[$0], .percent))]
                    })
            ])
    }

    private var valueSection: Report.Section {
        let credits = study.credits.filter { !$0.values.isEmpty }
        return Report.Section(
            "Credit in value", charts: barChart("value", "Value credited, by channel and model", value: true),
            tables: [table("value", credits, value: true)])
    }

    private var figures: [Report.Figure] {
        var figures = [
            Report.Figure("conversions", "Conversions credited", Quantity(study.conversions, .count)),
            Report.Figure("journeys", "Journeys", Quantity(study.conversions + study.journeys.abandoned, .count)),
            Report.Figure("touches", "Touches read", Quantity(Double(study.journeys.touchCount), .count)),
        ]
        if hasValue { figures.append(Report.Figure("value", "Value credited", Quantity(study.value, money))) }
        if let probability = study.conversionProbability {
            figures.append(
                Report.Figure(
                    "conversion_probability", "Chance that a journey converts", quantity(probability, .percent)))
        }
        if study.journeys.unattributed > 0 {
            figures.append(
                Report.Figure(
                    "unattributed", "Conversions without a touch", Quantity(study.journeys.unattributed, .count)))
        }
        if let broken = study.broken {
            figures.append(
                Report.Figure(
                    "broken_share", "Journeys seen in part (estimated)", Quantity(broken.brokenShare, .percent)))
        }
        if !claims.isEmpty { figures += claimFigures }
        if let offline {
            figures.append(
                Report.Figure(
                    "offline_factor", "All conversions per credited one",
                    Quantity(offline.factor(tracked: study.conversions), .ratio)))
        }
        if let readSeconds {
            figures += [
                Report.Figure("read_seconds", "Reading and unpacking", Quantity(readSeconds, .seconds)),
                Report.Figure("model_seconds", "All models, without reading", Quantity(study.modelSeconds, .seconds)),
                Report.Figure("resampling_seconds", "Intervals", Quantity(study.resamplingSeconds, .seconds)),
            ]
        }
        return figures
    }

    /// Channels of the other files that no journey has.
    private var strangers: [String] {
        func unknown(_ names: [String], _ file: String) -> [String] {
            let missing = names.filter { !study.channels.contains($0) }
            guard !missing.isEmpty else { return [] }
            return [
                "No journey has the channel\(missing.count == 1 ? "" : "s") \(missing.map { "“\($0)”" }.joined(separator: ", ")) of the \(file). Channels are \(study.channels.map { "“\($0)”" }.joined(separator: ", ")); are the names spelt alike?"
            ]
        }
        return unknown(claims.map(\.channel), "claims") + unknown(experiments.map(\.channel), "experiments")
    }
}
