import WeirExperiments
import WeirReporting
import WeirJSON

/// A case's inputs, and which of them were asked for in vain.
struct CaseInputs {
    var values: JSON
    var missing: [String] = []

    mutating func number(_ name: String, default standard: Double? = nil) -> Double {
        if let number = values[name]?.double ?? standard { return number }
        if !missing.contains(name) { missing.append(name) }
        return 1
    }

    mutating func whole(_ name: String) -> Int { Int(number(name)) }
    mutating func list(_ name: String) -> [Double] {
        let numbers = values[name]?.array?.compactMap(\.double) ?? []
        if numbers.count < 2 { missing.append(name) }
        return numbers.count < 2 ? [1, 1] : numbers
    }

    func text(_ name: String) -> String { values[name]?.string ?? "" }
    func flag(_ name: String) -> Bool { values[name]?.bool ?? false }

    var confidence: Double { 1 - (values["alpha"]?.double ?? 0.05) }
    var isRelative: Bool { text("difference") == "relative" }
    var side: Side {
        let text = text("alternative")
        return text.hasPrefix("larger") || text.hasPrefix("greater")
            ? .greater
            : text.hasPrefix("smaller") || text.hasPrefix("less") ? .less : .both
    }

    var analysis: PowerAnalysis {
        PowerAnalysis(
            alpha: 1 - confidence, isTwoSided: side == .both, ratio: values["n_b_over_n_a"]?.double ?? 1)
    }

    mutating func counts() -> (ShareCount, ShareCount) {
        (ShareCount(whole("sum_a"), of: max(1, whole("n_a"))), ShareCount(whole("sum_b"), of: max(1, whole("n_b"))))
    }

    mutating func shares() -> (SampleSummary, SampleSummary) {
        let (control, treatment) = counts()
        return (
            SampleSummary(successes: control.successes, trials: control.trials),
            SampleSummary(successes: treatment.successes, trials: treatment.trials)
        )
    }

    mutating func means() -> (SampleSummary, SampleSummary) {
        func summary(_ arm: String, _ inputs: inout CaseInputs) -> SampleSummary {
            SampleSummary(
                count: inputs.whole("n_\(arm)"), sum: inputs.number("sum_\(arm)"),
                sumOfSquares: inputs.number("sum_squares_\(arm)"))
        }
        return (summary("a", &self), summary("b", &self))
    }

    mutating func pair(_ arm: String, _ first: String, _ second: String, _ products: String) -> PairedMoments {
        var inner = CaseInputs(values: values[arm] ?? .emptyObject)
        let moments = PairedMoments(
            count: inner.whole("n"), sum: inner.number("\(first)_sum"),
            sumOfSquares: inner.number("\(first)_sum_squares"),
            otherSum: inner.number("\(second)_sum"), otherSumOfSquares: inner.number("\(second)_sum_squares"),
            sumOfProducts: inner.number(products))
        missing += inner.missing.map { "\(arm).\($0)" }
        return moments
    }

    func welch(_ arms: (SampleSummary, SampleSummary), side: Side) -> [JSON.Member] {
        guard arms.0.variance > 0, arms.1.variance > 0, arms.0.mean != 0 else { return .noEffect }
        return .outputs(of: meanEffect(arms.0, arms.1, isRelative: isRelative, confidence: confidence, side: side))
    }

    func sequential(_ arms: (SampleSummary, SampleSummary)) -> [JSON.Member] {
        let sequence = AlwaysValid(tuning: values["tuning_parameter"]?.double ?? 5_000, confidence: confidence)
        let rho = [JSON.Member.figure("rho", sequence.rho)]
        guard arms.0.variance > 0, arms.1.variance > 0, arms.0.mean != 0 else { return rho + .noEffect }
        return rho + .outputs(of: sequence.effect(arms.0, arms.1, isRelative: isRelative))
    }

    func bayes(_ arms: (SampleSummary, SampleSummary)) -> [JSON.Member] {
        guard arms.0.variance > 0, arms.1.variance > 0, arms.0.mean != 0 else {
            return [
                .figure("chance_to_win", 0.5), .figure("effect", 0.0), .range(0, 0), .range(0, 0, name: "risk"),
                .figure("posterior_sd", 0.0),
            ]
        }
        let given = values["prior_effect"]
        let prior = NormalPrior(
            mean: given?["mean"]?.double ?? 0, variance: given?["variance"]?.double ?? 1,
            isProper: given?["proper"]?.bool ?? false)
        let estimate = effectValue(arms.0, arms.1, isRelative: isRelative)
        let variance = effectVariance(arms.0, arms.1, isRelative: isRelative)
        // A belief about the absolute effect is brought to the scale of the reading too.
        let base =
            text("prior_type") == "absolute"
            ? (isRelative ? 1 / arms.0.plainMean : 1) : isRelative ? 1 : arms.0.plainMean
        let posterior = NormalPosterior(
            prior: prior.scaled(by: base), estimate: estimate, variance: variance, confidence: confidence,
            isLowerBetter: flag("lower_is_better"))
        return [
            .figure("chance_to_win", posterior.chanceToBeat), .figure("effect", posterior.mean),
            .range(posterior.lower, posterior.upper),
            .range(posterior.lossOfControl, posterior.lossOfTreatment, name: "risk"),
            .figure("posterior_sd", posterior.standardDeviation),
        ]
    }

    mutating func adjusted(_ correction: Correction) -> [JSON.Member] {
        let adjusted = correction.adjusted(list("p_values"))
        let alpha = 1 - confidence
        return [
            JSON.Member("adjusted", .array(adjusted.map { .number($0) })),
            JSON.Member("rejected", .array(adjusted.map { .bool($0 <= alpha) })),
        ]
    }
}

extension [JSON.Member] {
    static func outputs(of effect: Effect) -> [JSON.Member] {
        [
            .figure("effect", effect.value), .range(effect.lower, effect.upper), .figure("p_value", effect.pValue),
            .figure("standard_error", effect.standardError),
        ]
    }

    static var noEffect: [JSON.Member] {
        [.figure("effect", 0.0), .range(0, 0), .figure("p_value", 1.0), .figure("standard_error", 0.0)]
    }
}

extension JSON.Member {
    static func figure(_ name: String, _ value: Double) -> JSON.Member { JSON.Member(name, caseNumber(value)) }

    static func range(_ lower: Double, _ upper: Double, name: String = "ci") -> JSON.Member {
        JSON.Member(name, .array([caseNumber(lower), caseNumber(upper)]))
    }
}

/// JSON has no infinity; the files write it as a text.
func caseNumber(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : value.isNaN ? .null : .string(value > 0 ? "inf" : "-inf")
}
