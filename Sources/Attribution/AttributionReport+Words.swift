import WeirReporting
import WeirStatistics

extension AttributionReport {
    var conclusion: [String] {
        var sentences = [leading]
        if let spread { sentences.append(spread) }
        sentences.append(
            "Attribution is not incrementality: it shares out conversions that happened and cannot say which would have happened anyway. Move budgets by experiments\(experiments.isEmpty ? "; give their results with --experiments to see how far credit is off" : ""), and use this to choose what to test."
        )
        if !claims.isEmpty { sentences.append(overClaim) }
        if let finding = calibrationFinding { sentences.append(finding) }
        if let broken = study.broken, !study.adjusted.isEmpty {
            sentences.append(
                "An estimated \(AttributionText.percent(broken.brokenShare)) of conversions have a journey that is seen only in part, since devices are not linked; the adjusted credit is below."
            )
        }
        return sentences
    }

    private var leading: String {
        let credit = main.conversions
        let best = ranked(credit)[0]
        let share = AttributionText.percent(credit[best].estimate / study.conversions)
        let others = study.credits.filter { $0.model != .shapleyRate }
        let agreeing = others.filter { ranked($0.conversions)[0] == best }
        let support =
            others.count < 2
            ? "the only model asked for"
            : agreeing.count == others.count
                ? "all \(others.count) models put it first" : "\(agreeing.count) of \(others.count) models put it first"
        let name = study.channels[best]
        return
            "“\(name)” gets the most credit: \(quantity(credit[best]).text) of \(AttributionText.count(study.conversions)) conversions (\(share)) by \(label(main.model)); \(support)."
    }

    /// The channel on which models disagree most.
    var spread: String? {
        let credits = study.credits.filter { $0.model != .shapleyRate }
        guard credits.count > 1 else { return nil }
        let ranges = study.channels.indices.map { channel in
            let values = credits.map { $0.conversions[channel].estimate }
            return (values.min() ?? 0, values.max() ?? 0)
        }
        guard let widest = ranges.indices.max(by: { ranges[$0].1 - ranges[$0].0 < ranges[$1].1 - ranges[$1].0 }) else {
            return nil
        }
        let (low, high) = ranges[widest]
        guard let least = credits.first(where: { $0.conversions[widest].estimate == low }),
            let most = credits.first(where: { $0.conversions[widest].estimate == high }), high > low
        else { return nil }
        return
            "Models disagree most about “\(study.channels[widest])”: \(AttributionText.count(low)) conversions by \(label(least.model)), \(AttributionText.count(high)) by \(label(most.model))."
    }

    var overClaim: String {
        let claimed = claims.reduce(0) { $0 + $1.conversions }
        let all = study.conversions + study.journeys.unattributed
        let total =
            claimed > all
            ? "Platforms together claim \(AttributionText.count(claimed)) conversions, \(AttributionText.count(claimed - all)) (\(AttributionText.percent((claimed - all) / all))) more than there were."
            : "Platforms together claim \(AttributionText.count(claimed)) of \(AttributionText.count(all)) conversions."
        let gaps = claims.map { claim in claim.conversions - credit(of: claim.channel) }
        guard let worst = gaps.indices.max(by: { gaps[$0] < gaps[$1] }), gaps[worst] > 0 else { return total }
        return total
            + " The largest over-claim is “\(claims[worst].channel)”: \(AttributionText.count(claims[worst].conversions)) claimed, \(AttributionText.count(credit(of: claims[worst].channel))) by \(label(main.model))."
    }

    var calibrationFinding: String? {
        guard !experiments.isEmpty else { return nil }
        let calibration = calibration(main)
        let tested = study.channels.indices.filter { calibration.isTested[$0] && calibration.factors[$0] != nil }
        guard
            let worst = tested.min(by: {
                (calibration.factors[$0]?.estimate ?? 1) < (calibration.factors[$1]?.estimate ?? 1)
            }),
            let factor = calibration.factors[worst]
        else { return nil }
        let shown = Quantity(factor.estimate, .ratio, lower: factor.lower, upper: factor.upper).text
        let verdict =
            factor.upper < 1
            ? "its credit is too high"
            : factor.lower > 1 ? "its credit is too low" : "which its credit may be right about"
        return
            "By experiment, “\(study.channels[worst])” brought \(shown) what \(label(main.model)) credits it with: \(verdict)."
    }

    /// 0 where no journey has the channel.
    func credit(of channel: String) -> Double {
        study.channels.firstIndex(of: channel).map { main.conversions[$0].estimate } ?? 0
    }

    var assumptions: [String] {
        var lines = study.credits.map { "\(label($0.model)): \(meaning(of: $0.model))" }
        lines += [
            "Paths hold every touch that mattered: what is not tracked (sight without click, word of mouth, shops) gets no credit.",
            "No model here knows what would have happened without a channel; credit is not what a channel brought.",
        ]
        if study.settings.resamples > 0 {
            lines.append(
                "Intervals hold chance in which journeys were seen (\(AttributionText.percent(study.settings.confidence)), the total moving too), not whether the model is right."
            )
        }
        if !study.journeys.units.isEmpty {
            lines.append(
                "A conversion ends a journey; what was touched after the last one counts as a journey without conversion, though it may still convert."
            )
        }
        if study.broken != nil {
            lines.append("Broken journeys: people whose devices are not linked use them as linked people do.")
        }
        if !experiments.isEmpty {
            lines.append(
                "Calibration: experiments ran in the period of these journeys, at the spend of that time; untested channels are off by factors alike those of tested ones."
            )
        }
        if offline != nil {
            lines.append(
                "Offline total: conversions that were not tracked came through the channels as tracked ones did.")
        }
        return lines
    }

    private func meaning(of model: AttributionModel) -> String {
        let settings = study.settings
        func percent(_ share: Double) -> String { AttributionText.percent(share) }
        return switch model {
        case .first: "all to the first touch; only beginnings matter."
        case .last: "all to the last touch; only ends matter."
        case .linear: "equal parts; every touch matters the same."
        case .position:
            "\(percent(settings.firstShare)) to the first, \(percent(settings.lastShare)) to the last, the rest among those between; of two, the ends share all; the shares are set, not learnt."
        case .timeDecay:
            "a touch \(AttributionText.count(settings.halfLifeHours)) hours earlier weighs half; the half-life is set, not learnt."
        case .shapley:
            "a set of channels is worth the conversions of journeys within it, so each conversion is shared equally by its distinct channels; exact for any number."
        case .markov:
            "the next step depends on the last \(settings.order == 1 ? "touch" : "\(settings.order) touches") alone, and who would come to a removed channel gives up; removal effects are solved exactly and scaled to all conversions."
        case .shapleyRate:
            "a set of channels is worth the conversion rate of journeys within it; can be negative, unstable for channels with few journeys."
        }
    }
}

/// Numbers within sentences.
enum AttributionText {
    static func count(_ value: Double) -> String { Quantity(value, .count).text }
    static func percent(_ value: Double) -> String { Quantity(value, .percent).text }
}
