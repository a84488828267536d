import WeirReporting

extension ExperimentResult {
    /// What was found, and what to do; the first sentence is the answer.
    var verdict: Verdict {
        var verdict = Verdict()
        for reading in guardrails where reading.verdict == .stop {
            let harm =
                "makes \(reading.metric) worse by \(percent(abs(reading.effect.value))), surely by more than the \(percent(reading.margin)) tolerated."
            verdict.append("“\(reading.arm)” \(harm)", advising: "Stop “\(reading.arm)”: it \(harm)")
        }
        var sentences: [String] = []
        guard let first = comparisons.first(where: { !isGuarded($0.metric) })?.metric else {
            for reading in guardrails where reading.verdict != .stop { verdict.append(text(reading)) }
            return verdict
        }
        for comparison in comparisons where comparison.metric == first { append(comparison, to: &verdict) }
        let others = comparisons.filter { $0.metric != first && !isGuarded($0.metric) }
        for comparison in others where comparison.isSignificant { sentences.append(brief(comparison)) }
        let silent = others.filter { !$0.isSignificant }
        if !silent.isEmpty {
            let names = silent.map { arms.count > 2 ? "\($0.metric) (\($0.arm))" : $0.metric }
            sentences.append("No change beyond chance in \(names.joined(separator: ", ")).")
        }
        sentences += guardrails.filter { $0.verdict != .stop }.map(text)
        for segment in segments where segment.adjustedPValue <= settings.alpha && segment.degreesOfFreedom > 0 {
            let best = segment.levels.max { $0.absolute.value < $1.absolute.value }?.name ?? ""
            sentences.append(
                "The effect of “\(segment.arm)” on \(segment.metric) differs by \(segment.segment); it is highest for “\(best)”."
            )
        }
        for sentence in sentences { verdict.append(sentence) }
        return verdict
    }

    private func append(_ comparison: MetricComparison, to verdict: inout Verdict) {
        let arm = "“\(comparison.arm)”"
        let change = described(comparison)
        var sentences: [String] = []
        if comparison.isBetter {
            let isStopped = guardrails.contains { $0.arm == comparison.arm && $0.verdict == .stop }
            let found = "\(arm) is better than “\(comparison.control)”: \(change), beyond what chance explains."
            verdict.append(
                found,
                advising: isStopped ? nil : found + " Give \(arm) to all, if its cost stays below what it brings.")
        } else if comparison.isWorse {
            let found = "\(arm) is worse than “\(comparison.control)”: \(change), beyond what chance explains."
            verdict.append(found, advising: found + " Stop it.")
        } else if comparison.isUnknown {
            verdict.append("Nothing can be said of \(arm) against “\(comparison.control)”: \(change).")
        } else {
            verdict.append(
                "\(arm) is not shown to differ from “\(comparison.control)”: \(change); chance alone could do that.")
            sentences.append(power(comparison))
        }
        if let rarest = comparison.rarestCount, rarest < MetricComparison.fewestForWelch {
            let few =
                "\(counted(rarest, "success or failure", "successes or failures")) of \(comparison.metric) in one arm"
            let range =
                comparison.method == .exact ? "the range is wide for that reason" : "take the range as rough"
            sentences.append(
                comparison.isSignificant
                    ? "There are only \(few): \(range)." : "With only \(few) there is next to no power; \(range).")
        }
        if let posterior = comparison.posterior {
            sentences.append(
                "The chance that \(arm) is better is \(chance(posterior.chanceToBeat)); choosing it wrongly would cost \(percent(posterior.lossOfTreatment)) of \(comparison.metric) on average."
            )
        }
        for sentence in sentences { verdict.append(sentence) }
    }

    /// What could have been found, and what would be needed.
    private func power(_ comparison: MetricComparison) -> String {
        let units = isSwitchback ? "periods" : clusters == nil ? "units" : "clusters"
        guard comparison.smallestFindable.isFinite else {
            return "Nothing varies in \(comparison.metric), so nothing can be said about its effect."
        }
        let findable =
            comparison.smallestFindableRelative.map(percent)
            ?? comparison.unit.ofDifference.text(comparison.smallestFindable)
        let said =
            "With these \(units) a change of \(findable) or more would have been found with a chance of \(percent(settings.power)); smaller ones would mostly be missed."
        guard let relevant = settings.relevantEffect, let smallest = comparison.smallestFindableRelative else {
            return said
        }
        guard smallest > relevant else {
            return said + " An effect of \(percent(relevant)), the least that would matter, is therefore unlikely."
        }
        let needed =
            Double(min(comparison.controlSample.count, comparison.armSample.count)) * smallest * smallest / relevant
            / relevant
        return
            "The test has no power for what would matter: \(percent(relevant)) needs about \(Quantity.Unit.count.text(needed)) \(units) per arm. \(said)"
    }

    private func brief(_ comparison: MetricComparison) -> String {
        "\(comparison.metric): “\(comparison.arm)” is \(comparison.isBetter ? "better" : "worse"), \(described(comparison))."
    }

    private func text(_ reading: GuardrailReading) -> String {
        switch reading.verdict {
        case .stop: "Stop “\(reading.arm)”."
        case .holds:
            "“\(reading.arm)” does not make \(reading.metric) worse by more than the \(percent(reading.margin)) tolerated."
        case .undecided:
            "Whether “\(reading.arm)” makes \(reading.metric) worse by more than \(percent(reading.margin)) is still open; keep watching."
        }
    }

    /// `converted +0.52 points (0.20 points to 0.84 points), that is +5.4 %`: the range is the absolute one, since it is the
    /// one that the p-value goes with.
    private func described(_ comparison: MetricComparison) -> String {
        let unit = comparison.unit.ofDifference
        let size = signed(comparison.absolute.value, unit) + " (\(range(comparison.absolute, unit)))"
        let lift = comparison.relative.map { ", that is \(signed($0.value, .percent))" } ?? ""
        return "\(comparison.metric) \(size)\(lift)"
    }

    private func signed(_ value: Double, _ unit: Quantity.Unit) -> String { (value > 0 ? "+" : "") + unit.text(value) }

    private func range(_ effect: Effect, _ unit: Quantity.Unit) -> String {
        "\(unit.text(effect.lower)) to \(unit.text(effect.upper))"
    }

    private func chance(_ chance: Double) -> String {
        chance > 0.999 ? "above 99.9 %" : chance < 0.001 ? "below 0.1 %" : percent(chance)
    }

    private func percent(_ share: Double) -> String { Quantity.Unit.percent.text(share) }
}
