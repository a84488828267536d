import WeirReporting
import WeirStatistics

// Credit held against what others say: platforms, experiments, the books, and linked devices.
extension AttributionReport {
    var claimFigures: [Report.Figure] {
        let claimed = claims.reduce(0) { $0 + $1.conversions }
        let all = study.conversions + study.journeys.unattributed
        return [
            Report.Figure("claimed", "Claimed by platforms", Quantity(claimed, .count)),
            Report.Figure("over_claim", "Claimed beyond all conversions", Quantity(claimed - all, .count)),
            Report.Figure("over_claim_share", "The same, of all", Quantity((claimed - all) / all, .percent)),
        ]
    }

    var claimSection: Report.Section {
        let rows = claims.map { claim -> (claim: PlatformClaim, credit: Interval) in
            let channel = study.channels.firstIndex(of: claim.channel)
            return (claim, channel.map { main.conversions[$0] } ?? Interval(estimate: 0, lower: 0, upper: 0))
        }
        func minus(_ claimed: Double, _ credit: Interval) -> Interval {
            Interval(estimate: claimed - credit.estimate, lower: claimed - credit.upper, upper: claimed - credit.lower)
        }
        return Report.Section(
            "Beside the platforms' own claims",
            text: [
                "Each platform counts every conversion it touched, by rules of its own; so claims overlap, and add up to more than there is."
            ],
            charts: [
                Chart(
                    name: "claims", title: "Conversions claimed by platforms and credited by \(label(main.model))",
                    summary: overClaim,
                    .bars(
                        rows.map { .init($0.claim.channel, [$0.claim.conversions, $0.credit.estimate]) },
                        series: ["Claimed", label(main.model)], unit: Self.conversions))
            ],
            tables: [
                ReportTable(
                    name: "claims",
                    columns: [
                        .init("channel", "Channel"), .init("claimed", "Claimed"), .init("credit", label(main.model)),
                        .init("over_claim", "Over-claim"), .init("claimed_per_credited", "Claimed per credited"),
                    ],
                    rows: rows.map { claim, credit in
                        [
                            .text(claim.channel), .number(claim.conversions, .count), .quantity(quantity(credit)),
                            .quantity(quantity(minus(claim.conversions, credit))),
                            .number(credit.estimate > 0 ? claim.conversions / credit.estimate : .nan, .ratio),
                        ]
                    })
            ])
    }

    func calibration(_ credit: AttributionStudy.Credit) -> CreditCalibration {
        CreditCalibration(credit, channels: study.channels, experiments: experiments, seed: study.settings.seed)
    }

    var experimentSection: Report.Section {
        let credits = study.credits.filter { $0.model != .shapleyRate }
        let calibrations = credits.map(calibration)
        func cell(_ interval: Interval?, _ unit: Quantity.Unit) -> ReportTable.Cell {
            interval.map { .quantity(Quantity($0.estimate, unit, lower: $0.lower, upper: $0.upper)) } ?? .empty
        }
        func table(
            _ name: String, _ caption: String, _ unit: Quantity.Unit, _ value: (CreditCalibration, Int) -> Interval?
        )
            -> ReportTable
        {
            ReportTable(
                name: name, caption: caption,
                columns: [.init("channel", "Channel"), .init("tested", "Tested")]
                    + credits.map { .init($0.model.rawValue, label($0.model)) },
                rows: study.channels.indices.map { channel in
                    [.text(study.channels[channel]), .text(calibrations[0].isTested[channel] ? "yes" : "no")]
                        + calibrations.map { cell(value($0, channel), unit) }
                })
        }
        let shown = calibration(main)
        let known = study.channels.indices.filter { shown.incremental[$0] != nil }
        return Report.Section(
            "Calibrated to experiments",
            text: [
                "Incremental conversions per credited one, by channel and model: where a factor is below 1, the model credits more than the channel brought. Channels without an experiment get the factor that tested ones make likely, with the wide range that belongs to a guess; they need two tested channels at least."
            ],
            charts: known.isEmpty
                ? []
                : [
                    Chart(
                        name: "calibrated", title: "Incremental conversions, by experiment or calibrated",
                        summary: calibrationFinding ?? "",
                        .intervals(
                            known.compactMap { channel in
                                shown.incremental[channel].map {
                                    .init(
                                        study.channels[channel] + (shown.isTested[channel] ? " (tested)" : ""),
                                        Quantity($0.estimate, Self.conversions, lower: $0.lower, upper: $0.upper))
                                }
                            }, unit: Self.conversions, zero: 0))
                ],
            tables: [
                table("factors", "Incremental per credited conversion", .ratio) { $0.factors[$1] },
                table("calibrated", "Incremental conversions", .number()) { $0.incremental[$1] },
            ])
    }

    func section(_ offline: OfflineTotal) -> Report.Section {
        Report.Section(
            "Scaled to all conversions",
            text: [
                "The books have \(Quantity(offline.conversions.estimate, .count).text) conversions, \(Quantity(offline.factor(tracked: study.conversions), .ratio).text) those that were credited. Credit is scaled by that, which shares out what was not tracked as what was."
            ],
            tables: [
                ReportTable(
                    name: "offline", columns: columns(study.credits),
                    rows: study.channels.indices.map { channel in
                        [.text(study.channels[channel])]
                            + study.credits.map {
                                let scaled = offline.scaled($0.conversions[channel], tracked: study.conversions)
                                return .quantity(
                                    Quantity(scaled.estimate, .number(), lower: scaled.lower, upper: scaled.upper))
                            }
                    })
            ])
    }

    func section(_ broken: BrokenJourneys) -> Report.Section {
        var text = [
            "\(AttributionText.percent(broken.unlinkedShare)) of conversions are on devices of unknown persons. Where persons are known, \(AttributionText.percent(broken.crossDeviceShare)) of conversions have a journey over several devices; the same of the unlinked would be \(AttributionText.percent(broken.brokenShare)) of all conversions seen only in part.",
            "Linked persons' journeys were also credited with their devices taken apart. How much each channel gains by putting them together is what unlinked journeys are multiplied by, scaled to their conversions.",
        ]
        guard !study.adjusted.isEmpty else {
            text.append("Too few conversions on one side to adjust for it.")
            return Report.Section("Journeys broken between devices", text: text)
        }
        let shown = study.adjusted.first { $0.model == main.model } ?? study.adjusted[0]
        let plain = study.credits.first { $0.model == shown.model } ?? main
        let order = ranked(shown.conversions)
        return Report.Section(
            "Journeys broken between devices", text: text,
            charts: [
                Chart(
                    name: "broken", title: "Conversions credited by \(label(shown.model)), as seen and adjusted",
                    summary: largestChange(plain, shown),
                    .bars(
                        order.map {
                            .init(study.channels[$0], [plain.conversions[$0].estimate, shown.conversions[$0].estimate])
                        }, series: ["As seen", "Adjusted"], unit: Self.conversions))
            ], tables: [table("adjusted", study.adjusted, caption: "Credit adjusted for broken journeys")])
    }

    /// Where the adjustment moves most, in words.
    private func largestChange(_ plain: AttributionStudy.Credit, _ adjusted: AttributionStudy.Credit) -> String {
        let changes = study.channels.indices.map {
            abs(adjusted.conversions[$0].estimate - plain.conversions[$0].estimate)
        }
        guard let most = changes.indices.max(by: { changes[$0] < changes[$1] }) else { return "" }
        let (before, after) = (plain.conversions[most].estimate, adjusted.conversions[most].estimate)
        return
            "“\(study.channels[most])” changes most: from \(AttributionText.count(before)) to \(AttributionText.count(after)) conversions."
    }
}
