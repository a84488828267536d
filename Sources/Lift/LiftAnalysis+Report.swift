import WeirDomain
package import WeirReporting
import WeirStatistics

extension LiftAnalysis {
    /// What was changed, in words first.
    package var report: Report {
        Report(
            kind: "lift", title: "What offers changed: \(trial.name)", conclusion: conclusion, figures: figures,
            warnings: warnings, sections: sections, assumptions: assumptions, data: data)
    }

    // MARK: Words

    private var conclusion: [String] {
        let reading = everyone[trial.leading]!
        let interval = reading.doublyRobust
        let unit = unit(of: trial.leading)
        let amount = quantity(interval, unit).text
        let word = words(trial.leading)
        var sentences: [String] = []
        if interval.lower > 0 {
            sentences.append("Offers bring \(amount) more \(word) per customer than no offers would.")
        } else if interval.upper < 0 {
            sentences.append("Offers lose \(word): \(amount) per customer against no offers. Stop or change them.")
        } else {
            sentences.append(
                "It is not shown that offers change \(word): the difference is \(amount) per customer. Less than "
                    + "\(unit.text(reading.detectable)) would probably not have been seen; wait, or hold out more.")
        }
        if let ratio = everyone.returnOnCost {
            let text = quantity(ratio, .ratio).text
            if ratio.lower > 1 {
                sentences.append("Each unit of cost brings \(text) its worth in margin: the offers pay.")
            } else if ratio.upper < 1 {
                sentences.append("Each unit of cost brings only \(text) its worth in margin: the offers do not pay.")
            } else {
                sentences.append("Whether they pay is open: margin per unit of cost is \(text).")
            }
        }
        sentences += lastTouchWords
        if let p = heterogeneity(of: segments), let segments = trial.segments {
            sentences.append(
                p < 0.05
                    ? "Segments by \(segments.name) differ (p = \(Quantity.Unit.probability.text(p))): see below."
                    : "Segments by \(segments.name) do not differ beyond chance.")
        }
        return sentences
    }

    private var lastTouchWords: [String] {
        guard trial.isValueComparable, let reading = everyone[.conversions], lastTouch.conversions > 0 else {
            return []
        }
        let incremental = reading.doublyRobust.estimate * Double(everyone.treated)
        let unit = Quantity.Unit.count
        let head = "Last touch credits \(unit.text(lastTouch.conversions)) conversions to the offers;"
        guard incremental > 0 else { return ["\(head) the comparison with the held out shows no gain at all."] }
        return [
            "\(head) about \(unit.text(incremental)) would not have happened without them, so it claims "
                + "\(Quantity.Unit.ratio.text(lastTouch.conversions / incremental)) as much."
        ]
    }

    // MARK: Figures

    private var figures: [Report.Figure] {
        var figures: [Report.Figure] = []
        for outcome in [LiftOutcome.margin, .metric, .conversions] {
            guard let reading = everyone[outcome] else { continue }
            figures.append(
                .init(
                    "incremental_\(outcome.rawValue)_per_customer", "More \(words(outcome)) per customer",
                    quantity(reading.doublyRobust, unit(of: outcome))))
        }
        if let ratio = everyone.returnOnCost {
            figures.append(.init("return_on_cost", "Margin per unit of cost (iROAS)", quantity(ratio, .ratio)))
        }
        let leading = everyone[trial.leading]!
        let scale = Double(everyone.treated)
        let total = leading.doublyRobust
        figures.append(
            .init(
                "incremental_total", "In all, over the treated",
                quantity(
                    Interval(estimate: total.estimate * scale, lower: total.lower * scale, upper: total.upper * scale),
                    unit(of: trial.leading))))
        if let relative = everyone[.conversions]?.relative, trial.isValueComparable {
            figures.append(.init("relative_lift", "Lift in conversions", quantity(relative, .percent)))
        }
        if let reading = offered?[trial.leading] {
            figures.append(
                .init(
                    "effect_on_offered", "Per customer who would get an offer",
                    quantity(reading.doublyRobust, unit(of: trial.leading))))
        }
        figures.append(
            .init(
                "detectable", "Smallest difference seen four times out of five",
                Quantity(leading.detectable, unit(of: trial.leading))))
        return figures
    }

    func quantity(_ interval: Interval, _ unit: Quantity.Unit) -> Quantity {
        Quantity(
            interval.estimate, unit, lower: interval.lower, upper: interval.upper, confidence: confidence)
    }

    func unit(of outcome: LiftOutcome) -> Quantity.Unit {
        switch outcome {
        case .conversions: .number()
        case .value, .cost, .margin: .money(trial.currency)
        case .metric: .number()
        }
    }

    func words(_ outcome: LiftOutcome) -> String {
        switch outcome {
        case .conversions: "conversions"
        case .value: "margin before cost"
        case .cost: "cost of offers"
        case .margin: "margin after cost"
        case .metric: Self.trimmed(trial.metric ?? "metric")
        }
    }

    /// A metric's name without its own "per customer", which is said beside it anyway.
    private static func trimmed(_ name: String) -> String { name.replacing(#/ per \w+$/#, with: "") }

    // MARK: Doubts

    private var warnings: [String] {
        var warnings = trial.warnings
        let percent = Quantity.Unit.percent
        for effect in [everyone, offered].compactMap(\.self) where effect.sampleRatio < 0.001 {
            let who = effect.name == "everyone" ? "" : " who would get an offer"
            warnings.append(
                "The arms\(who) are not as large as the holdout's share says (\(effect.treated) and \(effect.heldOut), "
                    + "p = \(Quantity.Unit.probability.text(effect.sampleRatio))): something lost customers of one arm. "
                    + "Find it before using any figure here.")
        }
        if trial.contaminated > 0 {
            let share = Double(trial.contaminated) / Double(trial.customers.count)
            warnings.append(
                "\(trial.contaminated) customers (\(percent.text(share))) were met in both arms, by identifiers that "
                    + "became one or a changed share. They count in the arm of their first decision, which makes "
                    + "effects look smaller by about that share.")
        }
        if everyone.heldOut < 50 {
            warnings.append(
                "Only \(everyone.heldOut) customers are held out: one of them can turn the answer. Hold out more.")
        }
        if let offered, offered.heldOut < 30, everyone.heldOut >= 50 {
            warnings.append(
                "Only \(offered.heldOut) of the held out would have got an offer: the figures for those alone are rough."
            )
        }
        if trial.isValueComparable, everyone.isLowCount {
            let interval = quantity(everyone.exactShares, .points).text
            warnings.append(
                "\(everyone.convertersTreated) of \(everyone.treated) treated and \(everyone.convertersHeldOut) of "
                    + "\(everyone.heldOut) held-out customers converted: too few for the intervals of means. What "
                    + "holds exactly is the difference of those shares: \(interval).")
        }
        if let reading = everyone[trial.leading], reading.doublyRobust.contains(0),
            reading.detectable > abs(reading.heldOut) / 2
        {
            warnings.append(
                "There is little power: only a change of \(unit(of: trial.leading).text(reading.detectable)) per "
                    + "customer or more would have been seen four times out of five.")
        }
        if !leftOut.isEmpty {
            warnings.append("Fewer than ten customers in an arm, so not compared: \(leftOut.joined(separator: ", ")).")
        }
        return warnings
    }

    private var assumptions: [String] {
        var texts = [
            "Chance alone decided who is held out, with the logged probability; what is compared is what was intended, "
                + "not what was used.",
            "Customers do not change each other's behaviour, and budgets that the held out leave unspent change little.",
            "Features are those of a customer's first decision, before any offer could change them.",
        ]
        if offered != nil {
            texts.append(
                "Until their first offer the treated and the held out have lived the same, so those who would have got "
                    + "one are alike. From then on everything counts, offers of other campaigns too.")
        }
        texts.append(
            "A segment or campaign is one of many looks: of twenty that are alike, one will seem to differ at 95 %.")
        return texts
    }

    private var data: [String] {
        [
            "\(date(trial.from)) to \(date(trial.to)): \(everyone.treated) treated and \(everyone.heldOut) held-out customers, "
                + "\(trial.deeds.count) deeds, \(trial.customers.first?.features.count ?? 0) features"
        ] + trial.data
    }

    /// `2026-05-01`.
    func date(_ seconds: Double) -> String {
        String(Timestamp(seconds: seconds).iso8601.prefix(10))
    }
}
