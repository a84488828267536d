import Foundation
public import WeirLearning
public import WeirStatistics

/// One condition that a model meets, or does not, before it may decide.
public struct ModelGate: Sendable, Equatable {
    public enum Verdict: String, Sendable {
        case passed, failed
        /// There is too little to say; counts as not passed.
        case unmeasured
    }

    /// Such as `calibration`.
    public var name: String
    public var verdict: Verdict
    /// What was measured, in words with the figure.
    public var measured: String
    /// What is asked for.
    public var threshold: String
    /// What to do where it is not passed.
    public var remedy: String

    public init(name: String, verdict: Verdict, measured: String, threshold: String, remedy: String) {
        self.name = name
        self.verdict = verdict
        self.measured = measured
        self.threshold = threshold
        self.remedy = remedy
    }
}

/// What the gates ask for.
public struct ModelGateSettings: Sendable, Equatable {
    public var outcomes = 200.0
    public var positives = 20.0
    /// Log loss per outcome by which a candidate may at most be worse than the built-in model, with 95 % confidence.
    public var lossMargin = 0.01
    /// Calibration error beyond what chance gives.
    public var calibrationError = 0.02
    /// Predicted ÷ observed, at most this or its inverse.
    public var calibrationRatio = 1.25
    public var scorePSI = 0.25
    /// Gap between predicted and observed share within a declared group, beyond four standard errors.
    public var groupGap = 0.03
    /// Share of the live value per decision that the candidate may at most lose, with 95 % confidence.
    public var valueMargin = 0.1

    public init() {}
}

/// A candidate's value per decision beside the live policy's, as estimated from the log.
public struct PolicyValue: Sendable, Equatable {
    /// Value per decision of what decided.
    public var live: Double
    /// Candidate minus live, with 95 % confidence.
    public var difference: Interval
    public var effectiveSampleSize: Double
    /// Logged decisions that it rests on.
    public var decisions: Int

    public init(live: Double, difference: Interval, effectiveSampleSize: Double, decisions: Int) {
        self.live = live
        self.difference = difference
        self.effectiveSampleSize = effectiveSampleSize
        self.decisions = decisions
    }
}

/// The gates between a shadow and the champion's place, in the order in which people ask for them.
///
/// - Parameter value: Nil where it could not be estimated.
public func modelGates(
    _ watch: ModelWatch, card: ModelCard, value: PolicyValue?, settings: ModelGateSettings = ModelGateSettings()
) -> [ModelGate] {
    let isEnough = watch.outcomes >= settings.outcomes && watch.positives >= settings.positives
    let wait = "Let it run as a shadow until there are more outcomes."
    func gate(
        _ name: String, _ passes: Bool?, _ measured: String, threshold: String, remedy: String
    ) -> ModelGate {
        let verdict: ModelGate.Verdict = passes.map { $0 ? .passed : .failed } ?? .unmeasured
        return ModelGate(
            name: name, verdict: isEnough || name == "evidence" || passes == false ? verdict : .unmeasured,
            measured: measured, threshold: threshold, remedy: passes == nil || !isEnough ? wait : remedy)
    }

    return [
        gate(
            "evidence", isEnough,
            "\(Int(watch.outcomes)) live outcomes, \(Int(watch.positives)) of them conversions",
            threshold: "at least \(Int(settings.outcomes)) and \(Int(settings.positives))", remedy: wait),
        rankingGate(watch, isEnough: isEnough, gate),
        accuracyGate(watch, settings, isEnough: isEnough, gate),
        calibrationGate(watch, settings, isEnough: isEnough, gate),
        driftGate(watch, card, settings, isEnough: isEnough, gate),
        groupGate(watch, settings, gate),
        valueGate(value, settings, gate),
    ]
}

private typealias MakeGate = (String, Bool?, String, String, String) -> ModelGate

private func rankingGate(_ watch: ModelWatch, isEnough: Bool, _ gate: MakeGate) -> ModelGate {
    let auc = watch.auc
    return gate(
        "ranking", isEnough ? auc.map { $0.lower > 0.5 } : nil,
        auc.map { "AUC \(words($0))" } ?? "no conversion yet", "its lower end above 0.5",
        "The model ranks no better than chance: look at its labels and features, and train it anew.")
}

private func accuracyGate(
    _ watch: ModelWatch, _ settings: ModelGateSettings, isEnough: Bool, _ gate: MakeGate
) -> ModelGate {
    let advantage = watch.advantage
    return gate(
        "accuracy", isEnough ? advantage.map { $0.lower >= -settings.lossMargin } : nil,
        advantage.map { "log loss lower by \(words($0)) than the built-in model's" } ?? "nothing scored yet",
        "lower end at least −\(settings.lossMargin)",
        "The built-in model explains outcomes better: train on newer data, or leave it in charge.")
}

private func calibrationGate(
    _ watch: ModelWatch, _ settings: ModelGateSettings, isEnough: Bool, _ gate: MakeGate
) -> ModelGate {
    guard isEnough, let (error, chance) = watch.calibrationError else {
        return gate("calibration", nil, "nothing scored yet", "", "")
    }
    let predicted = watch.calibration.reduce(0) { $0 + $1.predicted }
    let ratio = predicted / max(watch.positives, 1)
    // A rare outcome's ratio is itself uncertain: two standard errors of the count are forgiven.
    let slack = 1 + 2 / max(watch.positives, 1).squareRoot()
    let isRight = max(ratio, 1 / max(ratio, 1e-9)) <= settings.calibrationRatio * slack
    return gate(
        "calibration", error - chance <= settings.calibrationError && isRight,
        "error \(words(error)), \(words(chance)) of it by chance; predicted ÷ observed \(words(ratio))",
        "error beyond chance at most \(settings.calibrationError), ratio at most \(settings.calibrationRatio)",
        "Calibrate it on newer data (weir train --calibration isotonic) and register it anew.")
}

private func driftGate(
    _ watch: ModelWatch, _ card: ModelCard, _ settings: ModelGateSettings, isEnough: Bool, _ gate: MakeGate
) -> ModelGate {
    let shifts = watch.shifts(card.spreads)
    let stuck = shifts.filter(\.isConstant).map(\.column)
    let score = shifts.first { $0.column == ModelCard.scoreColumn }
    let isStable = stuck.isEmpty && (score.map { $0.psi <= settings.scorePSI } ?? true)
    let measured =
        (score.map { ["PSI of the scores \(words($0.psi))"] } ?? [])
        + (stuck.isEmpty ? [] : ["constant on one side only: \(stuck.joined(separator: ", "))"])
    return gate(
        "drift", isEnough && !shifts.isEmpty ? isStable : nil,
        measured.isEmpty ? "the card names no spreads" : measured.joined(separator: "; "),
        "PSI at most \(settings.scorePSI), no feature stuck",
        stuck.isEmpty
            ? "The people are others than in training: train on newer data."
            : "Mend the feed of \(stuck.joined(separator: ", ")), or train without it.")
}

private func groupGate(_ watch: ModelWatch, _ settings: ModelGateSettings, _ gate: MakeGate) -> ModelGate {
    let judged = watch.groups.filter { $0.count >= 100 }
    let worst = judged.max { abs($0.gap) < abs($1.gap) }
    let unfair = judged.filter { abs($0.gap) > settings.groupGap + 4 * $0.gapError }
    return gate(
        "groups", unfair.isEmpty,
        worst.map {
            "\($0.name): predicted \(words($0.predicted / $0.count)), observed \(words($0.observed / $0.count))"
        }
            ?? (watch.groups.isEmpty ? "no groups are declared" : "no group has 100 outcomes yet"),
        "predicted within \(settings.groupGap) of observed in each declared group",
        "The model is wrong about \(unfair.map(\.name).joined(separator: ", ")): add what tells these people apart, or train "
            + "on more of them.")
}

private func valueGate(_ value: PolicyValue?, _ settings: ModelGateSettings, _ gate: MakeGate) -> ModelGate {
    let allowance = value.map { -settings.valueMargin * abs($0.live) }
    return gate(
        "policy value", value.map { $0.difference.lower >= allowance! },
        value.map {
            "\(words($0.difference)) per decision against \(words($0.live)) live, from \($0.decisions) logged decisions "
                + "(effective sample size \(Int($0.effectiveSampleSize)))"
        } ?? "no logged decision can be evaluated yet",
        "lower end at least −\(Int(settings.valueMargin * 100)) % of the live value",
        "Let it run as a shadow for longer; if the interval stays wide, explore more at the placement.")
}

extension ModelWatch.Group {
    /// Predicted − observed share.
    public var gap: Double { (predicted - observed) / max(count, 1) }
    /// Standard error of the gap if the predictions are right.
    public var gapError: Double { variance.squareRoot() / max(count, 1) }
}

private func words(_ value: Double) -> String { String(format: "%.4g", value) }
private func words(_ interval: Interval) -> String {
    "\(words(interval.estimate)) (\(words(interval.lower)) to \(words(interval.upper)))"
}
